"""What compensations, liability and the ledger between units need from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.deadlines import Deadline
from regulations.provisions import Because
from service_desk.model.compensations import Act, Claim, Liability, LiabilityAct
from service_desk.model.ledger import Entry


@dataclass(frozen=True, slots=True)
class Settled:
    """One act on a compensation: how it stood, how it stands, the amount it is about, why, and the sealed words."""

    act: Act
    before: Claim
    after: Claim
    words: Mapping[str, str]
    because: Because
    org_id: str
    amount: Decimal | None = None
    settles: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    starts: tuple[Deadline, ...] = ()
    payer_org_id: str | None = None


class Compensations(Protocol):
    """Compensations as handlers read and write them."""

    async def get(self, reference: str, version: int) -> Claim:
        """Give the compensation of a case number or id; raises NotFound and StaleVersion."""
        ...

    async def clocks(self, claim: Claim) -> frozenset[str]:
        """Give the kinds of its clocks that run, or ran out."""
        ...

    async def save(self, act: Settled) -> None:
        """Write state, step, clocks, payment and event together; raises StaleVersion and AlreadyPaid."""
        ...


@dataclass(frozen=True, slots=True)
class Assigned:
    """One act about liability: how it stood, how it stands, why, and the sealed words."""

    act: LiabilityAct
    before: Liability
    after: Liability
    words: Mapping[str, str]
    because: Because
    org_id: str
    settles: tuple[str, ...] = ()


class Ledger(Protocol):
    """The ledger between units: entries are added, never changed."""

    async def post(self, *entries: Entry) -> None:
        """Write entries with their two lines each; raises AlreadyCorrected."""
        ...

    async def get(self, entry_id: UUID) -> Entry:
        """Give an entry; raises NotFound."""
        ...

    async def owed(self, debtor: str, creditor: str) -> Decimal:
        """Give what one unit owes another; whoever else asks for these two at the same time waits."""
        ...


class Liabilities(Protocol):
    """Liability as handlers read and write it, with the ledger of the same transaction."""

    @property
    def ledger(self) -> Ledger:
        """Give the ledger between units."""
        ...

    async def get(self, reference: str, version: int) -> Liability:
        """Give the liability of a case number or id, in force; raises NotFound and StaleVersion."""
        ...

    async def save(self, act: Assigned) -> None:
        """Write state, shares, step, clock and event together; raises StaleVersion."""
        ...
