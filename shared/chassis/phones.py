"""Phone numbers in every written form: one key to look them up by, one mask to show them with."""

import hashlib
import hmac
import re
import unicodedata

import phonenumbers

REGION = "CN"
SHORTEST_HOTLINE, LONGEST_HOTLINE = 5, 8
EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|-(?=\d{1,5}$))\s*(\d{1,6})\s*$", re.IGNORECASE)
DIGITS = re.compile(r"\D+")


class NotAPhone(ValueError):
    """Nothing that can be dialled; never repeats the text."""


class PhoneBook:
    """Makes look-up keys: HMAC-SHA-256 of the number with and without its extension, under the key of the installation."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def keys(self, written: str) -> list[str]:
        """Give the keys of a number as written: of the number, and of the number with its extension; raises NotAPhone."""
        number, extension = normalise(written)
        forms = [number] if extension is None else [number, f"{number};ext={extension}"]
        return [hmac.new(self._secret, form.encode(), hashlib.sha256).hexdigest() for form in forms]


def normalise(written: str) -> tuple[str, str | None]:
    """Give the E.164 number (or the bare digits of a hotline) and the extension; raises NotAPhone."""
    text = unicodedata.normalize("NFKC", written).strip()
    found = EXTENSION.search(text)
    if found and not _is_whole_number(text):
        number, extension = text[: found.start()], found.group(1)
    else:
        number, extension = text, None
    return _e164(number), extension


def mask(written: str) -> str:
    """Give the number with its middle hidden: 138****8000, 027-****1234."""
    digits = DIGITS.sub("", unicodedata.normalize("NFKC", written))
    if len(digits) <= SHORTEST_HOTLINE:
        return digits
    return f"{digits[:3]}****{digits[-4:]}"


def _is_whole_number(text: str) -> bool:
    """`027-87654321` ends in a hyphen and digits, and has no extension."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, REGION)) and "转" not in text
    except phonenumbers.NumberParseException:
        return False


def _e164(text: str) -> str:
    digits = DIGITS.sub("", text)
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is not None and phonenumbers.is_possible_number(parsed) and len(digits) > LONGEST_HOTLINE:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if SHORTEST_HOTLINE <= len(digits) <= LONGEST_HOTLINE:
        return digits
    raise NotAPhone("not a phone number")
