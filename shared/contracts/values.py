"""Pure values that several services write and read alike."""

import re
import unicodedata
from uuid import UUID

MODULUS = 10
_SPACED = re.compile(r"[\s\-‐-―]+")


def written_plainly(text: str) -> str:
    """Give a code or a number without blanks and hyphens, full width made narrow."""
    return _SPACED.sub("", unicodedata.normalize("NFKC", text))


def code_and_id(reference: str) -> tuple[str, UUID | None]:
    """Give how a customer or a case is named, in any way people write it, as plain code and as id.

    It matches at most one of them: no code is written with the 32 digits of an id.
    """
    plain = written_plainly(reference)
    try:
        return plain, UUID(plain)
    except ValueError:
        return plain, None


_AFTER = [
    {str(digit): ((product + digit) % MODULUS or MODULUS) * 2 % (MODULUS + 1) for digit in range(MODULUS)}
    for product in range(MODULUS + 1)
]
"""The running product of ISO 7064 MOD 11,10 after one more digit."""


def check_digit_mod_11_10(digits: str) -> str:
    """Give the ISO 7064 MOD 11,10 check digit of ASCII digits; raises ValueError for anything else."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("only ASCII digits have a check digit")
    product = MODULUS
    for digit in digits:
        product = _AFTER[product][digit]
    return str((MODULUS + 1 - product) % MODULUS)
