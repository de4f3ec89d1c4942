"""What every service with deadlines tells of them: warned, breached, passed on, paused, resumed, counted anew."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class HolderFact(_Shape):
    """Who has to act: a role at an organisation, and the person where one is named."""

    org_id: str
    role: str
    staff_id: UUID | None


class LinkFact(HolderFact):
    """A next holder: from when by plan, and since when in fact."""

    at: datetime
    since: datetime | None


class SubjectFact(_Shape):
    """The record that the deadline is about."""

    type: str
    id: str


class StepFact(_Shape):
    """The step that was fired, or the move that was made, and when it was due."""

    step: str
    at: datetime


class DeadlineFact(_Shape):
    """The deadline's whole shape after the step; `next_holder` is who it passes, or has just passed, to."""

    id: UUID
    kind: str
    subject: SubjectFact
    customer_id: UUID | None
    org_id: str
    started_at: datetime
    due_at: datetime
    due_on: date
    provisional: bool
    state: str
    paused: dict[str, Any] | None
    warned_at: list[datetime]
    holder: HolderFact
    breached_by: HolderFact | None
    breached_at: datetime | None
    settled_at: datetime | None
    chain: list[LinkFact]
    because: dict[str, Any]
    step: StepFact
    next_holder: LinkFact | None


STEPS = ("warned", "breached", "escalated", "paused", "resumed", "recomputed")


def deadline_types(service: str) -> dict[str, type[DeadlineFact]]:
    """Give the deadline events of a service by type."""
    return {f"{service}.deadline.{step}.v1": DeadlineFact for step in STEPS}
