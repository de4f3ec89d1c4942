"""Discounts, agreements and credit (hubei art. 23-27, 30(2), 30(8))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Share
from regulations.topics.words import Named, OrgKind


@dataclass(frozen=True)
class TariffAuthority(Topic):
    """Who approves within and beyond the standard, with whom it is filed, and what has rules of its own."""

    topic: ClassVar[str] = "tariff-authority"
    principles: tuple[Named, ...]
    within: Literal["bureau"]
    filed_with: OrgKind
    beyond: OrgKind
    intra_city: Literal["own-documents"]
    target_markets: OrgKind


@dataclass(frozen=True)
class DiscountStandard(Topic):
    """The highest discount a bureau may approve, by class; more for intra-city; what a county passes on."""

    topic: ClassVar[str] = "discount-standard"
    confidential: ClassVar[bool] = True  # hubei art. 23: tariffs are strictly confidential
    by_class: Mapping[CustomerClass, Share]
    intra_city_more: Share
    county_passes_classes: tuple[CustomerClass, ...]
    above: OrgKind


@dataclass(frozen=True)
class TariffAnswer(Topic):
    """The time to answer a request for a discount."""

    topic: ClassVar[str] = "tariff-answer"
    within: Duration


@dataclass(frozen=True)
class TariffAnswerLevels(Topic):
    """Whether each approving level has the whole time to itself."""

    topic: ClassVar[str] = "tariff-answer-levels"
    each_level_anew: bool


@dataclass(frozen=True)
class TariffWindow(Topic):
    """Over which time requests for one customer are added up."""

    topic: ClassVar[str] = "tariff-window"
    adds_up: Duration


@dataclass(frozen=True)
class CompetitorResponse(Topic):
    """What a bureau may do at once when it meets a competitor on a lane."""

    topic: ClassVar[str] = "competitor-response"
    cut: Literal["moderate"]
    at_once: bool


@dataclass(frozen=True)
class CompetitorResponseBound(Topic):
    """Within what such a cut stays."""

    topic: ClassVar[str] = "competitor-response-bound"
    within: Literal["discount-standard"]


@dataclass(frozen=True)
class AgreementTerms(Topic):
    """What the agreement with a credit customer has to state."""

    topic: ClassVar[str] = "agreement-terms"
    states: tuple[Named, ...]


@dataclass(frozen=True)
class AgreementReminders(Topic):
    """How many days before an agreement ends one is reminded, the earliest first."""

    topic: ClassVar[str] = "agreement-reminders"
    days_before: tuple[int, ...]

    def __post_init__(self) -> None:
        if list(self.days_before) != sorted(set(self.days_before), reverse=True):
            raise ValueError("the days do not fall")


@dataclass(frozen=True)
class CreditStop(Topic):
    """What follows when a credit customer does not settle in time."""

    topic: ClassVar[str] = "credit-stop"
    when: Literal["not-settled-in-time"]
    measures: tuple[Named, ...]


@dataclass(frozen=True)
class Credit(Topic):
    """At which shares of the limit, and after how many days overdue, one is warned."""

    topic: ClassVar[str] = "credit"
    limit_warnings: tuple[Share, ...]
    overdue_warnings_days: tuple[int, ...]

    def __post_init__(self) -> None:
        shares, days = pairwise(self.limit_warnings), pairwise(self.overdue_warnings_days)
        if any(a >= b for a, b in shares) or any(a >= b for a, b in days):
            raise ValueError("the marks do not rise")


@dataclass(frozen=True)
class TariffAudit(Topic):
    """Who checks tariffs together, when, and what for."""

    topic: ClassVar[str] = "tariff-audit"
    departments: tuple[Named, ...]
    every: Literal["irregularly"]
    looks_for: tuple[Named, ...]


@dataclass(frozen=True)
class PriceCoordination(Topic):
    """Which group keeps prices of filed accounts together, what under one management, what they flex with."""

    topic: ClassVar[str] = "price-coordination"
    group_at: OrgKind
    whose: Literal["filed-accounts"]
    managed_as_one: tuple[Named, ...]
    flexes_with: tuple[Named, ...]


@dataclass(frozen=True)
class AgreementCheck(Topic):
    """How often who checks every preferential condition, and what follows where one is not met."""

    topic: ClassVar[str] = "agreement-check"
    every: Duration
    by: Literal["unit-head-with-maintainer"]
    unmet: Literal["new-contract"]
    filed_with: Literal["market-department"]
