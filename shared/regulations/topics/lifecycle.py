"""Phases and segments of customers (lifecycle)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Share
from regulations.topics.words import ListTopic, Named

Segment = Literal["prime", "key", "ordinary", "betraying", "retired"]
Phase = Literal["preparing", "developing", "nurturing", "maintaining", "abandoning"]


@dataclass(frozen=True)
class NamedSegment(Named):
    """A segment in words."""

    code: Segment


@dataclass(frozen=True)
class Segments(Topic):
    """The segments, best first."""

    topic: ClassVar[str] = "segments"
    root: ClassVar[str | None] = "segments"
    segments: tuple[NamedSegment, ...]


@dataclass(frozen=True)
class LifecyclePhases(ListTopic):
    """The phases, in order."""

    topic: ClassVar[str] = "lifecycle-phases"


@dataclass(frozen=True)
class AgeRange:
    """Years of age, both included."""

    at_least: int
    at_most: int

    def __post_init__(self) -> None:
        if self.at_least > self.at_most:
            raise ValueError("the ages are out of order")


@dataclass(frozen=True)
class SegmentProfile:
    """What marks the customers of a segment, what they need, their age, and how they are treated."""

    features: tuple[Named, ...] = ()
    needs: tuple[Named, ...] = ()
    age: AgeRange | None = None
    strategy: tuple[Named, ...] = ()
    products: tuple[Named, ...] = ()


@dataclass(frozen=True)
class SegmentProfiles(Topic):
    """Profiles as far as the source tells them."""

    topic: ClassVar[str] = "segment-profiles"
    root: ClassVar[str | None] = "by_segment"
    by_segment: Mapping[Segment, SegmentProfile]


@dataclass(frozen=True)
class SegmentProfilesMore(Topic):
    """What the source does not tell, or no longer."""

    topic: ClassVar[str] = "segment-profiles-more"
    root: ClassVar[str | None] = "by_segment"
    by_segment: Mapping[Segment, SegmentProfile]


@dataclass(frozen=True)
class Betraying:
    """No usage for a while after there was some, or so many months down by this share on a year before."""

    no_usage_for: Duration
    months_down: int
    down_by: Share


@dataclass(frozen=True)
class Retired:
    """Given up by a recorded decision, for one of these grounds; released after so long below the mark."""

    grounds: tuple[Literal["arrears-written-off", "below-mark-and-released"], ...]
    below_mark_for: Duration


@dataclass(frozen=True)
class SegmentRule(Topic):
    """The segment of a customer from its last months: retired, else betraying, else by class."""

    topic: ClassVar[str] = "segment-rule"
    looks_back: Duration
    retired: Retired
    betraying: Betraying
    by_class: Mapping[CustomerClass, Segment]
    otherwise: Segment


@dataclass(frozen=True)
class PhaseRule(Topic):
    """The phase of a customer: the first of `order` whose condition holds, the last without one."""

    topic: ClassVar[str] = "phase-rule"
    order: tuple[Phase, ...]
    preparing: Literal["no-usage-yet"]
    developing_for: Duration
    nurturing: tuple[Literal["key", "in-cultivation"], ...]
    abandoning: tuple[Segment, ...]
