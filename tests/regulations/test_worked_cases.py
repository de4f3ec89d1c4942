"""One small evaluator a topic, written from the regulation's words: value and given facts → what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from regulations.calendars import Duration, days_before, due, fractions
from regulations.loading import Case, Rule, shipped_packs
from regulations.topics.care import CareBudget, RegularVisits, Symposia, VisitFrequency
from regulations.topics.claims import ClaimIdle, ClaimWarnings, ClaimWindow
from regulations.topics.compensation import (
    CompensationClocks,
    CompensationLimit,
    GeneralCompensationClocks,
    VipFlag,
)
from regulations.topics.complaints import ComplaintClocks, FirstResponderChannels
from regulations.topics.customers import KeyAccount, Reach
from regulations.topics.deadlines import DayCounting, DeadlineWarnings
from regulations.topics.losses import LossAuthority
from regulations.topics.managers import ManagerLoad, ManagerMixedLoad
from regulations.topics.organisations import PlaceClasses
from regulations.topics.registration import FileReporting, RegistrationDecide
from regulations.topics.tariffs import DiscountStandard, TariffAnswer
from regulations.topics.tiers import (
    CultivationPeriod,
    ReviewAdjustment,
    TierByImportance,
    TierEquivalents,
    TierThresholds,
)
from regulations.topics.usage import UsageFiling
from support.evaluators import MORE, contacts

RULES = [rule for pack in shipped_packs().values() for rule in pack.rules.values()]
CASES = [(rule, case) for rule in RULES for case in rule.cases]

Given = Mapping[str, Any]


def _as(value: object, cls: type[Any]) -> Any:
    assert isinstance(value, cls)
    return value


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def last_day(start: str, duration: Duration) -> str:
    return due(instant(start), duration).due_on.isoformat()


def key_account(value: KeyAccount, given: Given) -> bool:
    """Any alternative whose every fact is reached: fees at least, agreement, rank within, the level's own."""
    return any(
        all(
            low is None or Decimal(given[name]) >= low
            for name, low in (
                ("yearly_fees", facts.yearly_fees),
                ("last_year_fees", facts.last_year_fees),
                ("month_fees", facts.month_fees),
            )
        )
        and (not facts.agreement or given["agreement"])
        and (facts.rank_in_bureau is None or given["rank_in_bureau"] <= facts.rank_in_bureau)
        for facts in value.alternatives
        if facts.level is None or facts.level == given["level"]
    )


def reach(value: Reach, given: Given) -> str:
    reached = [kind for kind in value.kinds if given["prefectures"] >= kind.prefectures_from]
    return max(reached, key=lambda kind: kind.prefectures_from).code


def tier_thresholds(value: TierThresholds, given: Given) -> int | str | None:
    """以上 includes the bound: the first, which is the best, whose lower bound is reached."""
    bounds = value.for_place(given["place"])
    best = next((tier for tier, low in bounds.items() if Decimal(given["fees"]) >= low), None)
    return int(best) if best and best.isdigit() else best


def review_adjustment(value: ReviewAdjustment, given: Given) -> int:
    limit = value.overdue_more_than.days or 0
    return value.classes_down if given["overdue_days"] > limit else 0


def manager_load(value: ManagerLoad, given: Given) -> str:
    load = value.by_class[given["class"]]
    if given["customers"] > load.at_most:
        return "over"
    return "under" if given["customers"] < load.at_least else "fits"


def manager_mixed_load(value: ManagerMixedLoad, given: Given) -> bool:
    """n₃/5 + n₄/8 ≤ 1, the bounds from article 10."""
    return Fraction(given["class_3"], 5) + Fraction(given["class_4"], 8) <= value.sum_at_most


def compensation_limit(value: CompensationLimit, given: Given) -> str:
    amount = Decimal(given["amount"])
    within = amount < value.amount or (value.includes and amount == value.amount)
    return value.advanced_by if within else value.above_approved_by


def clock(value: ComplaintClocks | CompensationClocks | GeneralCompensationClocks, given: Given) -> str:
    return last_day(given["received_at"], getattr(value, given["clock"]))


def within(value: TariffAnswer | RegistrationDecide, given: Given) -> str:
    return last_day(given["received_at"], value.within)


def discount_standard(value: DiscountStandard, given: Given) -> str:
    more = value.intra_city_more if given["line"] == "intra-city-express" else Decimal(0)
    return str(value.by_class[given["class"]] + more)


