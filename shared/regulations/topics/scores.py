"""The quarterly score of bureaus (hubei art. 35, 36)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import Points, Share
from regulations.topics.words import Named, codes_once


@dataclass(frozen=True)
class PerStep:
    """Points for each whole step from the target or the count; `step`, where set, is a share of growth."""

    of: Literal[
        "growth-short",
        "growth-over",
        "customer",
        "revenue-growth",
        "customer-without-file",
        "customer-not-analysed",
        "visit-missed",
        "symposium-missing",
        "inaccuracy",
    ]
    points: Points
    step: Share | None = None
    both_ways: bool = False


@dataclass(frozen=True)
class ScoreItem(Named):
    """An item of the score: its base and bounds, what each step adds or takes, the target if any."""

    base: Points
    at_least: Points
    at_most: Points
    steps: tuple[PerStep, ...]
    target_growth: Share | None = None
    target_count: int | None = None

    def __post_init__(self) -> None:
        if not self.at_least <= self.base <= self.at_most:
            raise ValueError("the base is outside its bounds")


@dataclass(frozen=True)
class BureauScore(Topic):
    """The items, whose bases sum to `total`."""

    topic: ClassVar[str] = "bureau-score"
    total: Points
    items: tuple[ScoreItem, ...]

    def __post_init__(self) -> None:
        codes_once(self.items)
        if sum(item.base for item in self.items) != self.total:
            raise ValueError("the bases do not sum to the total")


@dataclass(frozen=True)
class BureauScoreReading(Topic):
    """How the items are read where the regulation is silent."""

    topic: ClassVar[str] = "bureau-score-reading"
    growth_step: Literal["percentage-point"]
    revenue_item: Literal["as-number"]
    steps: Literal["whole"]
    growth_against: Literal["same-period-last-year"]
    without_base_period: Literal["not-assessed"]
    class_2_without_base_revenue: Literal["customers-alone"]
    without_system: Points
    year_total: Literal["mean-of-quarters"]
    ties: Literal["share-a-rank"]
    ranked_by: Literal["share-of-assessed"]


@dataclass(frozen=True)
class ScorePublication(Topic):
    """Who scores whom, when it is circulated, and when commended."""

    topic: ClassVar[str] = "score-publication"
    scored_by: Literal["province"]
    scored: Literal["city"]
    notice_per: Literal["quarter"]
    commended_per: Literal["year"]
