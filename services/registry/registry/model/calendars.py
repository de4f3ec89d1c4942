"""Official calendars as they were imported."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class ListedDay:
    """A day that a notice names: of rest, or worked."""

    day: date
    workday: bool
    note: str


@dataclass(frozen=True)
class CalendarNotice:
    """The official notice of a year; `version` counts its imports."""

    year: int
    source: str
    days: tuple[ListedDay, ...]
    imported_by: UUID
    imported_at: datetime
    version: int
