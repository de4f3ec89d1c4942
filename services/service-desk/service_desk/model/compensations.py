"""Compensations on their way to the money, and who is liable for what was paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from service_desk.model.cases import CompensationState, Link
from service_desk.model.remedies import CompensationEnded, LiabilityNotThere, NotYetSettled, OutOfTurn


class Act(StrEnum):
    """What may be done with a compensation."""

    HANDLE = "handle"
    REFUSE = "refuse"
    REPORT = "report"
    APPROVE = "approve"
    PAY = "pay"


ENDED = frozenset({CompensationState.PAID, CompensationState.REFUSED})
_NEEDED = {
    Act.HANDLE: CompensationState.FILED,
    Act.REFUSE: CompensationState.FILED,
    Act.REPORT: CompensationState.HANDLED,
    Act.APPROVE: CompensationState.REPORTED,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A compensation as its decisions need it; `makers` are those who took it down, handled, reported or approved it."""

    id: UUID
    case_no: str
    state: CompensationState
    version: int
    channel: str
    cause: str
    mail_no: str
    amount_claimed: Decimal
    amount_granted: Decimal | None
    amount_paid: Decimal | None
    above_limit: bool
    vip: bool
    service_class: int | None
    subject: str
    org_id: str
    orgpath: str
    customer_id: UUID | None
    manager_id: str | None
    first_responder_org_id: str
    complaint_case_no: str | None
    received_at: datetime
    makers: frozenset[str]

    @property
    def ended(self) -> bool:
        """Tell whether nothing more is done with it."""
        return self.state in ENDED

    def after(self, act: Act, limit: Mapping[str, Any] | None = None) -> CompensationState:
        """Give the state an act leads to; raises CompensationEnded and OutOfTurn, the latter with the law of the limit."""
        match act, self.state:
            case Act.HANDLE, CompensationState.FILED:
                return CompensationState.HANDLED
            case Act.REFUSE, CompensationState.FILED | CompensationState.REPORTED:
                return CompensationState.REFUSED
            case Act.REPORT, CompensationState.HANDLED if self.above_limit:
                return CompensationState.REPORTED
            case Act.APPROVE, CompensationState.REPORTED:
                return CompensationState.APPROVED
            case (Act.PAY, CompensationState.APPROVED):
                return CompensationState.PAID
            case (Act.PAY, CompensationState.HANDLED) if not self.above_limit:
                return CompensationState.PAID
        if self.ended:
            raise CompensationEnded.of(self.case_no, self.state)
        needed = self._needed(act)
        if self.state is needed:
            raise OutOfTurn.nothing_to_report(self.state, limit)
        raise OutOfTurn.of(act, needed, self.state, limit, above=self.above_limit)

    def _needed(self, act: Act) -> CompensationState:
        if act is Act.PAY:
            return CompensationState.APPROVED if self.above_limit else CompensationState.HANDLED
        return _NEEDED[act]


class LiabilityState(StrEnum):
    """Where the question of who is liable stands; it begins with the payment."""

    PENDING = "pending"
    ASSIGNED = "assigned"
    APPEALED = "appealed"
    SETTLED = "settled"


class LiabilityAct(StrEnum):
    """What may be done about liability."""

    ASSIGN = "assign-liability"
    APPEAL = "appeal-liability"
    DECIDE = "decide-appeal"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Share:
    """What a unit is charged with for its link of the chain; the amounts of a round sum to what was paid."""

    link: Link
    org_id: str
    share: Decimal
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Liability:
    """Who is liable for a compensation that was paid; `creditor_org_id` advanced it."""

    compensation_id: UUID
    case_no: str
    state: LiabilityState
    version: int
    subject: str
    org_id: str
    orgpath: str
    customer_id: UUID | None
    creditor_org_id: str
    amount: Decimal
    above_limit: bool
    paid_at: datetime
    round: int = 0
    makers: frozenset[str] = frozenset()
    shares: tuple[Share, ...] = ()
    assigned_by: str | None = None
    appeal_until: datetime | None = None
    decider_org_id: str | None = None
    decided_at: datetime | None = None

    @property
    def charged(self) -> frozenset[str]:
        """The units that bear a share."""
        return frozenset(share.org_id for share in self.shares)

    def after(self, act: LiabilityAct, now: datetime, law: Mapping[str, Any] | None = None) -> LiabilityState:
        """Give the state an act leads to; raises LiabilityNotThere and NotYetSettled, with the law of liability."""
        match act, self.state:
            case LiabilityAct.ASSIGN, LiabilityState.PENDING:
                return LiabilityState.ASSIGNED
            case LiabilityAct.APPEAL, LiabilityState.ASSIGNED | LiabilityState.APPEALED if (
                not self.decided_at
            ):
                return LiabilityState.APPEALED
            case LiabilityAct.DECIDE, LiabilityState.APPEALED if not self.decided_at:
                return LiabilityState.APPEALED
            case LiabilityAct.SETTLE, LiabilityState.ASSIGNED | LiabilityState.APPEALED:
                return self._settled(now, law)
        raise LiabilityNotThere.of(act, self.state, law, decided=self.decided_at is not None)

    def _settled(self, now: datetime, law: Mapping[str, Any] | None) -> LiabilityState:
        if self.state is LiabilityState.APPEALED and self.decided_at is None:
            raise NotYetSettled.appealed(self.case_no, law)
        if self.decided_at is None and self.appeal_until is not None and now < self.appeal_until:
            raise NotYetSettled.open_to_appeal(self.case_no, self.appeal_until, law)
        return LiabilityState.SETTLED
