"""What service requests, emergencies, contact meetings and feedback may hold."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from chassis.http.bodies import Body
from chassis.http.moments import Day
from service_desk.api.bodies import CallerIn, Instant, IntakeIn, Line, MailNo, Reference, Text
from service_desk.commands import DeclareEmergency, HoldMeeting, OpenRequest
from service_desk.model.requests import PRIORITY
from service_desk.settings import MOST_NAMED, MOST_PIECES


class RequestIn(IntakeIn):
    """A request: one of the priorities of the VIP channel, or an urgent or one-off one."""

    kind: Line
    priority: Annotated[Line | None, Field(validate_default=True)] = None
    content: Text
    wanted_by: Instant | None = None
    mail_no: MailNo | None = None

    @field_validator("priority")
    @classmethod
    def goes_with_its_kind(cls, priority: str | None, info: ValidationInfo) -> str | None:
        """Refuse a priority beside another kind, and the kind without one."""
        kind = info.data.get("kind")
        if kind is not None and (kind == PRIORITY) != (priority is not None):
            raise ValueError(
                "优先项目只与 kind=priority 同给 | a priority goes with kind=priority, and only there"
            )
        return priority

    @model_validator(mode="after")
    def names_its_customer(self) -> "RequestIn":
        """Refuse a request of nobody known."""
        caller: CallerIn = self.caller
        if caller.customer_code is None and caller.customer_id is None:
            raise ValueError("请给出客户编码或客户标识 | give the customer's code or id")
        return self

    def command(self, desk_org_id: str) -> OpenRequest:
        """Give the command."""
        intake = self.intake(desk_org_id)
        return OpenRequest(intake, self.kind, self.priority, self.content, self.wanted_by, self.mail_no)


class MoveIn(Body):
    """What was agreed, done, or why it cannot be."""

    text: Text


class EmergencyIn(Body):
    """An emergency: which situation, from when until when, which unusual transport, and why."""

    situation: Line
    from_: Annotated[Instant, Field(alias="from")]
    until: Instant
    transport: Text
    reason: Text
    service_request: Reference | None = None

    def command(self) -> DeclareEmergency:
        """Give the command."""
        span = (self.from_, self.until)
        return DeclareEmergency(self.situation, *span, self.transport, self.reason, self.service_request)


class UseIn(Body):
    """Unusual transport that was used."""

    transport: Text
    pieces: Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)] | None = None


class ParticipantIn(Body):
    """Someone who took part."""

    name: Line
    side: Literal["customer", "post"]


class MeetingIn(Body):
    """A contact meeting (见面会) that was held."""

    customer: Reference
    occasion: Line
    held_on: Day
    participants: Annotated[list[ParticipantIn], Field(min_length=1, max_length=MOST_NAMED)]
    minutes: Text
    outcome: Text
    case_no: Reference | None = None

    def command(self) -> HoldMeeting:
        """Give the command."""
        people = tuple((one.name, one.side) for one in self.participants)
        words = (self.minutes, self.outcome)
        return HoldMeeting(self.customer, self.occasion, self.held_on, people, *words, self.case_no)


class FeedbackIn(Body):
    """Where the customer's mail is and how it stands."""

    customer: Reference
    text: Text
