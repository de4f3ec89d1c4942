"""What the registry tells of care: visits made and symposia held."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class VisitRecorded(_Fact):
    """A customer was called on; `org_id` and `level` (a kind of organisation) are the visitor's, `leader` a head of it."""

    TYPE: ClassVar[str] = "registry.visit.recorded.v1"
    visit_id: UUID
    customer_id: UUID
    org_id: str
    level: str
    staff_id: UUID
    kind: str
    leader: bool
    visited_on: date
    state: str


class SymposiumHeld(_Fact):
    """A center brought its key accounts together."""

    TYPE: ClassVar[str] = "registry.symposium.held.v1"
    symposium_id: UUID
    org_id: str
    held_on: date
    customers: list[UUID]
