"""A tariff request: who asked for which discount, at which level it lies, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pricing.model.refusals.tariffs import NothingAbove, TariffRequestClosed


class State(StrEnum):
    """Sent up and late are facts on a request, not states."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Level(StrEnum):
    """The levels that decide, from below upward; each is also the kind of its organisation."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"

    def reaches(self, other: "Level") -> bool:
        """Tell whether this level stands at or above another."""
        return UPWARD.index(self) >= UPWARD.index(other)

    def and_above(self) -> tuple["Level", ...]:
        """Give this level and those above it, from below upward."""
        return UPWARD[UPWARD.index(self) :]

    def above(self) -> tuple["Level", ...]:
        """Give the levels above this one, from below upward."""
        return UPWARD[UPWARD.index(self) + 1 :]


UPWARD = (Level.COUNTY, Level.CITY, Level.PROVINCE)


class Outcome(StrEnum):
    """How a level ended."""

    APPROVED = "approved"
    REFUSED = "refused"
    SENT_UP = "sent-up"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Late:
    """A level's days ran out: when, and in whose hands the request lay."""

    due_at: datetime
    org_id: str
    role: str
    staff_id: str | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """The time a request lies at one level."""

    level: Level
    org_id: str
    since: datetime
    until: datetime | None = None
    outcome: Outcome | None = None
    by: str | None = None
    late: Late | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody of a level wrote."""

    level: Level
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What is confidential: shares of 1, reasons in words, and why with the figures in it."""

    discount: Decimal
    standard: Decimal
    reason: str
    because: dict[str, Any]
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something to a request, when, and in which words (confidential)."""

    by: str
    at: datetime
    text: str | None = None


@dataclass(frozen=True, slots=True)
class TariffRequest:
    """`version` counts its events; `because` is public, the figures are not."""

    id: UUID
    version: int
    state: State
    customer_id: UUID
    org_id: str
    lines: tuple[str, ...]
    class_: int
    sittings: tuple[Sitting, ...]
    requested_by: str
    requested_at: datetime
    figures: Figures
    because: dict[str, Any]
    answered_by: str | None = None
    answered_at: datetime | None = None
    filed_with_province: bool = False

    @property
    def sitting(self) -> Sitting:
        """The level at which it lies, or lay last."""
        return self.sittings[-1]

    @property
    def level(self) -> Level:
        """The present, or the last, level."""
        return self.sitting.level

    @property
    def late_levels(self) -> list[str]:
        """The levels whose days ran out unanswered, in the order of the way up."""
        return [sitting.level.value for sitting in self.sittings if sitting.late is not None]

    def approve(self, act: Act, *, filed: bool, because: dict[str, Any], public: dict[str, Any]) -> Self:
        """Grant the discount."""
        answered = self._answered(State.APPROVED, Outcome.APPROVED, act)
        figures = replace(answered.figures, because=because)
        return replace(answered, filed_with_province=filed, because=public, figures=figures)

    def refuse(self, act: Act) -> Self:
        """Refuse the discount."""
        return self._answered(State.REFUSED, Outcome.REFUSED, act)

    def withdraw(self, act: Act) -> Self:
        """Take the request back; nobody has answered it."""
        return replace(self._ended(Outcome.WITHDRAWN, act), state=State.WITHDRAWN)

    def send_up(self, act: Act, level: Level, org_id: str) -> Self:
        """Pass it to a level above, whose time begins."""
        if level not in self.level.above():
            raise NothingAbove.of(self.level)
        passed = self._ended(Outcome.SENT_UP, act)
        return replace(passed, sittings=(*passed.sittings, Sitting(level, org_id, act.at)))

    def overdue(self, late: Late) -> Self:
        """Put on record that the present level let its time run out; the request stays open."""
        self._must_be_open()
        if self.sitting.late is not None:
            raise ValueError(f"level {self.level} is late on record already")
        sitting = replace(self.sitting, late=late)
        return replace(self, version=self.version + 1, sittings=(*self.sittings[:-1], sitting))

    def _answered(self, state: State, outcome: Outcome, act: Act) -> Self:
        return replace(self._ended(outcome, act), state=state, answered_by=act.by, answered_at=act.at)

    def _ended(self, outcome: Outcome, act: Act) -> Self:
        self._must_be_open()
        sitting = replace(self.sitting, until=act.at, outcome=outcome, by=act.by)
        said = (*self.figures.said, *([Said(self.level, outcome, act.text)] if act.text else []))
        return replace(
            self,
            version=self.version + 1,
            sittings=(*self.sittings[:-1], sitting),
            figures=replace(self.figures, said=said),
        )

    def _must_be_open(self) -> None:
        if self.state is not State.OPEN:
            raise TariffRequestClosed.of(self.state)
