"""Claims, disputes, hand-overs, and whose the revenue is (hubei art. 14, 15; jiangxi)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.topics.words import ListTopic, Named, OrgKind


@dataclass(frozen=True)
class ClaimWindow(Topic):
    """How long a right to sell is protected, how often it may be renewed, by how long, and on what."""

    topic: ClassVar[str] = "claim-window"
    length: Duration
    renewals: int
    renewal: Duration
    renewed_on: Literal["documented-progress"]


@dataclass(frozen=True)
class ClaimWarnings(Topic):
    """How many days before a claim ends its holder is warned, the earliest first."""

    topic: ClassVar[str] = "claim-warnings"
    days_before: tuple[int, ...]

    def __post_init__(self) -> None:
        if list(self.days_before) != sorted(set(self.days_before), reverse=True):
            raise ValueError("the days do not fall")


@dataclass(frozen=True)
class ClaimIdle(Topic):
    """After how long without progress a claim ends, how long before it warns, and what progress is."""

    topic: ClassVar[str] = "claim-idle"
    after: Duration
    warned_days_before: int
    progress: tuple[Literal["visit", "plan-step"], ...]


@dataclass(frozen=True)
class Dispute(Topic):
    """The time for evidence, ruling, appeal, and the ruling on it; `appeals` is how many there are."""

    topic: ClassVar[str] = "dispute"
    evidence: Duration
    ruling: Duration
    appeal: Duration
    appeal_ruling: Duration
    appeals: int


@dataclass(frozen=True)
class Territory(Topic):
    """By which principles a customer is given to a unit."""

    topic: ClassVar[str] = "territory"
    principles: tuple[Named, ...]


@dataclass(frozen=True)
class TwoLineCredit(Topic):
    """To whom revenue belongs that a center helped to win, and who is scored on it as well."""

    topic: ClassVar[str] = "two-line-credit"
    revenue_to: Literal["team-where-customer-is"]
    also_scored: Literal["center"]


@dataclass(frozen=True)
class Handover(Topic):
    """What happens when a customer moves: reported, arranged, and the service plan goes on."""

    topic: ClassVar[str] = "handover"
    reported: Literal["at-once"]
    arranged_by: Literal["center"]
    continues: Literal["service-plan"]


@dataclass(frozen=True)
class HandoverFinish(Topic):
    """The time to finish a hand-over."""

    topic: ClassVar[str] = "handover-finish"
    within: Duration


@dataclass(frozen=True)
class TerritoryRuling(Topic):
    """By which place territory goes, and who rules, weighing the whole, where business arises elsewhere."""

    topic: ClassVar[str] = "territory-ruling"
    goes_by: Literal["place-of-signing"]
    elsewhere: Literal["weighed-as-a-whole"]
    ruled_by: OrgKind
    department: Literal["market-department"]


@dataclass(frozen=True)
class CrossTerritory(Topic):
    """What business outside one's own area is, and the lines excepted from that."""

    topic: ClassVar[str] = "cross-territory"
    outside: Literal["violation"]
    except_lines: tuple[Named, ...]
    open_list: bool


@dataclass(frozen=True)
class RegistrationEvidence(Topic):
    """When a customer is declared and registered, and what that is worth in a dispute over developing it."""

    topic: ClassVar[str] = "registration-evidence"
    when: Literal["early-phase"]
    acts: tuple[Named, ...]
    weight: Literal["original-objective-evidence"]


@dataclass(frozen=True)
class InformationMeasures(ListTopic):
    """Measures that turn information into selling."""

    topic: ClassVar[str] = "information-measures"


@dataclass(frozen=True)
class InformationPriority(Topic):
    """Who goes first on a lead, and by which time."""

    topic: ClassVar[str] = "information-priority"
    first: Literal["first-to-report"]
    by: Literal["recorded-time"]
