"""Disputes over the right to develop a customer (争议裁决): evidence of both sides, a ruling, one appeal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from registry.model.refusals import WrongState


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    RULED = "ruled"
    APPEALED = "appealed"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class DisputeKind(StrEnum):
    """What is in dispute: the topic of the law that governs it."""

    TERRITORY = "territory"
    TERRITORY_RULING = "territory-ruling"
    CROSS_TERRITORY = "cross-territory"
    DEMAND_ROUTING = "demand-routing"
    INFORMATION_PRIORITY = "information-priority"
    REGISTRATION_EVIDENCE = "registration-evidence"


class Origin(StrEnum):
    """By what a dispute came up: a party, a declaration refused or held, the territory rule, kinds of demand."""

    PARTY = "party"
    DECLARATION = "declaration"
    TERRITORY_RULE = "territory-rule"
    DEMAND = "demand"


_S = DisputeState
_MOVES: Mapping[DisputeState, frozenset[DisputeState]] = {
    _S.OPEN: frozenset({_S.OPEN, _S.RULED, _S.WITHDRAWN}),
    _S.RULED: frozenset({_S.APPEALED, _S.FINAL}),
    _S.APPEALED: frozenset({_S.FINAL}),
    _S.FINAL: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
LIVE = frozenset({_S.OPEN, _S.RULED, _S.APPEALED})
# Somebody must rule on these, and evidence is taken.
PENDING = frozenset({_S.OPEN, _S.APPEALED})
WHOLE = Decimal(1)


@dataclass(frozen=True)
class Share:
    """A party's part of the revenue credit, of 1."""

    org_id: str
    share: Decimal


@dataclass(frozen=True)
class Award:
    """Who is credited with how much; the lead alone holds the claim."""

    shares: tuple[Share, ...]
    lead: str

    @property
    def sole(self) -> bool:
        """Whether all of it goes to one."""
        return len(self.shares) == 1


@dataclass(frozen=True)
class Dispute:
    """One dispute over lines of a customer; `evidence_until`, `due_at` are the first instants that are too late.

    `due_at` is that of the ruling while one is awaited, then of an appeal, then None.
    """

    dispute_id: UUID
    customer_id: UUID
    kind: DisputeKind
    origin: Origin
    lines: tuple[str, ...]
    parties: tuple[str, ...]
    org_id: str
    opened_by: UUID
    opened_at: datetime
    ruling_org_id: str
    evidence_until: datetime
    due_at: datetime | None
    declaration_id: UUID | None = None
    facts: Mapping[str, Any] | None = None
    state: DisputeState = DisputeState.OPEN
    award: Award | None = None
    ruled_by: UUID | None = None
    ruled_at: datetime | None = None
    appealed_by: UUID | None = None
    because: Mapping[str, Any] | None = None
    version: int = 1

    @property
    def live(self) -> bool:
        """Whether it is not over yet."""
        return self.state in LIVE

    def moved(self, state: DisputeState, **facts: Any) -> "Dispute":
        """Give the dispute in its next state, or refuse a move that does not exist."""
        if state not in _MOVES[self.state]:
            raise wrong_state(self, f"变为“{STATE_ZH[state]}”", f"become {state}")
        return replace(self, state=state, **facts, version=self.version + 1)

    def told(self, **facts: Any) -> "Dispute":
        """Give the dispute one version on, its state unchanged."""
        return replace(self, **facts, version=self.version + 1)


def wrong_state(dispute: Dispute, zh: str, en: str) -> WrongState:
    """Give the refusal of what the state of a dispute does not allow."""
    return WrongState(
        f"争议现为“{STATE_ZH[dispute.state]}”,不能{zh}",
        f"the dispute is {dispute.state}; it cannot {en}",
        extra={"state": str(dispute.state)},
    )


class StepKind(StrEnum):
    """What happened in a dispute."""

    OPENED = "opened"
    EVIDENCE_FILED = "evidence-filed"
    RULED = "ruled"
    SENT_UP = "sent-up"
    APPEALED = "appealed"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Step:
    """One step: who took it, and what a ruling said; `former` is what its award changed, as it was."""

    step: StepKind
    org_id: str
    staff_id: UUID | None
    reason: str | None = None
    cites: tuple[str, ...] = ()
    award: Award | None = None
    former: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Evidence:
    """What a party put in; `late` where the time for it was over."""

    evidence_id: UUID
    dispute_id: UUID
    org_id: str
    staff_id: UUID
    recorded_at: datetime
    late: bool
    text: str
    attachments: tuple[UUID, ...]


STATE_ZH: Mapping[DisputeState, str] = {
    _S.OPEN: "待裁决",
    _S.RULED: "已裁决",
    _S.APPEALED: "上诉中",
    _S.FINAL: "已生效",
    _S.WITHDRAWN: "已撤回",
}
