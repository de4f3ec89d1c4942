"""Days as the Civil Code (民法典 art. 200-204) counts them, in Asia/Shanghai, and working days."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from importlib import resources
from typing import Any, Literal

import yaml

# China has kept one offset since 1991; a fixed one needs no time-zone database on the machine.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
SATURDAY = 5
OFFICIAL = "正式"

Basis = Literal["calendar", "working"]


class NaiveInstant(ValueError):
    """A time without an offset was given where an instant is needed."""


class CalendarNeeded(ValueError):
    """Working days cannot be counted without a calendar."""


@dataclass(frozen=True)
class Duration:
    """A period in whole days (calendar or working) or in whole months, never both."""

    days: int | None = None
    months: int | None = None
    basis: Basis = "calendar"

    def __post_init__(self) -> None:
        if (self.days is None) == (self.months is None):
            raise ValueError("a duration has either days or months")
        if min(self.days or 0, self.months or 0) < 0:
            raise ValueError("a duration is not negative")
        if self.months is not None and self.basis != "calendar":
            raise ValueError("months are counted by the calendar only")

    def to_json(self) -> dict[str, int | str]:
        """Give the shape a pack file uses: `{days, basis}` or `{months}`."""
        if self.months is not None:
            return {"months": self.months}
        return {"days": self.days or 0, "basis": self.basis}


@dataclass(frozen=True)
class Counting:
    """What a pack may ask for beside art. 201-203: closing time, the shift off a day of rest, the first day too."""

    closes_at: time | None = None
    rest_day_moves_end: bool = False
    start_day_counts: bool = False

    def to_json(self) -> dict[str, bool | str | None]:
        """Give the fields as JSON has them."""
        closes = self.closes_at.isoformat() if self.closes_at else None
        return {
            "closes_at": closes,
            "rest_day_moves_end": self.rest_day_moves_end,
            "start_day_counts": self.start_day_counts,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Counting:
        """Read what `to_json` gave."""
        closes = fields["closes_at"]
        return cls(
            time.fromisoformat(closes) if closes else None,
            fields["rest_day_moves_end"],
            fields["start_day_counts"],
        )


@dataclass(frozen=True)
class DayStatus:
    """Whether a day is worked, and whether that is announced (正式) or only expected (暂定)."""

    workday: bool
    provisional: bool
    note: str = ""


@dataclass(frozen=True)
class AnnouncedYear:
    """One year's notice: days of rest beside the weekends, and weekend days worked instead (调休)."""

    year: int
    status: str
    source: str
    rest: Mapping[date, str]
    worked: Mapping[date, str]

    def status_of(self, day: date) -> DayStatus:
        """Give the status of a day of this year."""
        workday = day in self.worked or (day not in self.rest and day.weekday() < SATURDAY)
        note = self.rest.get(day) or self.worked.get(day) or ""
        return DayStatus(workday, self.status != OFFICIAL, note)

    def days(self) -> Iterator[tuple[date, DayStatus]]:
        """Give every day of the year with its status."""
        day = date(self.year, 1, 1)
        last = date(self.year, 12, 31)
        while day < last:
            yield day, self.status_of(day)
            day += DAY
        yield last, self.status_of(last)


class Calendar:
    """Days of work and rest; a day not announced follows the weekday rule and is provisional."""

    def __init__(self, days: Mapping[date, DayStatus]) -> None:
        self._days = dict(days)

    @classmethod
    def shipped(cls) -> Calendar:
        """Give the calendar of the announced years that come with this package."""
        return cls(dict(shipped_days()))

    @classmethod
    def of(cls, rows: Iterable[tuple[date, bool, bool, str]]) -> Calendar:
        """Build from rows of (day, workday, provisional, note), as `calendar_day` tables hold them."""
        return cls({day: DayStatus(workday, provisional, note) for day, workday, provisional, note in rows})

    def status(self, day: date) -> DayStatus:
        """Give the day's status, by its weekday and marked provisional where nothing is announced."""
        known = self._days.get(day)
        return known or DayStatus(day.weekday() < SATURDAY, provisional=True, note="暂定")

    def items(self) -> Iterator[tuple[date, DayStatus]]:
        """Give the days with a status of their own, in order."""
        return iter(sorted(self._days.items()))


@dataclass(frozen=True)
class Due:
    """The end of a period: the first instant too late, the last day, whether a day was only expected."""

    due_at: datetime
    due_on: date
    provisional: bool


