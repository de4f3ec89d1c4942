"""What may be asked of visits and symposia."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.visits import VisitKind


@dataclass(frozen=True)
class RecordVisit:
    """Put a visit to a customer on record; `place` is where the request names it, `org_id` the visitor's."""

    asker: Asker
    customer: str
    org_id: str
    visited_on: date
    kind: VisitKind
    leader: bool
    record: str | None = None
    place: str = ""


@dataclass(frozen=True)
class CancelVisit:
    """Take a visit off the record."""

    asker: Asker
    visit_id: UUID
    reason: str


@dataclass(frozen=True)
class HoldSymposium:
    """Put a center's meeting with its key accounts on record."""

    asker: Asker
    org_id: str
    held_on: date
    title: str
    customers: tuple[str, ...]
    record: str | None = None
