"""By when a case must be answered, resolved, handled, paid, reported (hubei art. 21, 30(2))."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from regulations.calendars import Duration
from regulations.provisions import Because, Decision, Provision, Reason
from regulations.topics.compensation import (
    CompensationClocks,
    CompensationLimit,
    CompensationStart,
    GeneralCompensationClocks,
    VipFlag,
)
from regulations.topics.complaints import ComplaintClocks, FollowUp
from service_desk.model.cases import Channel

ANSWER = "complaint-answer"
RESOLVE = "complaint-resolve"
HANDLE = "compensation-handle"
PAY = "compensation-pay"
REPORT = "compensation-report"
FOLLOW_UP = "complaint-follow-up"


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise: what must be done within which time, who holds it, and the provision that says so."""

    kind: str
    within: Duration
    role: str
    reason: Reason


CENTER = "center-officer"
DIRECTOR = "center-director"
CASHIER = "finance"


def is_vip(flag: Provision[VipFlag], *, vip: bool, service_class: int | None) -> Decision[bool]:
    """Say whether a customer has the VIP channel: by the center's flag, or by its class always (hubei art. 21)."""
    outcome = vip or service_class in flag.value.always_classes
    return Decision(outcome, Because.of(flag.cite(vip=vip, service_class=service_class)))


def complaint_clocks(
    law: Provision[ComplaintClocks], *, service_class: int | None, vip: bool, channel: Channel | None = None
) -> tuple[Clock, ...]:
    """Give the clocks of a complaint, running from its receipt, by class and channel where the pack tells them apart."""
    told_apart = channel is not None and law.value.by_channel
    facts: dict[str, Any] = {"channel": channel} if told_apart else {}
    reason = law.cite(service_class=service_class, vip=vip, **facts)
    times = law.value.times(service_class, channel)
    return (
        Clock(ANSWER, times.answer, CENTER, reason),
        Clock(RESOLVE, times.resolve, CENTER, reason),
    )


def follow_up_clock(law: Provision[FollowUp]) -> Clock:
    """Give the clock of the follow-up, running from the resolution."""
    return Clock(FOLLOW_UP, law.value.within, CENTER, law.cite())


def above_limit(limit: Provision[CompensationLimit], amount: Decimal) -> Decision[bool]:
    """Say whether an amount (yuan) is for the level above; 以内 includes the limit itself (hubei art. 21(6))."""
    bound = limit.value.amount
    within = amount <= bound if limit.value.includes else amount < bound
    # The amount itself stays out of the reason: events carry reasons, and never amounts.
    return Decision(not within, Because.of(limit.cite(above=not within)))


def compensation_clocks(
    law: Provision[CompensationClocks] | Provision[GeneralCompensationClocks],
    start: Provision[CompensationStart],
    *,
    vip: bool,
    above: bool,
) -> tuple[Clock, ...]:
    """Give the clocks of a compensation, from receipt; the report to the level above only above the limit."""
    reason = law.cite(vip=vip, above_limit=above)
    handle = Clock(HANDLE, law.value.handle, CENTER, reason)
    pay = Clock(PAY, law.value.pay, CASHIER, reason)
    if not above:
        return handle, pay
    report = Clock(REPORT, law.value.report, DIRECTOR, reason)
    return (handle, pay, report) if start.value.pay_holds_above_limit else (handle, report)
