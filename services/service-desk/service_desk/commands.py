"""What may be asked of the desk."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from service_desk.model.cases import Caller, Category, Channel, Damage, Link


@dataclass(frozen=True, slots=True)
class Intake:
    """What every case is received with; `received_at` None is now, `city` is the one named in the call."""

    channel: Channel
    caller: Caller
    desk_org_id: str
    received_at: datetime | None = None
    city: str | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class ReceiveComplaint:
    """Receive and record a complaint in one call."""

    intake: Intake
    category: Category
    content: str
    place: str | None = None
    mail_no: str | None = None


@dataclass(frozen=True, slots=True)
class FileCompensation:
    """File a claim for money; the amount in yuan."""

    intake: Intake
    mail_no: str
    cause: Damage
    amount_claimed: Decimal
    complaint_case_no: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerComplaint:
    """Tell the caller that we care, what comes next and when."""

    answer: str
    by: str
    next_steps: str


@dataclass(frozen=True, slots=True)
class RecordInvestigation:
    """Put down the cause and the responsible link."""

    cause: str
    link: Link
    responsibility: str


@dataclass(frozen=True, slots=True)
class ResolveComplaint:
    """Give the result and the reply to the customer; both, always."""

    result: str
    reply: str


@dataclass(frozen=True, slots=True)
class CloseComplaint:
    """Follow up: satisfaction from 1 (worst), or None with the number of tries where nobody was reached."""

    follow_up: str
    satisfaction: int | None
    tries: int | None


@dataclass(frozen=True, slots=True)
class EscalateComplaint:
    """Add a handler one level up."""

    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawComplaint:
    """The caller takes the complaint back."""

    reason: str


@dataclass(frozen=True, slots=True)
class TransferComplaint:
    """Pass a complaint on to an organisation beside; asked for, and refused."""

    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkCustomer:
    """A customer heard of at last: the cases that named it belong to it from now on."""

    customer_id: UUID
    code: str | None
    org_id: str
    orgpath: str
