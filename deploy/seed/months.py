"""Months as text, 2026-03, the way usage is filed."""

from calendar import monthrange
from datetime import date

MONTHS_A_YEAR = 12


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def shifted(month: str, by: int) -> str:
    """The month so many later, or earlier."""
    return _text(_number(month) + by)


def span(last: str, count: int) -> tuple[str, ...]:
    """So many months, ending with the last."""
    end = _number(last)
    return tuple(_text(number) for number in range(end - count + 1, end + 1))


def day_in(month: str, day: int) -> date:
    """A day of the month; a number beyond its end gives the last."""
    year, number = map(int, month.split("-"))
    return date(year, number, min(day, monthrange(year, number)[1]))


def year_of(month: str) -> int:
    return int(month[:4])


def whole_years(months: tuple[str, ...]) -> tuple[int, ...]:
    """The calendar years of which every month is there."""
    years = sorted({year_of(month) for month in months})
    return tuple(year for year in years if sum(year_of(month) == year for month in months) == MONTHS_A_YEAR)


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * MONTHS_A_YEAR + int(number) - 1


def _text(number: int) -> str:
    return f"{number // MONTHS_A_YEAR:04d}-{number % MONTHS_A_YEAR + 1:02d}"
