"""What the use of claims needs from outside: the clocks of those that idle, and what shows progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from registry.model.claims import Claim
from registry.policies.use import Evidence, Named
from registry.ports.tree import Lawbook
from regulations.calendars import Duration
from regulations.provisions import Because


@dataclass(frozen=True)
class Idling:
    """A claim whose idle clock runs, with what sets it back; `returned_at`: the center gave annex 1 back."""

    claim: Claim
    holder_id: UUID
    since: datetime
    ends_at: datetime
    returned_at: datetime | None
    visited_at: datetime | None
    stepped_at: datetime | None


@dataclass(frozen=True)
class IdleClock:
    """The clock by which a claim idles out; `earned`: progress began it anew."""

    claim: Claim
    since: datetime
    after: Duration
    warn_at: datetime
    holder_id: UUID
    because: Because
    earned: bool = False


class Uses(Protocol):
    """The use that is made of claims."""

    async def idling(self, customer_ids: Sequence[UUID]) -> list[Idling]:
        """Give the idling claims of customers for change, the customers locked first."""
        ...

    async def restart(self, clocks: Sequence[IdleClock]) -> None:
        """Let idle clocks begin anew."""
        ...

    async def idle_clock(self, claim_id: UUID) -> tuple[datetime, datetime] | None:
        """Give since when a claim idles and when that ends it, or None where no clock of it counts."""
        ...

    async def evidence(self, claim: Claim, named: Sequence[Named]) -> list[Evidence]:
        """Look up what a holder names as progress on a claim, in the order named."""
        ...


class UseDesk(Protocol):
    """What the reckoning of progress works with: a part of each desk on which progress is recorded."""

    @property
    def now(self) -> datetime:
        """The moment."""
        ...

    @property
    def law(self) -> Lawbook:
        """The law in force."""
        ...

    @property
    def uses(self) -> Uses:
        """The use of claims."""
        ...
