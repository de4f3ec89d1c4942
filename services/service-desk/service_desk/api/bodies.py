"""What requests may hold; every text is bounded, every number strict."""

import unicodedata
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from chassis.http import moments
from chassis.http.bodies import Body, Money
from contracts.values import written_plainly
from service_desk.api.characters import one_line, printable
from service_desk.commands import (
    AddWords,
    AnswerComplaint,
    CloseComplaint,
    EscalateComplaint,
    FileCompensation,
    Intake,
    PauseComplaint,
    ReceiveComplaint,
    RecordInvestigation,
    ReopenComplaint,
    ResolveComplaint,
    ResumeComplaint,
    TransferComplaint,
    WithdrawComplaint,
)
from service_desk.model.cases import Caller, Category, Channel, Damage, Link
from service_desk.model.handling import PauseReason
from service_desk.settings import (
    BEST_SATISFACTION,
    LONGEST_LINE,
    LONGEST_MAIL_NO,
    LONGEST_REFERENCE,
    LONGEST_TEXT,
    MOST_TRIES,
    SHORTEST_MAIL_NO,
)


def _narrow(value: Any) -> Any:
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    return written_plainly(value).upper() if isinstance(value, str) else value


def _written_time(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("应为带时区的时间，如 2026-03-01T09:00:00+08:00 | a time with an offset is needed")
    return value


Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(printable)]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE), AfterValidator(one_line)]
Reference = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=LONGEST_REFERENCE)]
MailNo = Annotated[
    str,
    # The pattern before the reading of what is written: the other way round the OpenAPI document loses it.
    Field(pattern=rf"^[A-Z0-9]{{{SHORTEST_MAIL_NO},{LONGEST_MAIL_NO}}}$", examples=["EA123456789CN"]),
    BeforeValidator(_plain),
]
Instant = Annotated[moments.Instant, BeforeValidator(_written_time)]
Phone = Annotated[Line, BeforeValidator(_narrow)]
Amount = Annotated[Money, BeforeValidator(_narrow)]


class CallerIn(Body):
    """Who calls; a customer is named by code or by id, or found by the phone where exactly one has it."""

    phone: Phone | None = None
    name: Line | None = None
    customer_code: Reference | None = None
    customer_id: UUID | None = None

    @model_validator(mode="after")
    def names_a_customer_once(self) -> "CallerIn":
        """Refuse a code beside an id."""
        if self.customer_code is not None and self.customer_id is not None:
            raise ValueError("客户编码与客户标识只能给一个 | give customer_code or customer_id, not both")
        return self


class IntakeIn(Body):
    """What every case is received with."""

    channel: Channel
    received_at: Instant | None = None
    caller: CallerIn = CallerIn()
    city: Reference | None = None
    language: Literal["zh", "en"] = "zh"

    def intake(self, desk_org_id: str) -> Intake:
        """Give the command's part."""
        caller = self.caller
        return Intake(
            channel=self.channel,
            caller=Caller(caller.phone, caller.name, caller.customer_code, caller.customer_id),
            desk_org_id=desk_org_id,
            received_at=self.received_at,
            city=self.city,
            language=self.language,
        )


class ComplaintIn(IntakeIn):
    """A complaint as it is taken down; with `unless_similar` only where none is open that it may be about."""

    category: Category
    content: Text
    place: Line | None = None
    mail_no: MailNo | None = None
    unless_similar: bool = False

    def command(self, desk_org_id: str) -> ReceiveComplaint:
        """Give the command."""
        return ReceiveComplaint(
            self.intake(desk_org_id), self.category, self.content, self.place, self.mail_no
        )


class SimilarIn(Body):
    """What a call is about, as far as it is known before the complaint is taken down."""

    caller: CallerIn = CallerIn()
    category: Category
    mail_no: MailNo | None = None


class AdditionIn(Body):
    """What a caller adds to an open complaint."""

    content: Text
    channel: Channel = Channel.HOTLINE

    def command(self) -> AddWords:
        """Give the command."""
        return AddWords(self.content, self.channel)


