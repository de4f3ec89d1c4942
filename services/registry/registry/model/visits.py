"""Visits to customers and symposia with them (hubei, art. 30)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from registry.model.refusals import WrongState


class VisitKind(StrEnum):
    """What a visit was for."""

    ROUTINE = "routine"
    OPINION = "opinion"
    FESTIVAL = "festival"
    FOLLOW_UP = "follow-up"


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Cancellation:
    """Who took a visit off the record, when and why."""

    by: UUID
    at: datetime
    reason: str


@dataclass(frozen=True)
class Visit:
    """A call on a customer; `org_id` and `level` (its kind) are the visitor's, `leader`: a head of it took part."""

    visit_id: UUID
    customer_id: UUID
    org_id: str
    level: str
    staff_id: UUID
    kind: VisitKind
    leader: bool
    visited_on: date
    record: str | None
    recorded_at: datetime
    state: VisitState = VisitState.DONE
    cancelled: Cancellation | None = None
    version: int = 1

    def taken_back(self, cancelled: Cancellation) -> "Visit":
        """Give the visit as cancelled; refuses one that was neither planned nor made."""
        if self.state not in (VisitState.PLANNED, VisitState.DONE):
            raise WrongState(
                f"走访不能由 {self.state} 变为 cancelled", f"a {self.state} visit cannot be cancelled"
            )
        return replace(self, state=VisitState.CANCELLED, cancelled=cancelled, version=self.version + 1)


@dataclass(frozen=True)
class Symposium:
    """A center's meeting with its key accounts."""

    symposium_id: UUID
    org_id: str
    held_on: date
    title: str
    record: str | None
    customers: tuple[UUID, ...]
    staff_id: UUID
    recorded_at: datetime
    version: int = 1
