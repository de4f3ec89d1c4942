"""Scores of bureaus, units and centers (hubei art. 35, 36; county-maintenance, yunxi-visits, jiangxi)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import Points, Share
from regulations.topics.words import Named, codes_once

AGAINST_TARGET = frozenset({"growth-short", "growth-over"})
OF_GROWTH = AGAINST_TARGET | {"revenue-growth"}


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

    def __post_init__(self) -> None:
        if self.of in OF_GROWTH and not self.step:
            raise ValueError(f"{self.of} has no step of growth")


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
        judged = {step.of for step in self.steps}
        if judged & AGAINST_TARGET and self.target_growth is None:
            raise ValueError("growth has no target to be judged against")
        if "symposium-missing" in judged and not self.target_count:
            raise ValueError("symposia have no number to be judged against")


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


@dataclass(frozen=True)
class InformationItem:
    """Points for customers' information collected: so many households a week and so many a month."""

    points: Points
    week_at_least: int
    month_at_least: int


@dataclass(frozen=True)
class ContributionItem:
    """Points for the share that customers collected bring of the unit's month, in each line or over all."""

    points: Points
    share_at_least: Share
    of: Literal["each-line", "all-lines"]


@dataclass(frozen=True)
class UnitScore(Topic):
    """The monthly score: at standard the base, over it (where named) more and under it less, by proportion."""

    topic: ClassVar[str] = "unit-score"
    total: Points
    per: Literal["month"]
    information: InformationItem
    contribution: ContributionItem
    proportional_over: tuple[Literal["information", "contribution"], ...]
    proportional_under: tuple[Literal["information", "contribution"], ...]
    then: tuple[Named, ...]

    def __post_init__(self) -> None:
        if self.information.points + self.contribution.points != self.total:
            raise ValueError("the bases do not sum to the total")


@dataclass(frozen=True)
class UnitScoreReading(Topic):
    """How the score is worked out: the most that each part may reach of its base, and how it is rounded."""

    topic: ClassVar[str] = "unit-score-reading"
    scored: Literal["employee"]
    information_at_most: Points
    contribution_at_most: Points
    weeks: Literal["worst-whole-week"]
    lines: Literal["mean"]
    decimals: int
    rounding: Literal["half-up"]


@dataclass(frozen=True)
class PointsAccount(Topic):
    """Into whose account the points of the months are entered."""

    topic: ClassVar[str] = "points-account"
    of: Literal["employee"]
    per: Literal["year"]


@dataclass(frozen=True)
class ScoreCheck(Topic):
    """Who collects and checks the figures, and who supervises."""

    topic: ClassVar[str] = "score-check"
    checked_by: Literal["person-of-finance-bureau"]
    supervised_by: Literal["market-department"]
    does: tuple[Named, ...]


@dataclass(frozen=True)
class AssessedParty(Named):
    """Who is assessed, how, how often, and what it is tied to."""

    form: Literal["out-of-total", "quantified"]
    tied_to: tuple[Named, ...]
    per: Literal["year"] | None = None


@dataclass(frozen=True)
class CenterAssessment(Topic):
    """What key-account work is assessed by, and whom."""

    topic: ClassVar[str] = "center-assessment"
    total: Points
    figures: tuple[Named, ...]
    groundwork: tuple[Named, ...]
    assessed: tuple[AssessedParty, ...]
