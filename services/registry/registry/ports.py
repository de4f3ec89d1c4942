"""What the handlers need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from registry.model.claims import Claim
from registry.model.customers import Assignment, Customer, IdentityKey
from registry.model.declarations import Candidate, Declaration
from registry.model.organisations import Organisation
from registry.model.staff import Person
from registry.policies.claims import Held
from registry.policies.match import Bounds, Identity, Known
from regulations.calendars import Duration
from regulations.provisions import Because, Provision, Topic
from regulations.rulebook import Adoption

V = TypeVar("V", bound=Topic)
Why = Mapping[str, Any] | None


class Lawbook(Protocol):
    """The law in force by organisation and day."""

    def find(self, topic: type[V], *, org_id: str, day: date) -> Provision[V]:
        """Give the provision; raises NoLaw."""
        ...


class Packs(Protocol):
    """The packs that there are."""

    def check_adoptions(self, org_id: str, adoptions: Sequence[Adoption]) -> None:
        """Refuse unknown packs and topics, and one topic twice on one day."""
        ...


class Tree(Protocol):
    """The organisations as known to this process."""

    def path(self, org_id: str) -> str:
        """Give the orgpath; raises NotFound."""
        ...

    def city_above(self, org_id: str) -> str:
        """Give the node whose center decides: the nearest city upward, else the node itself; raises NotFound."""
        ...

    def name(self, org_id: str) -> str:
        """Give the name, or the id of an unknown one."""
        ...

    def dissolved(self, org_id: str, day: date) -> bool:
        """Tell whether the node is no more on the day."""
        ...


class Organisations(Protocol):
    """The nodes of the tree, locked when read for change."""

    async def find(self, org_id: str) -> Organisation | None:
        """Give a node or None."""
        ...

    async def existing(self, org_ids: Sequence[str]) -> dict[str, Organisation]:
        """Give those of the nodes that exist."""
        ...

    async def below(self, orgpath: str) -> list[Organisation]:
        """Give every node strictly below, parents first."""
        ...

    async def in_use(self, org_id: str) -> bool:
        """Tell whether the node has living nodes below it, staff, customers or claims."""
        ...

    async def add(self, nodes: Sequence[Organisation]) -> None:
        """Write new nodes and tell of each."""
        ...

    async def save(self, nodes: Sequence[Organisation]) -> None:
        """Write the next versions and tell of each; raises StaleVersion."""
        ...


class Staff(Protocol):
    """People of the staff."""

    async def find(self, staff_id: UUID) -> Person | None:
        """Give a person, locked for change, or None."""
        ...

    async def taken(self, people: Sequence[Person]) -> Person | None:
        """Give one whose id or staff number somebody else has already."""
        ...

    async def deputies(self) -> dict[UUID, UUID | None]:
        """Give who stands in for whom; nobody else changes it until the commit."""
        ...

    async def add(self, people: Sequence[Person]) -> None:
        """Write new people and tell of each."""
        ...

    async def save(self, who: Person) -> None:
        """Write a person's next version and tell it; raises StaleVersion."""
        ...

    async def managers_at(self, org_id: str) -> list[UUID]:
        """Give the active account managers of a node, the one with fewest customers first."""
        ...

    async def load_of(self, staff_id: UUID) -> dict[int, int]:
        """Give how many customers of each class a manager has; the manager is locked until the commit."""
        ...


class Market(Protocol):
    """What a declaration is matched against, whoever holds it."""

    async def mark(self) -> int:
        """Give a mark behind all customers known so far."""
        ...

    async def like(self, identity: Identity) -> list[Known]:
        """Give the customers that may be the declared one."""
        ...

    async def since(self, mark: int) -> list[Known]:
        """Give those that became known behind the mark; from here to the commit no other declaration gets in between."""
        ...

    async def hold(self, customer_id: UUID) -> Held:
        """Lock a customer and tell who holds it."""
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

    async def grant(self, claims: Sequence[Claim], why: Why) -> None:
        """Write new claims and tell each; raises CustomerTaken where a line is held."""
        ...

    async def renew(self, claim: Claim, reason: str, why: Why) -> None:
        """Write a claim that runs on, and tell it."""
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

    async def start_claims(self, ends: Sequence[ClaimEnd]) -> None:
        """Start the clocks of claims."""
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

    async def stop_claims(self, claims: Sequence[Claim]) -> None:
        """Cancel the clocks of claims that no longer end by time."""
        ...


@dataclass(frozen=True)
class TreeDesk:
    """What the keeping of organisations, staff and law works with in one transaction."""

    now: datetime
    law: Lawbook
    packs: Packs
    nodes: Organisations
    staff: Staff

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()


@dataclass(frozen=True)
class Desk:
    """All that a handler works with in one transaction, at one moment."""

    now: datetime
    law: Lawbook
    tree: Tree
    known: Market
    declarations: Declarations
    customers: Customers
    claims: Claims
    assignments: Assignments
    staff: Staff
    clocks: Clocks
    phone_keys: "PhoneKeys"
    bounds: Bounds

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()


class PhoneKeys(Protocol):
    """Keyed digests of phone numbers."""

    def keys(self, number: str) -> Sequence[str]:
        """Give the keys of a number in any written form; raises InvalidValue."""
        ...
