"""Daily care in a unit: who answers for it, contacts, watch, meetings, visit cards (city-maintenance, counties)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Money
from regulations.topics.care import Visits
from regulations.topics.words import ListTopic, Named, codes_once


@dataclass(frozen=True)
class MaintenancePersons(ListTopic):
    """Who answers for the care of a unit's customers."""

    topic: ClassVar[str] = "maintenance-persons"


@dataclass(frozen=True)
class MaintenancePrinciples(ListTopic):
    """What care stands on."""

    topic: ClassVar[str] = "maintenance-principles"


@dataclass(frozen=True)
class VisitPlan(Topic):
    """How often customers are visited, what for, how that is recorded, and where else in brief."""

    topic: ClassVar[str] = "visit-plan"
    every: Literal["regularly"]
    asks: tuple[Named, ...]
    recorded: Literal["in-detail"]
    also_on: Literal["maintenance-form"]


@dataclass(frozen=True)
class OpinionAnswers(Topic):
    """What is done with a customer's opinions and complaints, and when they are answered."""

    topic: ClassVar[str] = "opinion-answers"
    does: tuple[Named, ...]
    answered: Literal["in-time"]


@dataclass(frozen=True)
class UsageWatch(Topic):
    """What follows on an anomaly of usage, in order, and to whom it is reported."""

    topic: ClassVar[str] = "usage-watch"
    on_anomaly: tuple[Named, ...]
    reported_to: Literal["market-department"]


@dataclass(frozen=True)
class MaintenanceAssessment(Topic):
    """In which assessment care counts."""

    topic: ClassVar[str] = "maintenance-assessment"
    counts_in: Literal["year-end-assessment"]


@dataclass(frozen=True)
class MonthlyMeeting(Topic):
    """How often the unit head looks at customers' usage with the maintainers, and where anomalies go."""

    topic: ClassVar[str] = "monthly-meeting"
    every: Duration
    called_by: Literal["unit-head"]
    with_whom: Literal["maintainers"]
    recorded: bool
    anomalies_to: Literal["market-department"]


@dataclass(frozen=True)
class ContactAdvice(Topic):
    """Contacts that a regulation recommends, beside the visits that are a duty."""

    topic: ClassVar[str] = "contact-advice"
    root: ClassVar[str | None] = "contacts"
    contacts: tuple[Visits, ...]


@dataclass(frozen=True)
class CareMeasures(ListTopic):
    """Measures of care."""

    topic: ClassVar[str] = "care-measures"


@dataclass(frozen=True)
class Gift(Named):
    """A gift: to whom, in which classes (none: all), how often or on which occasion."""

    to: tuple[Literal["decider", "contact", "customer"], ...]
    classes: tuple[CustomerClass, ...] = ()
    every: Duration | None = None
    occasion: Literal["birthday"] | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.occasion is None):
            raise ValueError("a gift has either its period or its occasion")


@dataclass(frozen=True)
class CustomerGifts(Topic):
    """What customers are given."""

    topic: ClassVar[str] = "customer-gifts"
    root: ClassVar[str | None] = "gifts"
    gifts: tuple[Gift, ...]

    def __post_init__(self) -> None:
        codes_once(self.gifts)


@dataclass(frozen=True)
class SchemeAnnexes(ListTopic):
    """The annexes that a scheme comes with."""

    topic: ClassVar[str] = "scheme-annexes"


@dataclass(frozen=True)
class VisitCards(Topic):
    """Cards as controlled stock: their way, what one lost or damaged costs in yuan, what one brought back gives."""

    topic: ClassVar[str] = "visit-cards"
    kept_like: Literal["securities"]
    issued_by: Literal["county-bureau"]
    steps: tuple[Named, ...]
    used_in_number_order: bool
    filled_in: Literal["all-fields-by-visitor"]
    lost_or_damaged: Money
    stubs_returned: Literal["whole-book-before-next"]
    redeemed: Literal["taken-and-registered-at-counter"]
    deposits_count_for: Literal["visitor"]


@dataclass(frozen=True)
class SecondVisit(Topic):
    """After how long without business a card's first visit is followed by so many more at least."""

    topic: ClassVar[str] = "second-visit"
    after: Duration
    visits_at_least: int
    asks_for: Literal["opinions"]
