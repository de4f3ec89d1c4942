"""What development cases and leads need from outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from registry.model.development import DevelopmentCase, Move, Target, Watch
from registry.policies.leads import Lead, Waiting


class Cases(Protocol):
    """Development cases."""

    async def get(self, case_id: UUID) -> DevelopmentCase:
        """Give a case for change; raises NotFound."""
        ...

    async def open_on(self, org_id: str, target: Target) -> list[DevelopmentCase]:
        """Give a unit's open cases on a prospect, by credit code or full name, for change."""
        ...

    async def open_for(self, org_id: str, customer_id: UUID) -> list[DevelopmentCase]:
        """Give a unit's open cases on a customer, for change."""
        ...

    async def moves(self, case_id: UUID) -> list[Move]:
        """Give the moves of a case, oldest first."""
        ...

    async def attached(self, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the attachments that the asker's scope holds."""
        ...

    async def add(self, case: DevelopmentCase) -> None:
        """Write a new case and tell it."""
        ...

    async def save(self, case: DevelopmentCase) -> None:
        """Write a case's next version and tell it; raises StaleVersion."""
        ...

    async def move(self, move: Move) -> None:
        """Add a move."""
        ...

    async def watch(self, watch: Watch) -> None:
        """Add what was seen of a project."""
        ...


class Leads(Protocol):
    """Leads, whoever filed them, through functions that tell little of them."""

    async def on(self, customer_ids: Sequence[UUID], target: Target) -> list[Lead]:
        """Give the leads on a prospect, the earliest first."""
        ...

    async def waiting(self, customer_ids: Sequence[UUID]) -> Waiting:
        """Tell of customers whether one is held, and since when the first one waits for its center."""
        ...

    async def note(self, declaration_id: UUID, city_org_id: str, leads: Sequence[Lead]) -> None:
        """Keep for the center which leads a declaration stands behind."""
        ...
