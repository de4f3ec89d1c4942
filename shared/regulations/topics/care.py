"""Keeping customers: visits, symposia, analyses, care budget (hubei art. 28-30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Share
from regulations.topics.words import Named, OrgKind


@dataclass(frozen=True)
class CareLevels(Topic):
    """Who keeps which customers, and what it presupposes."""

    topic: ClassVar[str] = "care-levels"
    presupposes: Literal["registration"]
    headquarters: OrgKind
    others: Literal["city-specialty-bureau"]
    daily: Literal["local-bureau"]


@dataclass(frozen=True)
class CareBudget(Topic):
    """The least share of a customer's yearly revenue spent on keeping it."""

    topic: ClassVar[str] = "care-budget"
    at_least: Share


@dataclass(frozen=True)
class CareFunding(Topic):
    """From which budget each level's care is paid."""

    topic: ClassVar[str] = "care-funding"
    city: Literal["marketing-budget"]
    province: Literal["allotted-by-province-company"]


@dataclass(frozen=True)
class Visits:
    """Who visits whom how often; `whom` is headquarters, own customers or classes; `times` 0 is as needed."""

    by: Literal["province", "city", "bureau", "every-post"]
    whom: Literal["headquarters", "own-customers"] | tuple[CustomerClass, ...]
    kind: Literal["visit", "call", "message"]
    per: Literal["year", "quarter", "month", "week"]
    times: int
    recorded: bool = False


@dataclass(frozen=True)
class VisitFrequency(Topic):
    """The least number of visits."""

    topic: ClassVar[str] = "visit-frequency"
    root: ClassVar[str | None] = "visits"
    visits: tuple[Visits, ...]


@dataclass(frozen=True)
class RegularVisits(Topic):
    """How often 'regularly' is where the regulation gives no number."""

    topic: ClassVar[str] = "regular-visits"
    root: ClassVar[str | None] = "visits"
    visits: tuple[Visits, ...]


@dataclass(frozen=True)
class Symposia(Topic):
    """How many symposia each center holds, at least."""

    topic: ClassVar[str] = "symposia"
    per: Literal["year"]
    at_least: int
    at_most: int | None = None


@dataclass(frozen=True)
class KpiReport(Topic):
    """What a KPI analysis covers, and for which classes it is made how often and filed with whom."""

    topic: ClassVar[str] = "kpi-report"
    subjects: tuple[Named, ...]
    classes: tuple[CustomerClass, ...]
    every: Duration
    filed_with: OrgKind


@dataclass(frozen=True)
class ImportantOccasions(Topic):
    """Occasions for a joint event, and matters that call for a contact meeting."""

    topic: ClassVar[str] = "important-occasions"
    events: tuple[Named, ...]
    meetings: tuple[Named, ...]


@dataclass(frozen=True)
class FlowAnalysis(Topic):
    """What is analysed of a customer's mail, and what follows for big flows."""

    topic: ClassVar[str] = "flow-analysis"
    analyses: tuple[Named, ...]
    big_flows: Literal["several-channels"]
