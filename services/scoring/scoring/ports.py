"""What handlers need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from regulations.provisions import Because
from scoring.model.facts import Accuracy, Duty, Standing
from scoring.model.periods import Part, Quarter
from scoring.model.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Paying:
    """Whose revenue is asked for: the bureau's own customers, and others', of whom a ruling may give it a part."""

    own: Sequence[UUID]
    others: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class RevenueTold:
    """What one usage event tells of customers' revenue, in yuan."""

    event_id: UUID
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Covered:
    """A customer that an analysis of a month covers; `with_province`: a KPI report filed there."""

    month: str
    customer_id: UUID
    with_province: bool


class BureauEvents(Protocol):
    """What was heard of one bureau: of its units and their customers."""

    async def newest(self) -> date:
        """Give the day of the newest event heard of anybody."""
        ...

    async def standings(self, day: date) -> Mapping[UUID, Standing]:
        """Give all customers that were ever the bureau's, as they stood at the end of a day."""
        ...

    async def revenue(self, paying: Paying, months: Sequence[str]) -> Sequence[RevenueTold]:
        """Give the bureau's revenue of months from customers, by the events that told it."""
        ...

    async def covered(self, customers: Sequence[UUID], months: Sequence[str]) -> Sequence[Covered]:
        """Give which customers the bureau's analyses of months cover."""
        ...

    async def visits_made(self, customers: Sequence[UUID], duty: Duty) -> Mapping[UUID, int]:
        """Give how often customers were visited as a duty asks; who was not is not in it."""
        ...

    async def symposia(self, part: Part) -> Sequence[UUID]:
        """Give the events of the symposia that the bureau held in a part of the year."""
        ...

    async def reported(self, months: Sequence[str]) -> Accuracy:
        """Give what the bureau's units reported of months, and what of it was found wrong."""
        ...

    async def has_analysed(self, month: str) -> bool:
        """Tell whether the bureau has filed any analysis of this month or one before."""
        ...

    async def has_visited(self, day: date) -> bool:
        """Tell whether the bureau has made any visit by this day."""
        ...

    async def has_met(self, day: date) -> bool:
        """Tell whether the bureau has held any symposium by this day."""
        ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """A bureau's sheet with its place among those scored beside it."""

    sheet: Sheet
    rank: int | None


@dataclass(frozen=True, slots=True)
class Circulated:
    """The scores of a quarter as an organisation circulates them."""

    org_id: str
    orgpath: str
    quarter: Quarter
    scores: Sequence[Ranked]
    published_by: UUID
    published_at: datetime
    because: Because


class Publications(Protocol):
    """Where scores are frozen."""

    async def freeze(self, circulated: Circulated) -> bool:
        """Keep and tell the scores; False, with nothing changed, where the quarter was published before."""
        ...
