"""Where classes are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer with its unit, the day for which the class is asked, and the time as known at which, None for now."""

    customer_id: UUID
    org_id: str
    day: date
    known: datetime | None


@dataclass(frozen=True, slots=True)
class Provisional:
    """What the fees of some months in a row would give, and why."""

    first: date
    last: date
    tier: Tier
    eligible: bool
    because: dict[str, Any]


class Provisionals(Protocol):
    """Where classes of the moment are worked out."""

    async def rate(self, asked: Asked, by_law: Mapping[str, Any]) -> Provisional | None:
        """Give the class by a law that has the customer's whole bureau; None where it does not say how often it rates."""
        ...
