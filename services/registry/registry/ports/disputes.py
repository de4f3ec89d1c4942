"""What the handling of disputes needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from registry.model.declarations import Declaration
from registry.model.disputes import Dispute, Evidence, Step
from registry.ports.desk import Desk
from regulations.calendars import Duration
from regulations.provisions import Because


@dataclass(frozen=True)
class ContestedFile:
    """Who answers for a contested customer, whoever asks."""

    org_id: str
    state: str
    assigned: bool


@dataclass(frozen=True)
class Former:
    """Who answered for a customer before the last ruling on it, and which manager."""

    responsible: str
    manager_id: UUID | None


class Disputes(Protocol):
    """Disputes."""

    async def contested_by(self, declaration_id: UUID) -> UUID | None:
        """Give the customer that a unit contests by its declaration."""
        ...

    async def file(self, customer_id: UUID) -> ContestedFile | None:
        """Lock a customer's row and tell who answers for it."""
        ...

    async def open(self, dispute: Dispute, step: Step) -> None:
        """Write a new dispute with the registry's own record of its parties; raises DisputeLive."""
        ...

    async def get(self, dispute_id: UUID) -> Dispute:
        """Give a dispute for change, its customer's row locked first; raises NotFound."""
        ...

    async def save(self, dispute: Dispute, step: Step, *, former: str | None = None) -> None:
        """Write a dispute's next version with the step that led to it, and tell it; `former`: the center before."""
        ...

    async def file_evidence(self, dispute: Dispute, evidence: Evidence) -> None:
        """Write a party's evidence and tell that it came, not what it says."""
        ...

    async def attached(self, dispute_id: UUID, org_id: str, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the attachments that a unit has put under the dispute."""
        ...

    async def heard(self, dispute_id: UUID) -> set[str]:
        """Give the parties that have filed evidence."""
        ...

    async def hands_in(self, dispute_id: UUID) -> frozenset[UUID]:
        """Give everybody who may not judge it."""
        ...

    async def former(self, customer_id: UUID) -> Former | None:
        """Give who had the customer before the last ruling on it."""
        ...

    async def declarations(self, dispute: Dispute) -> list[Declaration]:
        """Give the parties' declarations of the customer, the newest first, for change."""
        ...


@dataclass(frozen=True)
class RulingDue:
    """The clock of a center that has to rule."""

    kind: str
    dispute: Dispute
    started_at: datetime
    within: Duration
    because: Because


class DisputeClocks(Protocol):
    """Deadlines of disputes."""

    async def opened(self, due: RulingDue, evidence: Duration, because: Because) -> None:
        """Start the clocks of the evidence, one a party, and of the ruling."""
        ...

    async def filed(self, dispute_id: UUID, org_id: str) -> None:
        """Settle the clock of a party's evidence."""
        ...

    async def start(self, due: RulingDue) -> None:
        """Start the clock of a ruling."""
        ...

    async def start_appeal(self, dispute: Dispute, within: Duration, because: Because) -> None:
        """Start the time in which the party that got least may appeal."""
        ...

    async def ruled(self, dispute: Dispute) -> None:
        """Settle the clock of a ruling, and stop what runs of the evidence."""
        ...

    async def appealed(self, dispute_id: UUID) -> None:
        """Settle the time for an appeal."""
        ...

    async def over(self, dispute: Dispute) -> None:
        """Stop whatever runs."""
        ...


@dataclass(frozen=True)
class Court:
    """What a dispute is handled with: the desk, and what belongs to disputes alone."""

    desk: Desk
    disputes: Disputes
    clocks: DisputeClocks
