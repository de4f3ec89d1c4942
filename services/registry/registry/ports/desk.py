"""What the handling of declarations, customers and claims needs from outside."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from registry.model.claims import Claim
from registry.model.customers import Assignment, Customer, IdentityKey
from registry.model.declarations import Candidate, Declaration
from registry.model.groups import Market
from registry.policies.claims import Held
from registry.policies.match import Bounds, Identity, Known
from registry.ports.development import Cases, Leads
from registry.ports.tree import Lawbook, Staff, Tree
from registry.ports.use import IdleClock, Uses
from regulations.calendars import Duration
from regulations.provisions import Because

Why = Mapping[str, Any] | None


class Everybody(Protocol):
    """What a declaration is matched against, whoever holds it."""

    async def alone(self) -> None:
        """Let no other declaration in from here to the commit; for lists of them."""
        ...

    async def mark(self) -> int:
        """Give a mark behind all customers known so far."""
        ...

    async def like(self, identity: Identity) -> list[Known]:
        """Give the customers that may be the declared one."""
        ...

    async def markets(self, identity: Identity, group_ids: Sequence[UUID]) -> list[Market]:
        """Give the target markets that name or address speak of, and those whose members resemble the customer."""
        ...

    async def since(self, mark: int) -> list[Known]:
        """Give those that became known behind the mark; from here to the commit no other declaration gets in between."""
        ...

    async def hold(self, customer_id: UUID) -> Held:
        """Lock a customer and tell who holds it."""
        ...

    async def awaits_center(self, customer_id: UUID, but: UUID | None = None) -> bool:
        """Tell whether another declaration of the customer waits for its center."""
        ...

    async def was_claimed(self, customer_id: UUID) -> bool:
        """Tell whether anybody ever had a claim on the customer."""
        ...

    async def disputed(self, customer_id: UUID) -> bool:
        """Tell whether a line of the customer is in a living dispute."""
        ...

    async def take(self, keys: Sequence[IdentityKey], customer_id: UUID) -> dict[str, UUID]:
        """Take identity keys; gives by kind the customers that have one of them already."""
        ...


class Declarations(Protocol):
    """Declarations."""

    async def get(self, declaration_id: UUID) -> Declaration:
        """Give a declaration for change, its customer locked first; raises NotFound."""
        ...

    async def add(self, declared: Declaration, candidates: Sequence[Candidate]) -> None:
        """Write a new declaration, with what the center compares it with, and tell it."""
        ...

    async def tie(self, declared: Declaration, markets: Sequence[Market]) -> None:
        """Note for the center which target markets a declaration speaks of."""
        ...

    async def save(
        self, declared: Declaration, *, reason: str | None = None, customer_code: str | None = None
    ) -> None:
        """Write a declaration's next state and tell it; raises StaleVersion."""
        ...


class Customers(Protocol):
    """Customers."""

    async def get(self, customer_id: UUID) -> Customer:
        """Give a customer for change; raises NotFound."""
        ...

    async def find_by_code(self, code: str) -> Customer | None:
        """Give a customer for change by its code."""
        ...

    async def add(self, customer: Customer, why: Why) -> None:
        """Write a new prospect and tell it."""
        ...

    async def save(self, customer: Customer, why: Why, *, registered: bool = False) -> None:
        """Write a customer's next version and tell it; raises StaleVersion."""
        ...

    async def take_over(self, customer_id: UUID, org_id: str) -> Customer:
        """Pass a customer whom nobody holds to a unit, and give it."""
        ...

    async def rename(self, customer_id: UUID, keys: Sequence[IdentityKey]) -> dict[str, UUID]:
        """Replace the identity keys; gives by kind the others that have one of them."""
        ...

    async def next_serial(self, city: str) -> int:
        """Give the next serial of the city's codes; a number is never given twice."""
        ...


