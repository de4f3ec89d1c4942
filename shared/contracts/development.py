"""What the registry tells of development cases (开发案)."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class DevelopmentCaseChanged(BaseModel):
    """A unit's work on a prospect as it now is; what was found out and said stays with the registry.

    `filed_at`: since when it is a lead of the center; `score` out of 100; `name` of a natural person masked.
    """

    TYPE: ClassVar[str] = "registry.development-case.changed.v1"
    model_config = ConfigDict(frozen=True, extra="ignore")
    case_id: UUID
    org_id: str
    city_org_id: str
    customer_id: UUID | None
    name: str
    lines: list[str]
    demand: str
    owner_id: UUID
    state: str
    step: str
    filed_at: datetime | None
    score: str | None
    project_state: str | None
    because: dict[str, Any] | None
