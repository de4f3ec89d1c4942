"""Codes of customers: ours (city, serial, check digit) and the state's (统一社会信用代码)."""

import re
from uuid import UUID

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from contracts.refusals import InvalidValue
from contracts.values import check_digit_mod_11_10, code_and_id, written_plainly

_CODE = re.compile(r"[0-9]{14}")
_SHOWN = re.compile(r"([0-9]{6})([0-9]{7})([0-9])")


def customer_code(city: str, serial: str) -> str:
    """Put a customer code together from its city and serial digits."""
    return f"{city}{serial}{check_digit_mod_11_10(city + serial)}"


def read_customer_code(written: str) -> str | None:
    """Give a code as written with blanks, hyphens or full width; None for what is no code or has a wrong check digit."""
    digits = written_plainly(written)
    found = _CODE.fullmatch(digits)
    return digits if found and check_digit_mod_11_10(digits[:-1]) == digits[-1:] else None


def read_customer_key(written: str) -> UUID | str | None:
    """Give the id or the code that a customer is named by; None for what is neither."""
    code, customer_id = code_and_id(written)
    return customer_id or read_customer_code(code)


def shown_code(code: str) -> str:
    """Give a code as people read it: `420100 0000123 3`."""
    return _SHOWN.sub(r"\1 \2 \3", code)


def read_credit_code(written: str) -> str:
    """Give the 18 characters of a credit code, upper case and half width; refuses a wrong check digit."""
    plain = written_plainly(written).upper()
    try:
        return str(uscc.validate(plain))
    except ValidationError as wrong:
        raise InvalidValue(
            "统一社会信用代码应为 18 位且校验码正确",
            "a credit code has 18 characters and a right check digit",
            pointer="/customer/credit_code",
        ) from wrong
