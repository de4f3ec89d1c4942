"""Tiers, their yearly review and cultivation (hubei art. 7, 16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Money, Tier
from regulations.topics.words import Named, OrgKind, Place, Role

ImportanceLevel = Literal["network-hq", "province", "city", "county"]
Indicator = Literal["revenue", "settlement-period", "arrears", "growth-potential"]


@dataclass(frozen=True)
class TierThresholds(Topic):
    """Lower bounds of yearly settled fees in yuan, best tier first, by place class or for `any`."""

    topic: ClassVar[str] = "tier-thresholds"
    root: ClassVar[str | None] = "bounds"
    bounds: Mapping[Literal["wuhan", "prefecture", "county", "any"], Mapping[Tier, Money]]

    def __post_init__(self) -> None:
        ordered = {place: _best_first(column) for place, column in self.bounds.items()}
        for place, column in ordered.items():
            if any(better <= worse for better, worse in pairwise(column.values())):
                raise ValueError(f"{place}: the bounds do not fall from the best tier down")
        object.__setattr__(self, "bounds", ordered)

    def for_place(self, place: Place) -> Mapping[Tier, Money]:
        """Give the column of a place class, or that of `any`; raises KeyError."""
        return self.bounds[place] if place in self.bounds else self.bounds["any"]


def _best_first(column: Mapping[str, Money]) -> Mapping[str, Money]:
    """Order tiers by their numbers, named ones by their bounds: a published wording comes from a database as an object
    whose members have lost their order."""
    if all(tier.isdecimal() for tier in column):
        return {tier: column[tier] for tier in sorted(column, key=int)}
    return {tier: column[tier] for tier in sorted(column, key=column.__getitem__, reverse=True)}


@dataclass(frozen=True)
class TierSharedBound(Topic):
    """To which of two neighbouring tiers a bound that both name belongs."""

    topic: ClassVar[str] = "tier-shared-bound"
    belongs_to: Literal["better", "worse"]


@dataclass(frozen=True)
class TierPlace(Topic):
    """Whose place picks the column of the thresholds."""

    topic: ClassVar[str] = "tier-place"
    place_of: Literal["customer-division", "responsible-unit"]


@dataclass(frozen=True)
class TierNames(Topic):
    """The tiers in words, best first; `code` is the tier."""

    topic: ClassVar[str] = "tier-names"
    root: ClassVar[str | None] = "names"
    names: tuple[Named, ...]


@dataclass(frozen=True)
class TierEquivalents(Topic):
    """The class 1-4 of each tier on the scale that load, authority, visits and priority work on."""

    topic: ClassVar[str] = "tier-equivalents"
    root: ClassVar[str | None] = "classes"
    classes: Mapping[Tier, CustomerClass]


@dataclass(frozen=True)
class TierByImportance(Topic):
    """The class that a level of importance gives at least."""

    topic: ClassVar[str] = "tier-by-importance"
    root: ClassVar[str | None] = "classes"
    classes: Mapping[ImportanceLevel, CustomerClass]


@dataclass(frozen=True)
class NetworkCustomers(Topic):
    """In whose name a network-wide customer has signed."""

    topic: ClassVar[str] = "network-customers"
    signed_by: tuple[Named, ...]


@dataclass(frozen=True)
class TierByRank(Topic):
    """The class of a customer that is a key account by its rank alone."""

    topic: ClassVar[str] = "tier-by-rank"
    gives: CustomerClass


@dataclass(frozen=True)
class TierConflict(Topic):
    """Which class holds where two rules give different ones."""

    topic: ClassVar[str] = "tier-conflict"
    takes: Literal["better", "worse"]


@dataclass(frozen=True)
class TierReview(Topic):
    """How often classes are rated, by whom, on which indicators."""

    topic: ClassVar[str] = "tier-review"
    every: Duration
    rated_by: OrgKind
    indicators: tuple[Indicator, ...]

    def __post_init__(self) -> None:
        if not self.every.months:
            raise ValueError("classes are rated every so many months")


@dataclass(frozen=True)
class RatingData(Topic):
    """What the rating draws on."""

    topic: ClassVar[str] = "rating-data"
    sources: tuple[Named, ...]


@dataclass(frozen=True)
class ReviewProcedure(Topic):
    """Who proposes a class and who confirms or overrides it; an override needs its reason."""

    topic: ClassVar[str] = "review-procedure"
    proposed_by: Role
    confirmed_by: Role
    at: OrgKind
    override_needs_reason: bool


@dataclass(frozen=True)
class ReviewAdjustment(Topic):
    """What a review suggests for arrears overdue by more than these days: so many classes down."""

    topic: ClassVar[str] = "review-adjustment"
    overdue_more_than: Duration
    classes_down: int

    def __post_init__(self) -> None:
        if self.overdue_more_than.days is None or self.overdue_more_than.basis != "calendar":
            raise ValueError("arrears are overdue by calendar days")


@dataclass(frozen=True)
class Cultivation(Topic):
    """Services of a class better by this many, withdrawn if that class's volume is not reached at the end."""

    topic: ClassVar[str] = "cultivation"
    classes_up: int
    class_itself_moves: bool
    withdrawn_if_not_reached: bool


@dataclass(frozen=True)
class CultivationPeriod(Topic):
    """How long a cultivation lasts, and how its target is counted."""

    topic: ClassVar[str] = "cultivation-period"
    length: Duration
    target: Literal["rolling-pro-rata"]


@dataclass(frozen=True)
class TierRangeEnd(Topic):
    """The upper end in yuan that a regulation names for its best tier."""

    topic: ClassVar[str] = "tier-range-end"
    tier: Tier
    to: Money


@dataclass(frozen=True)
class TierBeyond(Topic):
    """Which tier a customer has above the end of the best range, and below the least bound."""

    topic: ClassVar[str] = "tier-beyond"
    above: Literal["best-tier", "no-tier"]
    below: Literal["least-tier", "no-tier"]


@dataclass(frozen=True)
class TierSetting(Topic):
    """Who sets a customer's tier, and what is weighed."""

    topic: ClassVar[str] = "tier-setting"
    set_by: Literal["marketing-center"]
    weighs: tuple[Named, ...]
