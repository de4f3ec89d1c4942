"""What the service desk tells: complaints and compensations; never a text, a phone, a name or an amount."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class UnitFact(_Fact):
    """An organisation with a part in a case."""

    org_id: str


class ComplaintFact(_Fact):
    """A complaint's whole public state after the fact; `handovers` is how often it has changed hands."""

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
    handovers: int = 0
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


class ComplaintAdded(ComplaintFact):
    """The caller added words to an open complaint."""

    TYPE: ClassVar[str] = "service-desk.complaint.added-to.v1"


class ComplaintReopened(ComplaintFact):
    """The caller came back: a new cycle with clocks of its own, its verdict a level up; the first verdict stands."""

    TYPE: ClassVar[str] = "service-desk.complaint.reopened.v1"


class ComplaintPaused(ComplaintFact):
    """Its clocks stand still; `because` says by which rule, the deadlines' own events who asked and approved."""

    TYPE: ClassVar[str] = "service-desk.complaint.paused.v1"


class ComplaintResumed(ComplaintFact):
    """Its clocks run on, on somebody's word; where the time of a pause ran out only the deadlines tell."""

    TYPE: ClassVar[str] = "service-desk.complaint.resumed.v1"


class ComplaintLinked(ComplaintFact):
    """The customer that the caller named was heard of later; or, with `repeats`, an earlier complaint like it was found.

    Told of the link to an earlier complaint under an aggregate of its own, `complaint-repeat:<id>`: the case does not change.
    """

    TYPE: ClassVar[str] = "service-desk.complaint.linked.v1"
    repeats: str | None = None


class CompensationFact(_Fact):
    """A claim's whole public state after the fact; `above_limit` where the province decides. Never an amount."""

    TYPE: ClassVar[str]
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


class CompensationFiled(CompensationFact):
    """A claim for money is on record; `above_limit` by the amount claimed."""

    TYPE: ClassVar[str] = "service-desk.compensation.filed.v1"


class CompensationHandled(CompensationFact):
    """An amount is granted; `above_limit` goes by it from now on."""

    TYPE: ClassVar[str] = "service-desk.compensation.handled.v1"


class CompensationReported(CompensationFact):
    """What is above the limit was reported to the level above."""

    TYPE: ClassVar[str] = "service-desk.compensation.reported.v1"


class CompensationApproved(CompensationFact):
    """The level above approved what was reported."""

    TYPE: ClassVar[str] = "service-desk.compensation.approved.v1"


class CompensationRefused(CompensationFact):
    """Nothing is paid: refused by who handles, or by the level above."""

    TYPE: ClassVar[str] = "service-desk.compensation.refused.v1"


class CompensationPaid(CompensationFact):
    """The money is with the customer; who is liable is found out from now on."""

    TYPE: ClassVar[str] = "service-desk.compensation.paid.v1"


class ShareFact(_Fact):
    """The share of a unit for its link of the chain, as decimal text of 1."""

    link: str
    org_id: str
    share: str


class LiabilityFact(_Fact):
    """Who is liable for a compensation that was paid; `creditor` advanced it, `decider` hears the appeal. Never an amount."""

    TYPE: ClassVar[str]
    compensation_id: UUID
    case_no: str
    customer_id: UUID | None
    state: str
    shares: list[ShareFact]
    above_limit: bool
    org_id: str
    creditor: UnitFact
    decider: UnitFact | None
    appeal_until: datetime | None
    because: dict[str, Any] | None


class LiabilityAssigned(LiabilityFact):
    """The shares of the links of the chain, summing to 1; each charged unit may appeal until the instant given."""

    TYPE: ClassVar[str] = "service-desk.liability.assigned.v1"


class LiabilityAppealed(LiabilityFact):
    """A charged unit appealed to the level above, in time."""

    TYPE: ClassVar[str] = "service-desk.liability.appealed.v1"


class LiabilityDecided(LiabilityFact):
    """The level above decided the appeal; the shares are those that hold from now on."""

    TYPE: ClassVar[str] = "service-desk.liability.decided.v1"


class LiabilitySettled(LiabilityFact):
    """What each charged unit owes stands in the ledger between units."""

    TYPE: ClassVar[str] = "service-desk.liability.settled.v1"


class ServiceRequestFact(_Fact):
    """A service request's whole public state after the fact; `priority` is that of the VIP channel, where it is one."""

    TYPE: ClassVar[str]
    request_id: UUID
    case_no: str
    customer_id: UUID
    kind: str
    priority: str | None
    state: str
    vip: bool
    org_id: str
    received_at: datetime
    wanted_by: datetime | None
    because: dict[str, Any] | None


class ServiceRequestOpened(ServiceRequestFact):
    """A customer asks for a service."""

    TYPE: ClassVar[str] = "service-desk.service-request.opened.v1"


class ServiceRequestAccepted(ServiceRequestFact):
    """The unit has taken it on."""

    TYPE: ClassVar[str] = "service-desk.service-request.accepted.v1"


class ServiceRequestDone(ServiceRequestFact):
    """The customer has what was asked for."""

    TYPE: ClassVar[str] = "service-desk.service-request.done.v1"


class ServiceRequestDeclined(ServiceRequestFact):
    """The unit cannot do it, with the reason on record."""

    TYPE: ClassVar[str] = "service-desk.service-request.declined.v1"


class EmergencyFact(_Fact):
    """An emergency of a center: while it lasts unusual transport is allowed."""

    TYPE: ClassVar[str]
    emergency_id: UUID
    situation: str
    org_id: str
    from_at: datetime
    until_at: datetime
    ended_at: datetime | None
    service_request_case_no: str | None
    because: dict[str, Any] | None


class EmergencyDeclared(EmergencyFact):
    """Unusual transport is allowed from one instant until another."""

    TYPE: ClassVar[str] = "service-desk.emergency.declared.v1"


class EmergencyEnded(EmergencyFact):
    """It ended before its time."""

    TYPE: ClassVar[str] = "service-desk.emergency.ended.v1"


class ContactMeetingHeld(_Fact):
    """A contact meeting (见面会) with a customer; who took part and what was said stays out."""

    TYPE: ClassVar[str] = "service-desk.contact-meeting.held.v1"
    meeting_id: UUID
    customer_id: UUID
    org_id: str
    occasion: str
    held_on: date
    case_no: str | None
    because: dict[str, Any] | None
