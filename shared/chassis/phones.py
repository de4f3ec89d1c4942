"""Phone numbers in every written form: one key to look them up by, one mask to show them with."""

import hmac
import re
import unicodedata

import phonenumbers

REGION = "CN"
SHORTEST_HOTLINE, LONGEST_HOTLINE = 5, 8
DIGITS = re.compile(r"\D+")
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
MARKED_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
HYPHENED_EXTENSION = re.compile(r"-\s*(\d{1,6})\s*$")
NATIONAL = re.compile(r"^(?:1[3-9]\d{9}|0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8})$")
CHINA = "+86"
SHOWN_DIGITS = 4
HIDDEN = "****"


class NotAPhone(ValueError):
    """Nothing that can be dialled; never repeats the text."""


class PhoneBook:
    """Makes look-up keys: HMAC-SHA-256 of the number with and without its extension, under the key of the installation."""

    def __init__(self, secret: bytes) -> None:
        self._keyed = hmac.new(secret, digestmod="sha256")

    def keys(self, written: str) -> list[str]:
        """Give the keys of a number as written: of the number, and of the number with its extension; raises NotAPhone."""
        number, extension = normalise(written)
        forms = [number] if extension is None else [number, f"{number};ext={extension}"]
        return [self._key(form) for form in forms]

    def _key(self, form: str) -> str:
        keyed = self._keyed.copy()
        keyed.update(form.encode())
        return keyed.hexdigest()


def normalise(written: str) -> tuple[str, str | None]:
    """Give the E.164 number (or the bare digits of a hotline or a local number) and the extension; raises NotAPhone."""
    text = unicodedata.normalize("NFKC", written).strip()
    marked = MARKED_EXTENSION.search(text)
    if marked is not None:
        return _number(text[: marked.start()]), marked.group(1)
    hyphened = HYPHENED_EXTENSION.search(text)
    if hyphened is not None and not _is_whole_number(text):
        return _number(text[: hyphened.start()]), hyphened.group(1)
    return _number(text), None


def mask(written: str) -> str:
    """Give the number with its middle hidden, without its extension: 138****8000, 027-****1234; hotlines stay as they are."""
    try:
        number, _ = normalise(written)
    except NotAPhone:
        return HIDDEN
    if not number.startswith("+"):
        return number if len(number) <= SHORTEST_HOTLINE else _tail(number)
    if not number.startswith(CHINA):
        return f"{number[:3]}{HIDDEN}{number[-SHOWN_DIGITS:]}"
    national = number.removeprefix(CHINA)
    if NATIONAL.match(national):
        return f"{national[:3]}{HIDDEN}{national[-SHOWN_DIGITS:]}"
    if national.startswith(("400", "800")):
        return f"{national[:3]}{HIDDEN}{national[-3:]}"
    area = 2 if national.startswith(("10", "2")) else 3
    return f"0{national[:area]}-{_tail(national[area:])}"


def _tail(digits: str) -> str:
    return "*" * (len(digits) - SHOWN_DIGITS) + digits[-SHOWN_DIGITS:]


def _is_whole_number(text: str) -> bool:
    """`027-8765-4321` and `400-810-0000` end in a hyphen and digits, and have no extension."""
    return len(DIGITS.sub("", text)) <= LONGEST_HOTLINE or _dialled(text) is not None


def _number(text: str) -> str:
    digits = DIGITS.sub("", text)
    if len(digits) > LONGEST_HOTLINE:
        dialled = _dialled(text)
        if dialled is not None:
            return dialled
    elif len(digits) >= SHORTEST_HOTLINE:
        return digits
    raise NotAPhone("not a phone number")


def _dialled(text: str) -> str | None:
    """Give the E.164 form of a full number: one that the numbering plan knows, or that has the shape of ours."""
    digits = DIGITS.sub("", text)
    if NATIONAL.match(digits):
        return CHINA + digits.removeprefix("0")
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
