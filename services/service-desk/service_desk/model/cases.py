"""What the desk keeps: complaints and compensations, their states, and the customer they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from service_desk.model.refusals import CaseEnded, StepSkipped


class Channel(StrEnum):
    """How a case reached us; decides who is first responder."""

    HOTLINE = "hotline"
    WEBSITE = "website"
    REGULATOR = "regulator"
    COUNTER = "counter"
    MAIL = "mail"
    VISIT = "visit"


class Category(StrEnum):
    """What the caller complains of, in the caller's terms; the cause is found later."""

    DELAY = "delay"
    LOSS = "loss"
    DAMAGE = "damage"
    SHORTAGE = "shortage"
    DELIVERY = "delivery"
    PICK_UP = "pick-up"
    ATTITUDE = "attitude"
    INFORMATION = "information"
    CHARGING = "charging"
    OTHER = "other"


class Link(StrEnum):
    """The link of the chain that is responsible: 揽收, 处理, 运输, 投递, 信息."""

    PICK_UP = "pick-up"
    PROCESSING = "processing"
    TRANSPORT = "transport"
    DELIVERY = "delivery"
    INFORMATION = "information"


class Damage(StrEnum):
    """What a compensation is asked for."""

    LOSS = "loss"
    DAMAGE = "damage"
    SHORTAGE = "shortage"
    DELAY = "delay"


class State(StrEnum):
    """Where a complaint stands; `received` lasts only as long as the intake itself."""

    RECEIVED = "received"
    RECORDED = "recorded"
    ANSWERED = "answered"
    INVESTIGATED = "investigated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What may be done with a complaint."""

    ANSWER = "answer"
    INVESTIGATE = "investigate"
    RESOLVE = "resolve"
    CLOSE = "close"
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    ADD = "add"
    REOPEN = "reopen"
    PAUSE = "pause"
    RESUME = "resume"


class CompensationState(StrEnum):
    """Where a compensation stands; who is liable is found out apart, and later."""

    FILED = "filed"
    HANDLED = "handled"
    REPORTED = "reported"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"


ENDED = frozenset({State.CLOSED, State.WITHDRAWN})
BEFORE_RESOLVED = (State.RECORDED, State.ANSWERED, State.INVESTIGATED)

# Every step from the one before it and from no other.
STEPS: dict[Move, tuple[State, State]] = {
    Move.ANSWER: (State.RECORDED, State.ANSWERED),
    Move.INVESTIGATE: (State.ANSWERED, State.INVESTIGATED),
    Move.RESOLVE: (State.INVESTIGATED, State.RESOLVED),
    Move.CLOSE: (State.RESOLVED, State.CLOSED),
    Move.REOPEN: (State.CLOSED, State.RECORDED),
}


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What routing and clocks need to know of a customer; `version` changes with every fact heard."""

    customer_id: UUID
    code: str | None
    name: str
    service_class: int | None
    vip: bool
    responsible_org_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as the call tells; sealed at rest."""

    phone: str | None = None
    name: str | None = None
    customer_code: str | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint's public state; `level` is 1 while the first responder alone handles it.

    `raised_to` is to whom it went up, in order; `verdict_org_id`, from the second cycle on, whose verdict it is;
    `handovers` how often it has changed hands.
    """

    id: UUID
    case_no: str
    state: State
    cycle: int
    level: int
    version: int
    channel: Channel
    category: Category
    subject: str
    org_id: str
    orgpath: str
    customer_id: UUID | None
    first_responder_org_id: str
    received_at: datetime
    raised_to: tuple[str, ...] = ()
    verdict_org_id: str | None = None
    cause: str | None = None
    link: Link | None = None
    satisfaction: int | None = None
    handovers: int = 0

    @property
    def handlers(self) -> tuple[str, ...]:
        """Give who handles it: the first responder, and everybody to whom it went up, the present handler last."""
        return (self.first_responder_org_id, *self.raised_to)

    @property
    def handler_org_id(self) -> str:
        """Give the present handler."""
        return self.handlers[-1]

    @property
    def judges(self) -> tuple[str, ...]:
        """Give whose verdict ends the cycle: any handler's in the first, later those from a level up on."""
        if self.verdict_org_id is None:
            return self.handlers
        return self.handlers[self.handlers.index(self.verdict_org_id) :]

    @property
    def ended(self) -> bool:
        """Tell whether nothing more is done with it."""
        return self.state in ENDED

    def after(self, move: Move, order: Mapping[str, Any] | None = None) -> State:
        """Give the state a move leads to; raises CaseEnded and StepSkipped, the latter with the article on their order."""
        if self.ended and not (move is Move.REOPEN and self.state is State.CLOSED):
            raise CaseEnded.of(self.case_no, self.state)
        if move in STEPS:
            needed, reached = STEPS[move]
            if self.state is not needed:
                raise StepSkipped.of(move, needed, self.state, order)
            return reached
        if self.state not in BEFORE_RESOLVED:
            raise StepSkipped.too_late(move, self.state, order)
        return State.WITHDRAWN if move is Move.WITHDRAW else self.state


@dataclass(frozen=True, slots=True)
class Compensation:
    """A claim for money; the amount never leaves the service's rows."""

    id: UUID
    case_no: str
    state: CompensationState
    version: int
    channel: Channel
    cause: Damage
    amount_claimed: Decimal
    above_limit: bool
    subject: str
    org_id: str
    orgpath: str
    customer_id: UUID | None
    first_responder_org_id: str
    received_at: datetime
    complaint_case_no: str | None = None
