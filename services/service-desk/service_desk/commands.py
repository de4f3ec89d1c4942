"""What may be asked of the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from service_desk.model.cases import Caller, Category, Channel, Damage, Link
from service_desk.model.handling import PauseReason


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
    """Receive and record a complaint in one call; `case_no` where a seat gave it before."""

    intake: Intake
    category: Category
    content: str
    place: str | None = None
    mail_no: str | None = None
    case_no: str | None = None


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
class ReopenComplaint:
    """The caller comes back with a closed complaint."""

    reason: str


@dataclass(frozen=True, slots=True)
class PauseComplaint:
    """Let the clocks stand still: why, who asked (staff number), until when at the latest (None: as long as they may)."""

    reason: PauseReason
    note: str
    asked_by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ResumeComplaint:
    """Let paused clocks run on."""

    note: str


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


@dataclass(frozen=True, slots=True)
class GiveSeat:
    """Give a seat to a person; `number` None is the lowest free one."""

    staff_no: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class EnrolSeat:
    """Let one device count the serials of a seat from now on."""

    device: str


@dataclass(frozen=True, slots=True)
class AddWords:
    """What a caller adds to an open complaint, and how it reached us."""

    content: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Official:
    """Who decides: the person, the organisation of their post, and their roles."""

    actor: str
    org_id: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class GrantCompensation:
    """Grant an amount in yuan."""

    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class DecideCompensation:
    """Refuse, report upward or approve, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class PayCompensation:
    """Pay what was granted; the amount is said once more, `reference` is that of the payment."""

    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class ChargeShares:
    """Charge units for their links of the chain: (link, org_id, share) each."""

    shares: tuple[tuple[Link, str, Decimal], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class AppealLiability:
    """A charged unit appeals; or what was charged is settled."""

    reason: str


@dataclass(frozen=True, slots=True)
class DecideAppeal:
    """Uphold the shares (None), or replace them."""

    shares: tuple[tuple[Link, str, Decimal], ...] | None
    reason: str


@dataclass(frozen=True, slots=True)
class RecordSettlement:
    """A unit has paid another; the amount in yuan."""

    debtor: str
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectSettlement:
    """Take an entry back; `amount` is the right one, where there is one."""

    entry_id: UUID
    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A customer asks for a service; `priority` where it is one of the VIP channel's, `wanted_by` when it is needed."""

    intake: Intake
    kind: str
    priority: str | None
    content: str
    wanted_by: datetime | None
    mail_no: str | None


@dataclass(frozen=True, slots=True)
class DeclareEmergency:
    """Allow unusual transport from one instant until another; `service_request` where a VIP asked for it."""

    situation: str
    from_at: datetime
    until_at: datetime
    transport: str
    reason: str
    service_request: str | None


@dataclass(frozen=True, slots=True)
class HoldMeeting:
    """A contact meeting that was held: with whom (customer by id or code), about what, who took part, what came of it."""

    customer: str
    occasion: str
    held_on: date
    participants: tuple[tuple[str, str], ...]
    minutes: str
    outcome: str
    case_no: str | None
