"""Quarters and years that are scored, and the even parts into which a year's duties fall."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

from regulations.calendars import add_months
from scoring.model.refusals import InvalidPeriod

QUARTERS = {
    "Q1": ("Jan", "Feb", "Mar"),
    "Q2": ("Apr", "May", "Jun"),
    "Q3": ("Jul", "Aug", "Sep"),
    "Q4": ("Oct", "Nov", "Dec"),
}
MONTHS = tuple(chain(*QUARTERS.values()))
PERIOD = re.compile(r"(?P<year>[12][0-9]{3})(?P<quarter>Q[1-4])?")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a year, both days included, and how often something has to be done in it."""

    first: date
    last: date
    needed: int


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year; `name` is Q1 to Q4."""

    year: int
    name: str

    def __str__(self) -> str:
        return f"{self.year}{self.name}"

    @cached_property
    def first(self) -> date:
        """The first day."""
        return date(self.year, MONTHS.index(QUARTERS[self.name][0]) + 1, 1)

    @cached_property
    def last(self) -> date:
        """The last day."""
        return add_months(self.first, len(QUARTERS[self.name])) - DAY

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months, as usage names them: `2026-07`."""
        return tuple(f"{day:%Y-%m}" for day in self._month_starts())

    @property
    def year_before(self) -> "Quarter":
        """The same quarter of the year before."""
        return Quarter(self.year - 1, self.name)

    def months_over_by(self, day: date) -> tuple[str, ...]:
        """Give the months that have ended before a day."""
        starts = self._month_starts()
        return tuple(f"{start:%Y-%m}" for start in starts if add_months(start, 1) <= day)

    def parts_ended(self, times_a_year: int, by: date) -> tuple[Part, ...]:
        """Give the parts of the year that end in this quarter and before a day, where a duty is spread evenly."""
        parts = spread_evenly(self.year, times_a_year)
        return tuple(part for part in parts if self.first <= part.last <= self.last and part.last < by)

    def _month_starts(self) -> tuple[date, ...]:
        return tuple(add_months(self.first, number) for number in range(len(QUARTERS[self.name])))


def spread_evenly(year: int, times: int) -> Iterator[Part]:
    """Cut a year into even parts of whole months: two times a year end in June and December."""
    parts = min(times, len(MONTHS))
    start = date(year, 1, 1)
    for number in range(parts):
        after = number + 1
        yield Part(
            add_months(start, number * len(MONTHS) // parts),
            add_months(start, after * len(MONTHS) // parts) - DAY,
            after * times // parts - number * times // parts,
        )


def quarters_of(text: str, pointer: str = "?period") -> tuple[Quarter, ...]:
    """Give the quarters of a period: one of `2026Q3`, four of the year `2026`; raises InvalidPeriod."""
    found = PERIOD.fullmatch(text)
    if found is None:
        raise InvalidPeriod.of(text, pointer)
    names = QUARTERS if found["quarter"] is None else (found["quarter"],)
    return tuple(Quarter(int(found["year"]), name) for name in names)
