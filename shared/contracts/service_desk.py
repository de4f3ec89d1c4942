"""What the service desk tells: complaints and compensations; never a text, a phone, a name or an amount."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class UnitFact(_Fact):
    """An organisation with a part in a case."""

    org_id: str


class ComplaintFact(_Fact):
    """A complaint's whole public state after the fact."""

    TYPE: ClassVar[str]
    complaint_id: UUID
    case_no: str
    customer_id: UUID | None
    channel: str
    category: str
    cause: str | None
    link: str | None
    state: str
    cycle: int
    level: int
    org_id: str
    first_responder: UnitFact
    handler: UnitFact
    received_at: datetime
    satisfaction: int | None
    because: dict[str, Any] | None


class ComplaintReceived(ComplaintFact):
    """A complaint is on record, with its first responder; `because` says why that one and by which clocks."""

    TYPE: ClassVar[str] = "service-desk.complaint.received.v1"


class ComplaintAnswered(ComplaintFact):
    """The caller has heard from us, with next steps and time."""

    TYPE: ClassVar[str] = "service-desk.complaint.answered.v1"


class ComplaintInvestigated(ComplaintFact):
    """Cause and responsible link are known."""

    TYPE: ClassVar[str] = "service-desk.complaint.investigated.v1"


class ComplaintEscalated(ComplaintFact):
    """A handler one level up was added; the first responder stays."""

    TYPE: ClassVar[str] = "service-desk.complaint.escalated.v1"


class ComplaintResolved(ComplaintFact):
    """There is a result, and the customer has the reply."""

    TYPE: ClassVar[str] = "service-desk.complaint.resolved.v1"


class ComplaintClosed(ComplaintFact):
    """Followed up; `satisfaction` null where the customer could not be reached in the tries allowed."""

    TYPE: ClassVar[str] = "service-desk.complaint.closed.v1"


class ComplaintWithdrawn(ComplaintFact):
    """The caller took it back; its clocks are cancelled."""

    TYPE: ClassVar[str] = "service-desk.complaint.withdrawn.v1"


class ComplaintLinked(ComplaintFact):
    """The customer that the caller named was heard of later; the case belongs to it now."""

    TYPE: ClassVar[str] = "service-desk.complaint.linked.v1"


class CompensationFiled(_Fact):
    """A claim for money is on record; `above_limit` where the province decides."""

    TYPE: ClassVar[str] = "service-desk.compensation.filed.v1"
    compensation_id: UUID
    case_no: str
    complaint_case_no: str | None
    customer_id: UUID | None
    channel: str
    cause: str
    state: str
    above_limit: bool
    org_id: str
    first_responder: UnitFact
    received_at: datetime
    because: dict[str, Any] | None