def care_budget(value: CareBudget, given: Given) -> str:
    return str((Decimal(given["revenue"]) * value.at_least).quantize(Decimal("0.01")))


def visits(value: VisitFrequency | RegularVisits, given: Given) -> int:
    by = [v for v in value.visits if v.by == given["by"]]
    if "class" in given:
        return sum(v.times for v in by if isinstance(v.whom, tuple) and given["class"] in v.whom)
    return contacts(by, given)


def loss_authority(value: LossAuthority, given: Given) -> str:
    for rule in value.rules:
        if given["class"] in rule.classes or (given["class"] is None and not rule.classes):
            return rule.by
    raise LookupError(given["class"])


def day_counting(value: DayCounting, given: Given) -> str:
    assert not value.start_day_counts
    duration = Duration(days=given.get("days"), months=given.get("months"))
    return due(instant(given["started_at"]), duration).due_at.isoformat()


def deadline_warnings(value: DeadlineWarnings, given: Given) -> list[str]:
    start, end = instant(given["started_at"]), instant(given["due_at"])
    return [mark.isoformat() for mark in fractions(start, end, Duration(days=4), None, value.at)]


def claim_idle(value: ClaimIdle, given: Given) -> dict[str, str]:
    end = due(instant(given["started_at"]), value.after)
    warned = days_before(end.due_at, value.warned_days_before)
    return {"ends_on": end.due_on.isoformat(), "warned_at": warned.isoformat()}


def claim_warnings(value: ClaimWarnings, given: Given) -> list[str]:
    return [days_before(instant(given["ends_at"]), count).isoformat() for count in value.days_before]


def claim_window(value: ClaimWindow, given: Given) -> str:
    renewed = given.get("renewed", 0)
    assert renewed <= value.renewals
    total = (value.length.days or 0) + renewed * (value.renewal.days or 0)
    return last_day(given["started_at"], Duration(days=total))


def first_responder(value: FirstResponderChannels, given: Given) -> str:
    rule = value.by_channel[given["channel"]]
    if given["responsible_city"] is not None:
        return str(given["responsible_city" if rule.known == "city-above-responsible-unit" else "own"])
    who = {"city-named": given["city_named"], "own-unit": given["own"], "receiving-unit": given["own"]}
    return str(next(who[step] for step in rule.unknown if who[step] is not None))


EVALUATORS: dict[str, Callable[[Any, Given], object]] = {
    "care-budget": care_budget,
    "claim-idle": claim_idle,
    "claim-warnings": claim_warnings,
    "claim-window": claim_window,
    "compensation-clocks": clock,
    "compensation-limit": compensation_limit,
    "complaint-clocks": clock,
    "cultivation-period": lambda v, given: last_day(given["started_at"], _as(v, CultivationPeriod).length),
    "day-counting": day_counting,
    "deadline-warnings": deadline_warnings,
    "discount-standard": discount_standard,
    "file-reporting": lambda v, given: given["class"] <= _as(v, FileReporting).passed_on_from_class,
    "first-responder-channels": first_responder,
    "general-compensation-clocks": clock,
    "key-account": key_account,
    "loss-authority": loss_authority,
    "manager-load": manager_load,
    "manager-mixed-load": manager_mixed_load,
    "place-classes": lambda v, given: _as(v, PlaceClasses).of(given["division"]),
    "reach": reach,
    "registration-decide": within,
    "regular-visits": visits,
    "review-adjustment": review_adjustment,
    "symposia": lambda v, given: given["held"] >= _as(v, Symposia).at_least,
    "tariff-answer": within,
    "tier-by-importance": lambda v, given: _as(v, TierByImportance).classes[given["level"]],
    "tier-equivalents": lambda v, given: _as(v, TierEquivalents).classes[given["tier"]],
    "tier-thresholds": tier_thresholds,
    "usage-filing": lambda v, given: _as(v, UsageFiling).at_least_top[given["place"]],
    "vip-flag": lambda v, given: given["class"] in _as(v, VipFlag).always_classes or given["flag"],
    "visit-frequency": visits,
    **MORE,
}


@pytest.mark.parametrize(
    ("rule", "case"), CASES, ids=[f"{rule.name}-{index}" for index, (rule, _) in enumerate(CASES)]
)
def test_a_worked_case_comes_out_as_the_pack_says(rule: Rule, case: Case) -> None:
    wording = rule.wording_on(case.on)
    assert wording is not None
    assert EVALUATORS[rule.topic](wording.value, case.given) == case.then
