"""How every clock counts, warns, pauses and passes upward (Civil Code; platform)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from regulations.calendars import Counting, Duration
from regulations.provisions import Topic
from regulations.reading import ClockTime, Ratio
from regulations.topics.words import Named, OrgKind, Role


@dataclass(frozen=True)
class DeadlineWarnings(Topic):
    """At which parts of a period its holder is warned."""

    topic: ClassVar[str] = "deadline-warnings"
    at: tuple[Ratio, ...]

    def __post_init__(self) -> None:
        if any(earlier >= later for earlier, later in pairwise(self.at)):
            raise ValueError("the parts do not rise")


@dataclass(frozen=True)
class ChainStep:
    """When a deadline gets its next holder, at a part of it or at breach (`plus` a while), and whom."""

    at: Ratio | Literal["breach"]
    role: Role
    of: Literal["holder"] | OrgKind
    plus: Duration | None = None


@dataclass(frozen=True)
class EscalationChain(Topic):
    """The next holders, in order."""

    topic: ClassVar[str] = "escalation-chain"
    root: ClassVar[str | None] = "steps"
    steps: tuple[ChainStep, ...]


@dataclass(frozen=True)
class ClockPause(Topic):
    """How often and long a clock may pause in a cycle; after so many warnings only the level above may."""

    topic: ClassVar[str] = "clock-pause"
    pauses: int
    total: Duration
    level_above_after_warnings: int


@dataclass(frozen=True)
class DayCounting(Topic):
    """How periods in days and months are counted."""

    topic: ClassVar[str] = "day-counting"
    start_day_counts: bool
    ends: Literal["end-of-last-day"]
    months_end: Literal["same-day-number-or-last"]


@dataclass(frozen=True)
class DayShift(Topic):
    """Whether a period ends at closing time, and whether a day of rest moves its end (art. 203)."""

    topic: ClassVar[str] = "day-shift"
    rest_day_moves_end: bool
    closes_at: ClockTime | None = None

    @property
    def counting(self) -> Counting:
        """Give it as `calendars.due` takes it."""
        return Counting(closes_at=self.closes_at, rest_day_moves_end=self.rest_day_moves_end)


@dataclass(frozen=True)
class FrequencySpread(Topic):
    """How so many times a year are spread, and when each is judged."""

    topic: ClassVar[str] = "frequency-spread"
    spread: Literal["evenly"]
    judged: Literal["when-its-part-ends"]


@dataclass(frozen=True)
class Objection(Topic):
    """The time to object to a score, and to answer."""

    topic: ClassVar[str] = "objection"
    within: Duration
    answered_within: Duration


@dataclass(frozen=True)
class ReadingRules(Topic):
    """Words of a regulation that include the number they name, and words that do not."""

    topic: ClassVar[str] = "reading-rules"
    including: tuple[Named, ...]
    excluding: tuple[Named, ...]


@dataclass(frozen=True)
class ReadingRulesMore(Topic):
    """Further such words, on which the Civil Code is silent."""

    topic: ClassVar[str] = "reading-rules-more"
    including: tuple[Named, ...]
    excluding: tuple[Named, ...]
