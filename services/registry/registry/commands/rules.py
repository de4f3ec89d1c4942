"""What may be asked of the law and of calendars."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from registry.model.calendars import ListedDay


@dataclass(frozen=True)
class DraftRule:
    """Propose a new wording of a rule; `value` is as it came."""

    rule: str
    org_id: str | None
    in_force: date
    act: str
    article: str
    assumption: bool
    value: Any


@dataclass(frozen=True)
class DecideDraft:
    """Put a draft in force, or discard it."""

    draft_id: UUID
    reason: str | None = None


@dataclass(frozen=True)
class ImportCalendar:
    """Take over the official days of a year."""

    year: int
    source: str
    days: tuple[ListedDay, ...]