class Claims(Protocol):
    """Claims."""

    async def of_declaration(self, declaration_id: UUID) -> list[Claim]:
        """Give the live claims that a declaration was granted."""
        ...

    async def find(self, claim_id: UUID) -> Claim | None:
        """Give a claim for change or None."""
        ...

    async def live(self, customer_id: UUID) -> list[Claim]:
        """Give the live claims of a customer that the asker sees, for change."""
        ...

    async def grant(self, claims: Sequence[Claim], why: Why, *, reason: str = "declared") -> None:
        """Write new claims and tell each; raises CustomerTaken where a line is held."""
        ...

    async def renew(self, claims: Sequence[Claim], reason: str, why: Why) -> None:
        """Write claims that run on, and tell each."""
        ...

    async def end(self, claim: Claim, reason: str, why: Why) -> None:
        """Write a claim that ended, and tell it."""
        ...


class Assignments(Protocol):
    """Who serves whom."""

    async def find(self, customer_id: UUID) -> Assignment | None:
        """Give a customer's assignment or None."""
        ...

    async def add(self, who: Assignment, why: Why) -> None:
        """Write the first assignment of a customer and tell it."""
        ...

    async def save(self, who: Assignment, why: Why) -> None:
        """Write the next version and tell it."""
        ...


@dataclass(frozen=True)
class ClaimEnd:
    """The clock of a claim, warned so many days before its end."""

    claim: Claim
    length: Duration
    warned_days_before: Sequence[int]
    holder_id: UUID
    because: Because


@dataclass(frozen=True)
class DecisionDue:
    """The clock of a declaration that the city center must decide."""

    declared: Declaration
    started_at: datetime
    within: Duration
    because: Because


class Clocks(Protocol):
    """Deadlines of claims and declarations."""

    async def start_claims(
        self, ends: Sequence[ClaimEnd], idles: Sequence[IdleClock], due: DecisionDue | None
    ) -> None:
        """Start the clocks of claims, and the center's where it has to decide already."""
        ...

    async def extend_claim(self, end: ClaimEnd) -> None:
        """Let the clock of a claim's end run to a later one."""
        ...

    async def stop_idling(self, claims: Sequence[Claim]) -> None:
        """Cancel the idle clocks of claims whose unit waits for its center."""
        ...

    async def start_decision(self, due: DecisionDue) -> None:
        """Start the center's clock."""
        ...

    async def decided(self, declaration_id: UUID) -> None:
        """Settle the center's clock."""
        ...

    async def undecidable(self, declaration_id: UUID) -> None:
        """Cancel the center's clock: the declaration has gone away."""
        ...

    async def registered(self, declaration_id: UUID, claims: Sequence[Claim]) -> None:
        """Settle the center's clock, and cancel those of the claims, which stand from now on."""
        ...

    async def stop_claims(self, claims: Sequence[Claim]) -> None:
        """Cancel the clocks of claims that no longer end by time."""
        ...


class PhoneKeys(Protocol):
    """Keyed digests of phone numbers."""

    def keys(self, number: str) -> Sequence[str]:
        """Give the keys of a number in any written form; raises InvalidValue."""
        ...


class Seal(Protocol):
    """Personal data at rest."""

    def seal(self, text: str) -> bytes:
        """Encrypt."""
        ...

    def open(self, sealed: bytes) -> str:
        """Decrypt; raises for what was not sealed with this key."""
        ...


class Apart(Protocol):
    """A part of the transaction that is undone alone where it is refused."""

    def __call__(self) -> AbstractAsyncContextManager[Any]:
        """Begin such a part."""
        ...


class Reading(Protocol):
    """What reading a form by the law of the day takes of a desk."""

    @property
    def law(self) -> Lawbook:
        """The law in force."""
        ...

    @property
    def today(self) -> date:
        """The business date of the moment."""
        ...

    @property
    def phone_keys(self) -> PhoneKeys:
        """The keys of phone numbers."""
        ...


@dataclass(frozen=True)
class Desk:
    """All that a handler works with in one transaction, at one moment."""

    now: datetime
    law: Lawbook
    tree: Tree
    known: Everybody
    declarations: Declarations
    customers: Customers
    claims: Claims
    assignments: Assignments
    staff: Staff
    clocks: Clocks
    uses: Uses
    cases: Cases
    leads: Leads
    phone_keys: PhoneKeys
    bounds: Bounds
    apart: Apart

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()