def day_of(instant: datetime) -> date:
    """Give the Shanghai day of an instant; raises NaiveInstant."""
    return _shanghai(instant).date()


def day_start(day: date) -> datetime:
    """Give 00:00 of a day in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def due(
    started_at: datetime,
    duration: Duration,
    calendar: Calendar | None = None,
    counting: Counting | None = None,
) -> Due:
    """Give the end of a period: its first day not counted, over at 24:00 of its last (art. 201-203)."""
    rule = counting or Counting()
    first = day_of(started_at) - rule.start_day_counts * DAY
    last, provisional = _last_day(first, duration, calendar)
    if rule.rest_day_moves_end:
        last, moved_over_unknown = _next_workday(last, calendar)
        provisional = provisional or moved_over_unknown
    if rule.closes_at is not None:
        return Due(datetime.combine(last, rule.closes_at, SHANGHAI), last, provisional)
    return Due(day_start(last + DAY), last, provisional)


def days_before(due_at: datetime, days: int) -> datetime:
    """Give the instant whole days before a period ends, for warnings that are told in days."""
    return _shanghai(due_at) - days * DAY


def fractions(
    started_at: datetime,
    due_at: datetime,
    duration: Duration,
    calendar: Calendar | None,
    shares: Sequence[Fraction],
) -> tuple[datetime, ...]:
    """Give the instants when these shares of the time (of the working time, for working days) have run."""
    start, end = _shanghai(started_at), _shanghai(due_at)
    if duration.basis == "calendar":
        whole = (end - start) // TICK
        return tuple(
            start + timedelta(microseconds=whole * share.numerator // share.denominator) for share in shares
        )
    spans = list(_worked_spans(start, end, _needed(calendar)))
    total = sum((until - since for since, until in spans), timedelta())
    return tuple(_reached(spans, _part(total, share), end) for share in shares)


def add_months(day: date, months: int) -> date:
    """Give the same day number some months later, or that month's last day (art. 202)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, gregorian.monthrange(year, month0 + 1)[1]))


def shipped_years() -> dict[int, str]:
    """Give the announced years that come with this package, each with its notice."""
    return {announced.year: announced.source for announced in _shipped_files()}


def shipped_days() -> Iterator[tuple[date, DayStatus]]:
    """Give every day of the announced years, for seeding a `calendar_day` table."""
    for announced in _shipped_files():
        yield from announced.days()


def _shipped_files() -> Iterator[AnnouncedYear]:
    folder = resources.files("regulations") / "holidays"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            yield AnnouncedYear(**yaml.safe_load(file.read_text(encoding="utf-8")))


def _shanghai(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise NaiveInstant(f"{instant.isoformat()} has no offset")
    return instant.astimezone(SHANGHAI)


def _needed(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise CalendarNeeded("working days need a calendar")
    return calendar


def _last_day(first: date, duration: Duration, calendar: Calendar | None) -> tuple[date, bool]:
    if duration.months is not None:
        return add_months(first, duration.months), False
    if duration.basis == "calendar":
        return first + (duration.days or 0) * DAY, False
    return _working_day(first, duration.days or 0, _needed(calendar))


def _working_day(first: date, count: int, calendar: Calendar) -> tuple[date, bool]:
    day, provisional = first, False
    while count > 0:
        day += DAY
        status = calendar.status(day)
        provisional = provisional or status.provisional
        count -= status.workday
    return day, provisional


def _next_workday(day: date, calendar: Calendar | None) -> tuple[date, bool]:
    known = _needed(calendar)
    provisional = known.status(day).provisional
    while not known.status(day).workday:
        day += DAY
        provisional = provisional or known.status(day).provisional
    return day, provisional


def _part(whole: timedelta, share: Fraction) -> timedelta:
    return (whole // TICK * share.numerator // share.denominator) * TICK


def _worked_spans(start: datetime, end: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    day = start.date()
    while day_start(day) < end:
        if calendar.status(day).workday:
            yield max(start, day_start(day)), min(end, day_start(day + DAY))
        day += DAY


def _reached(spans: Sequence[tuple[datetime, datetime]], worked: timedelta, end: datetime) -> datetime:
    for since, until in spans:
        if worked <= until - since:
            return since + worked
        worked -= until - since
    return end
