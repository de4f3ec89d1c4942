"""Centers, places and people of the organisation (hubei art. 8, 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.topics.words import ListTopic, Named, OrgKind, Place

DIVISION_DIGITS = 6


@dataclass(frozen=True)
class CenterLevel:
    """A level that has a center, and what that one is for."""

    at: OrgKind
    duties: tuple[Named, ...]


@dataclass(frozen=True)
class CenterLevels(Topic):
    """Where centers are, with the duties of each level and those of every center in its area."""

    topic: ClassVar[str] = "center-levels"
    levels: tuple[CenterLevel, ...]
    duties_of_all: tuple[Named, ...]


@dataclass(frozen=True)
class PlaceRule:
    """Division codes with this beginning and last two digits within these bounds have this place class."""

    place: Place
    prefix: str | None = None
    last_two_from: int = 0
    last_two_to: int = 99

    def covers(self, division: str) -> bool:
        """Say whether a six-digit code falls under the rule."""
        last_two = int(division[4:DIVISION_DIGITS])
        begins = division.startswith(self.prefix or "")
        return begins and self.last_two_from <= last_two <= self.last_two_to


@dataclass(frozen=True)
class PlaceClasses(Topic):
    """The place class of a GB/T 2260 code: the first rule that covers it."""

    topic: ClassVar[str] = "place-classes"
    root: ClassVar[str | None] = "rules"
    rules: tuple[PlaceRule, ...]

    def of(self, division: str) -> Place:
        """Give the place class of a division (6 digits, or a town's 9); raises ValueError for others."""
        county = division[:DIVISION_DIGITS]
        if len(county) != DIVISION_DIGITS or not (county.isascii() and county.isdigit()):
            raise ValueError(f"{division!r} is not a division code")
        for rule in self.rules:
            if rule.covers(county):
                return rule.place
        raise ValueError(f"no place class for {division}")


@dataclass(frozen=True)
class Deputies(Topic):
    """How many deputies a task passes at most on its way to someone present."""

    topic: ClassVar[str] = "deputies"
    hops: int


@dataclass(frozen=True)
class HierarchyLevel:
    """A level of the organisation, and whether it has to have a center."""

    at: OrgKind
    center: Literal["required", "by-local-choice"]


@dataclass(frozen=True)
class CenterHierarchy(Topic):
    """Which levels have a center, and by what it is staffed."""

    topic: ClassVar[str] = "center-hierarchy"
    levels: tuple[HierarchyLevel, ...]
    staffed: Literal["as-needed"]


@dataclass(frozen=True)
class NationalCenter(ListTopic):
    """The duties of the nation's center."""

    topic: ClassVar[str] = "national-center"


@dataclass(frozen=True)
class TeamDuties(ListTopic):
    """The duties of the teams below the centers."""

    topic: ClassVar[str] = "team-duties"


@dataclass(frozen=True)
class AccessPrinciples(ListTopic):
    """The principles that management and care follow."""

    topic: ClassVar[str] = "access-principles"


@dataclass(frozen=True)
class OneAccess(Topic):
    """With how many contacts a customer deals, and who sees its file behind them."""

    topic: ClassVar[str] = "one-access"
    contacts_per_customer: int
    same_file_seen_by: Literal["everyone-behind"]
