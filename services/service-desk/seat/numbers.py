"""The numbers that a seat gives its calls, in the form that it was told when it was enrolled."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from contracts.values import check_digit_mod_11_10

CHECK = "iso7064-mod11-10"
SHANGHAI = ZoneInfo("Asia/Shanghai")


class UnknownForm(ValueError):
    """Numbers in a form that this seat cannot make."""


@dataclass(frozen=True, slots=True)
class Form:
    """How many digits the date, the seat and the serial have; a check digit follows."""

    date_digits: int
    seat_digits: int
    serial_digits: int
    check: str = CHECK

    def __post_init__(self) -> None:
        if self.check != CHECK or len(written_day(date.max)) != self.date_digits:
            raise UnknownForm(f"{self.check}, {self.date_digits}")

    @property
    def serials(self) -> int:
        """How many calls of one day have a number."""
        return int("1" + "0" * self.serial_digits)

    def case_no(self, day: date, seat: int, serial: int) -> str:
        """Give the number of a call: date, seat, serial, check digit."""
        digits = f"{written_day(day)}{seat:0{self.seat_digits}d}{serial:0{self.serial_digits}d}"
        return digits + check_digit_mod_11_10(digits)

    def spoken(self, case_no: str) -> str:
        """Give a number as it is read aloud: date, seat, serial with its check digit."""
        seat_from, serial_from = self.date_digits, self.date_digits + self.seat_digits
        return f"{case_no[:seat_from]} {case_no[seat_from:serial_from]} {case_no[serial_from:]}"


def written_day(day: date) -> str:
    """Give a day as numbers begin with it."""
    return f"{day:%y%m%d}"
