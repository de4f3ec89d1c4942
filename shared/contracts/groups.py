"""What the registry tells of groups of target markets."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class GroupChanged(BaseModel):
    """A group of a target market as it now is; `members` are the customers in it, told by their own events."""

    TYPE: ClassVar[str] = "registry.group.changed.v1"
    group_id: UUID
    org_id: str
    kind: str
    name: str
    division: str
    members: int
    because: dict[str, Any] | None

    model_config = ConfigDict(frozen=True, extra="ignore")
