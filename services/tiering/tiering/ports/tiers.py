"""Where classes are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from tiering.model.tiers import Months, Tier


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
    """A customer as it stands: its unit, place and importance, and the day for which the class is asked."""

    customer_id: UUID
    org_id: str
    place: str | None
    importance: str | None
    importance_level: str | None
    day: date


@dataclass(frozen=True, slots=True)
class Amounts:
    """Fees in yuan of the months asked for, of the last calendar year, of the last month; and an agreement in force."""

    fees: Decimal
    last_year_fees: Decimal
    month_fees: Decimal
    agreement: bool


class Sums(Protocol):
    """Where fees are added up."""

    async def last_month(self, units: Sequence[str], day: date) -> date | None:
        """Give the last month up to a day that any of these units' customers has usage in."""
        ...

    async def amounts(self, asked: Asked, months: Months) -> Amounts:
        """Give what a customer used, and whether it has an agreement."""
        ...

    async def rank(self, asked: Asked, units: Sequence[str], months: Months, *, ties: bool) -> int | None:
        """Give the rank among the registered customers of these units; None without fees."""
        ...