class CompensationIn(IntakeIn):
    """A claim for money; the amount in yuan as decimal text."""

    mail_no: MailNo
    cause: Damage
    amount_claimed: Amount
    complaint: Reference | None = None
    content: Text | None = None

    @field_validator("amount_claimed")
    @classmethod
    def asks_for_something(cls, amount: str) -> str:
        """Refuse a claim for nothing."""
        if not Decimal(amount):
            raise ValueError("索赔金额应大于零 | amount_claimed is more than nothing")
        return amount

    def command(self, desk_org_id: str) -> FileCompensation:
        """Give the command."""
        return FileCompensation(
            self.intake(desk_org_id),
            self.mail_no,
            self.cause,
            Decimal(self.amount_claimed),
            self.complaint,
            self.content,
        )


class AnswerIn(Body):
    """The first answer: our concern, what comes next and when, and how it reached the caller."""

    answer: Text
    by: Literal["phone", "message", "mail", "visit"]
    next_steps: Text

    def command(self) -> AnswerComplaint:
        """Give the command."""
        return AnswerComplaint(self.answer, self.by, self.next_steps)


class InvestigationIn(Body):
    """Cause, responsible link of the chain, and who is responsible in words."""

    cause: Line
    link: Link
    responsibility: Text

    def command(self) -> RecordInvestigation:
        """Give the command."""
        return RecordInvestigation(self.cause, self.link, self.responsibility)


class ResolveIn(Body):
    """Both the result and the reply to the customer."""

    result: Text
    reply: Text

    def command(self) -> ResolveComplaint:
        """Give the command."""
        return ResolveComplaint(self.result, self.reply)


class CloseIn(Body):
    """The follow-up: how satisfied the customer is, or how often nobody was reached."""

    follow_up: Text
    satisfaction: Annotated[int, Field(strict=True, ge=1, le=BEST_SATISFACTION)] | None = None
    tries: Annotated[int, Field(strict=True, ge=0, le=MOST_TRIES)] | None = None

    @model_validator(mode="after")
    def reached_or_not(self) -> "CloseIn":
        """Refuse both, and neither."""
        if (self.satisfaction is None) == (self.tries is None):
            raise ValueError(
                "满意度与联系次数给且只给一个 | give satisfaction, or tries where nobody was reached"
            )
        return self

    def command(self) -> CloseComplaint:
        """Give the command."""
        return CloseComplaint(self.follow_up, self.satisfaction, self.tries)


class ReasonIn(Body):
    """Why."""

    reason: Text


class EscalateIn(ReasonIn):
    """Why the handler cannot solve it."""

    def command(self) -> EscalateComplaint:
        """Give the command."""
        return EscalateComplaint(self.reason)


class WithdrawIn(ReasonIn):
    """Why the caller takes it back."""

    def command(self) -> WithdrawComplaint:
        """Give the command."""
        return WithdrawComplaint(self.reason)


class ReopenIn(ReasonIn):
    """Why the caller is not content with how it ended."""

    def command(self) -> ReopenComplaint:
        """Give the command."""
        return ReopenComplaint(self.reason)


class PauseIn(Body):
    """Why the clocks are to stand still, who asked (staff number), until when at the latest."""

    reason: PauseReason
    note: Text
    asked_by: Reference
    until: Instant | None = None

    def command(self) -> PauseComplaint:
        """Give the command."""
        return PauseComplaint(self.reason, self.note, self.asked_by, self.until)


class ResumeIn(Body):
    """Why the clocks run on."""

    note: Text

    def command(self) -> ResumeComplaint:
        """Give the command."""
        return ResumeComplaint(self.note)


class TransferIn(ReasonIn):
    """To whom a case is to be passed on."""

    to: Reference

    def command(self) -> TransferComplaint:
        """Give the command."""
        return TransferComplaint(self.to, self.reason)
