"""What the service desk tells of seats that work without a network."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class SeatChanged(BaseModel):
    """A seat was given to a person, enrolled by its device, or revoked."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar[str] = "service-desk.seat.changed.v1"
    seat_id: UUID
    number: int
    staff_id: UUID
    org_id: str
    state: str
    given_at: datetime
    revoked_at: datetime | None
