"""How a case number is made: date, seat, serial, check digit."""

from datetime import date

from contracts.values import check_digit_mod_11_10
from regulations.topics.complaints import CaseNumberFormat


def case_number(form: CaseNumberFormat, day: date, ordinal: int) -> str:
    """Give the server's case number of a running number, which may be as high as it likes: seats come round again."""
    serials = _numbers_of(form.serial_digits)
    seats = form.server_seats_to + 1
    seat, serial = divmod(ordinal % (seats * serials), serials)
    digits = f"{day:%y%m%d}{seat:0{form.seat_digits}d}{serial:0{form.serial_digits}d}"
    return digits + check_digit_mod_11_10(digits)


def _numbers_of(digits: int) -> int:
    return int("1" + "0" * digits)
