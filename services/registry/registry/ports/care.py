"""What the keeping of files, visits and symposia needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from registry.model.files import CustomerFile, Filing, LayerChange, Source
from registry.model.visits import Symposium, Visit
from registry.policies.visits import Sight
from registry.ports.desk import Apart, Customers, PhoneKeys
from registry.ports.tree import Lawbook, Tree
from registry.ports.use import Uses


class Files(Protocol):
    """Customer files."""

    async def get(self, customer_id: UUID) -> CustomerFile:
        """Give a file for change, its customer locked before; an unwritten one has version 0."""
        ...

    async def save(self, file: CustomerFile, changes: Sequence[LayerChange], source: Source) -> None:
        """Write a file's next version with what it replaced; its customer is locked."""
        ...

    async def file_with(self, filing: Filing) -> None:
        """Add a filing."""
        ...

    async def named(self, name: str) -> list[UUID]:
        """Give the customers of the scope with a full name."""
        ...


class Visits(Protocol):
    """Visits."""

    async def customers(self, keys: Sequence[str]) -> list[Sight | None]:
        """Give the customers of the scope by code or id, in the order asked for; None where there is none."""
        ...

    async def get(self, visit_id: UUID) -> Visit:
        """Give a visit for change; raises NotFound."""
        ...

    async def add(self, visits: Sequence[Visit]) -> None:
        """Write new visits and tell each."""
        ...

    async def save(self, visit: Visit) -> None:
        """Write a visit's next version and tell it; raises StaleVersion."""
        ...


class Symposia(Protocol):
    """Symposia."""

    async def add(self, symposium: Symposium) -> None:
        """Write a symposium and tell it."""
        ...


@dataclass(frozen=True)
class CareDesk:
    """All that the keeping of customers works with in one transaction, at one moment."""

    now: datetime
    law: Lawbook
    tree: Tree
    customers: Customers
    files: Files
    visits: Visits
    symposia: Symposia
    uses: Uses
    phone_keys: PhoneKeys
    apart: Apart

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()
