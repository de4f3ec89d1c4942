"""What merging needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from registry.model.claims import Claim
from registry.model.customers import Customer
from registry.model.merges import Merge
from registry.ports.care import Files
from registry.ports.desk import Desk, Why


@dataclass(frozen=True)
class Origin:
    """What the clocks of a claim need of the declaration that it came from."""

    state: str
    submitted_by: UUID


@dataclass(frozen=True)
class Waiting:
    """A declaration that somebody must still act on, as a preview shows it."""

    declaration_id: UUID
    org_id: str
    state: str


@dataclass(frozen=True)
class Clock:
    """A deadline that runs, as a preview shows it."""

    kind: str
    subject_type: str
    subject_id: str
    due_at: datetime


class Merges(Protocol):
    """Merges, and customers as they stand, not as they lead on."""

    async def alone(self) -> None:
        """Let no other merge in from here to the commit."""
        ...

    async def named(self, key: str) -> UUID | None:
        """Give the customer of the scope that a code or id names itself."""
        ...

    async def survivor_of(self, customer_id: UUID) -> UUID:
        """Give where a customer leads to."""
        ...

    async def locked(self, ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
        """Give customers of the scope for change, locked in the order of their ids."""
        ...

    async def as_is(self, customer_id: UUID) -> Customer | None:
        """Give a customer of the scope without locking it."""
        ...

    async def claims(self, customer_id: UUID) -> list[Claim]:
        """Give all live claims of a customer for change, whoever holds them."""
        ...

    async def disputed(self, customer_id: UUID) -> bool:
        """Tell whether a dispute over a customer lives."""
        ...

    async def origins(self, declarations: Sequence[UUID]) -> Mapping[UUID, Origin]:
        """Give the declarations that claims came from."""
        ...

    async def waiting(self, customer_id: UUID) -> list[Waiting]:
        """Give the declarations of a customer that are not over."""
        ...

    async def clocks(self, customer_id: UUID) -> list[Clock]:
        """Give the deadlines of a customer that run."""
        ...

    async def last_of(self, merged_id: UUID) -> Merge | None:
        """Give the merge of a customer that holds."""
        ...

    async def add(self, merge: Merge, merged: Customer, survivor: Customer) -> None:
        """Write a merge, with the merged customer's next version, and tell it."""
        ...

    async def undo(self, merge: Merge, restored: Customer, survivor: Customer, why: Why) -> None:
        """Write a merge as undone, with the restored customer's next version, and tell it."""
        ...


@dataclass(frozen=True)
class MergeDesk:
    """All that a merge works with in one transaction, at one moment."""

    desk: Desk
    files: Files
    merges: Merges

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.desk.today
