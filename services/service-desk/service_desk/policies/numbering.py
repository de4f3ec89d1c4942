"""How a case number is made and read: date, seat, serial, check digit."""

from datetime import date
from functools import lru_cache

from contracts.values import check_digit_mod_11_10
from regulations.topics.complaints import CaseNumberFormat
from service_desk.model.seats import CaseNumber, CaseNumberInvalid

DATE = "%y%m%d"


def case_number(form: CaseNumberFormat, day: date, ordinal: int) -> str:
    """Give the server's case number of a running number, which may be as high as it likes: seats come round again."""
    serials = _numbers_of(form.serial_digits)
    seats = form.server_seats_to + 1
    seat, serial = divmod(ordinal % (seats * serials), serials)
    digits = _date(day) + str(seat).zfill(form.seat_digits) + str(serial).zfill(form.serial_digits)
    return digits + check_digit_mod_11_10(digits)


def seat_number(form: CaseNumberFormat, case_no: str, called_on: date) -> CaseNumber:
    """Take a seat's case number apart; raises CaseNumberInvalid where none can have made it for a call of that day."""
    digits, check = case_no[:-1], case_no[-1:]
    length = form.date_digits + form.seat_digits + form.serial_digits
    if len(digits) != length or not (case_no.isascii() and case_no.isdigit()):
        raise CaseNumberInvalid.of(case_no, f"不是{length + 1}位数字", f"has not {length + 1} digits")
    if check_digit_mod_11_10(digits) != check:
        raise CaseNumberInvalid.of(case_no, "的校验码不符", "has a wrong check digit")
    seat = int(digits[form.date_digits : form.date_digits + form.seat_digits])
    if not form.own_seats_from <= seat <= form.own_seats_to:
        raise CaseNumberInvalid.of(case_no, "不是席位的编号", "is no number of a person's seat")
    if digits[: form.date_digits] != f"{called_on:{DATE}}":
        raise CaseNumberInvalid.of(case_no, "的日期不是来电当日", "does not bear the day of the call")
    return CaseNumber(called_on, seat, int(digits[form.date_digits + form.seat_digits :]))


@lru_cache
def _date(day: date) -> str:
    return day.strftime(DATE)


@lru_cache
def _numbers_of(digits: int) -> int:
    return int("1" + "0" * digits)
