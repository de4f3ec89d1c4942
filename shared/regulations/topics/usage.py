"""Monthly usage forms and what is unusual in them (hubei annex 3; platform)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regulations.provisions import Topic
from regulations.reading import Share
from regulations.topics.words import Named, Place


@dataclass(frozen=True)
class UsageFiling(Topic):
    """By which day of the month annex 3 is filed, for how many customers at least, and without what."""

    topic: ClassVar[str] = "usage-filing"
    day_of_month: int
    at_least_top: Mapping[Place, int]
    speciality: str
    without: tuple[Named, ...]


@dataclass(frozen=True)
class UsageFilingDay(Topic):
    """Whether the day that is named still counts as in time."""

    topic: ClassVar[str] = "usage-filing-day"
    included: bool


@dataclass(frozen=True)
class UsageForm(Topic):
    """The columns of annex 3, and what is filled in once for a sheet."""

    topic: ClassVar[str] = "usage-form"
    columns: tuple[Named, ...]
    sheet: tuple[Named, ...]


@dataclass(frozen=True)
class Anomaly(Topic):
    """Bounds against what the season lets expect; a stop is so many months after so many with usage."""

    topic: ClassVar[str] = "anomaly"
    drop: Share
    spike: Share
    stop_months: int
    after_months_with_usage: int
