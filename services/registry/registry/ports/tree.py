"""What the keeping of organisations, staff and law needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from registry.model.organisations import Kind, Organisation
from registry.model.staff import Person
from regulations.provisions import Provision, Topic
from regulations.rulebook import Adoption

V = TypeVar("V", bound=Topic)


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

    def kind(self, org_id: str) -> Kind:
        """Give what kind of node it is; raises NotFound."""
        ...

    def name(self, org_id: str) -> str:
        """Give the name, or the id of an unknown one."""
        ...

    def serving(self, division: str) -> str | None:
        """Give the living county or city of a division, or None."""
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

    async def load_of(self, staff_id: UUID, group_counts_as: int) -> dict[int, int]:
        """Give how many customers of each class a manager has; the manager is locked until the commit."""
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
