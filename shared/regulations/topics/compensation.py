"""Compensation first, liability after: clocks, limits and the VIP channel (hubei art. 21, 30(2))."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Money
from regulations.topics.words import Named, OrgKind, codes_once


@dataclass(frozen=True)
class CompensationClocks(Topic):
    """The time to handle, to pay, and to report what is above the limit, for VIP customers, from receipt."""

    topic: ClassVar[str] = "compensation-clocks"
    handle: Duration
    pay: Duration
    report: Duration


@dataclass(frozen=True)
class GeneralCompensationClocks(Topic):
    """The same three clocks for key accounts outside the VIP channel."""

    topic: ClassVar[str] = "general-compensation-clocks"
    handle: Duration
    pay: Duration
    report: Duration


@dataclass(frozen=True)
class CompensationStart(Topic):
    """From what the clocks run, and whether the time to pay holds above the limit, approval included."""

    topic: ClassVar[str] = "compensation-start"
    runs_from: Literal["receipt"]
    pay_holds_above_limit: bool


@dataclass(frozen=True)
class CompensationLimit(Topic):
    """Up to which amount in yuan (itself included or not) who advances it, and who approves above."""

    topic: ClassVar[str] = "compensation-limit"
    amount: Money
    includes: bool
    advanced_by: OrgKind
    above_approved_by: OrgKind


@dataclass(frozen=True)
class CompensationOrder(Topic):
    """In which order one pays and finds out who is liable."""

    topic: ClassVar[str] = "compensation-order"
    liability: Literal["after-payment"]


@dataclass(frozen=True)
class CompensationApprove(Topic):
    """The time of the level above to approve, from the report."""

    topic: ClassVar[str] = "compensation-approve"
    within: Duration


@dataclass(frozen=True)
class LiabilityAssign(Topic):
    """The time to assign liability after payment, and to appeal against it."""

    topic: ClassVar[str] = "liability-assign"
    within: Duration
    appeal: Duration


@dataclass(frozen=True)
class Vip(Topic):
    """The priorities of the VIP channel, and how it picks up, handles and delivers."""

    topic: ClassVar[str] = "vip"
    priorities: tuple[Named, ...]
    pickups_a_day: int
    pickup_forms: tuple[Named, ...]
    handling: tuple[Named, ...]
    delivery_not_left_with: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.priorities)


@dataclass(frozen=True)
class VipFlag(Topic):
    """Who makes a customer VIP, and which classes always are."""

    topic: ClassVar[str] = "vip-flag"
    set_by: Literal["center"]
    always_classes: tuple[CustomerClass, ...]


@dataclass(frozen=True)
class VipClassServices(Topic):
    """What these classes get beyond the priorities."""

    topic: ClassVar[str] = "vip-class-services"
    classes: tuple[CustomerClass, ...]
    services: tuple[Named, ...]


@dataclass(frozen=True)
class DailyFeedback(Topic):
    """Within which time each piece of daily tracking feedback follows the one before, or the opening of the case."""

    topic: ClassVar[str] = "daily-feedback"
    service: Literal["daily-tracking"]
    within: Duration
