"""Where classes are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from tiering.model.tiers import Tier


@dataclass(frozen=True, slots=True)
class Registration:
    """A customer that got its code, as it was told: the event, its chain, the unit, the class of the form, and why."""

    event_id: UUID
    correlation_id: str
    customer_id: UUID
    org_id: str
    orgpath: str
    registered_on: date
    initial_class: int | None
    because: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class FirstClass:
    """The class with which a customer begins."""

    registration: Registration
    tier: Tier


class Classes(Protocol):
    """The classes of customers."""

    async def begin(self, firsts: Sequence[FirstClass]) -> None:
        """Write the first class of each customer that has none, and tell of it."""
        ...
