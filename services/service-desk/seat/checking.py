"""What the desk would refuse an entry for, looked at before a number is told: members, lists, lengths, characters, phones."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.values import written_plainly
from seat.numbers import SHANGHAI
from seat.settings import (
    FOREIGN_DIGITS,
    HOTLINE_DIGITS,
    LONGEST_LINE,
    LONGEST_REFERENCE,
    LONGEST_TEXT,
    MAIL_NO_CHARACTERS,
)

# The lists of the desk's `POST /v1/complaints`, as its published document has them.
CHANNELS = ("hotline", "website", "regulator", "counter", "mail", "visit")
CATEGORIES = (
    "delay", "loss", "damage", "shortage", "delivery", "pick-up", "attitude", "information", "charging", "other",
)  # fmt: skip
LANGUAGES = ("zh", "en")
BLANKS = " \t\r\n"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
DIGITS = re.compile(r"\D+")
MARKED_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*\d{1,6}\s*$", re.IGNORECASE)
HYPHENED_EXTENSION = re.compile(r"-\s*\d{1,6}\s*$")
NATIONAL = re.compile(r"^(?:(?:86)?1[3-9]\d{9}|0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}|[48]00\d{7})$")
ABROAD = re.compile(r"^(?:\+|00)\s*[1-9]")
MAIL_NO = re.compile(rf"^[A-Z0-9]{{{MAIL_NO_CHARACTERS[0]},{MAIL_NO_CHARACTERS[1]}}}$")


class Unsound(Exception):
    """An entry that the desk would refuse: where, and why in Chinese and English."""

    def __init__(self, pointer: str, zh: str, en: str) -> None:
        super().__init__(f"{pointer} {en}")
        self.pointer = pointer
        self.zh = zh
        self.en = en


Check = Callable[[str, Any], None]


def check(entry: Mapping[str, Any]) -> None:
    """Look at an entry as the desk will; raises Unsound at the first thing that it would refuse for its form."""
    _members(entry, MEMBERS, "")
    for name in ("channel", "category", "content"):
        if name not in entry:
            raise Unsound(f"/{name}", "必填", "is needed")
    caller = entry.get("caller", {})
    if not isinstance(caller, Mapping):
        raise Unsound("/caller", "应为对象", "is an object")
    _members(caller, OF_CALLER, "/caller")
    if caller.get("customer_code") is not None and caller.get("customer_id") is not None:
        raise Unsound("/caller", "客户编码与客户标识只能给一个", "customer_code or customer_id, not both")


def instant(written: Any) -> datetime:
    """Read the time of a call; raises Unsound where it has no offset or is none that Shanghai's clock shows."""
    try:
        read = datetime.fromisoformat(written)
        if read.tzinfo is not None:
            return read.astimezone(SHANGHAI)
    except (TypeError, ValueError, OverflowError):
        pass
    raise Unsound(
        "/called_at",
        "应为带时区的时间，如 2026-03-01T09:00:00+08:00",
        "is a time with its offset, such as 2026-03-01T09:00:00+08:00",
    )


def _members(given: Mapping[str, Any], known: Mapping[str, tuple[Check, bool]], where: str) -> None:
    for name, value in given.items():
        pointer = f"{where}/{name}"
        if name not in known:
            raise Unsound(pointer, "不认识的字段", "is no known field")
        look, may_be_absent = known[name]
        if value is not None or not may_be_absent:
            look(pointer, value)


def _one_of(*listed: str) -> Check:
    def look(pointer: str, value: Any) -> None:
        if value not in listed:
            raise Unsound(pointer, f"应为下列之一：{'、'.join(listed)}", f"is one of {', '.join(listed)}")

    return look


def _words(longest: int, allowed: str) -> Check:
    """Look at a text: not empty, not too long, no characters that act on its reader; a short one has one line."""

    def look(pointer: str, value: Any) -> None:
        text = _text(pointer, value).strip(BLANKS)
        if not text.strip():
            raise Unsound(pointer, "不得为空", "is not empty")
        if len(text) > longest:
            raise Unsound(pointer, f"太长，最多{longest}个字符", f"has at most {longest} characters")
        if any(unicodedata.category(char) == "Cc" and char not in allowed for char in text):
            raise Unsound(pointer, "含有控制字符", "holds a control character")
        if "\n" not in allowed and TURNING.search(text):
            raise Unsound(pointer, "含有改变文字方向的控制符", "holds what turns the direction of the text")

    return look


def _plain(form: re.Pattern[str], zh: str, en: str) -> Check:
    def look(pointer: str, value: Any) -> None:
        if not form.match(written_plainly(_text(pointer, value)).upper()):
            raise Unsound(pointer, zh, en)

    return look


def _id(pointer: str, value: Any) -> None:
    try:
        UUID(_text(pointer, value))
    except ValueError:
        raise Unsound(pointer, "应为 UUID", "is a UUID") from None


def _not_asked(pointer: str, value: Any) -> None:
    if value is not False:
        raise Unsound(pointer, "离线无法查重，只能为 false", "is false: a seat knows no other cases")


def _phone(pointer: str, value: Any) -> None:
    text = unicodedata.normalize("NFKC", _text(pointer, value)).strip()
    LINE(pointer, text)
    if not (_dialled(MARKED_EXTENSION.sub("", text)) or _dialled(HYPHENED_EXTENSION.sub("", text))):
        raise Unsound(
            pointer, "不是电话号码；座机请带区号", "is no phone number; a landline has its area code"
        )


def _dialled(text: str) -> bool:
    """Tell a hotline's or local number, one of the country's plan, or one with a country code by its length."""
    digits = DIGITS.sub("", text)
    if len(digits) <= HOTLINE_DIGITS[1]:
        return len(digits) >= HOTLINE_DIGITS[0]
    abroad = ABROAD.match(text) and FOREIGN_DIGITS[0] <= len(digits) <= FOREIGN_DIGITS[1]
    return bool(NATIONAL.match(digits) or abroad)


def _text(pointer: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Unsound(pointer, "应为文本", "is a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unsound(pointer, "含有无法表示的字符", "holds what is no character") from None
    return value


LINE = _words(LONGEST_LINE, "\t")
REFERENCE = _plain(
    re.compile(rf"^.{{1,{LONGEST_REFERENCE}}}$", re.DOTALL),
    f"应为1至{LONGEST_REFERENCE}个字符",
    f"has 1 to {LONGEST_REFERENCE} characters",
)
MEMBERS: Mapping[str, tuple[Check, bool]] = {
    "channel": (_one_of(*CHANNELS), False),
    "category": (_one_of(*CATEGORIES), False),
    "content": (_words(LONGEST_TEXT, "\t\r\n"), False),
    "language": (_one_of(*LANGUAGES), False),
    "place": (LINE, True),
    "mail_no": (_plain(MAIL_NO, "邮件号格式不符", "is no mail number"), True),
    "city": (REFERENCE, True),
    "unless_similar": (_not_asked, False),
    "caller": (lambda _pointer, _value: None, False),
}
"""What looks at each member of an entry, and whether null is as good as its absence."""
OF_CALLER: Mapping[str, tuple[Check, bool]] = {
    "phone": (_phone, True),
    "name": (LINE, True),
    "customer_code": (REFERENCE, True),
    "customer_id": (_id, True),
}
