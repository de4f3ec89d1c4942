"""Every figure and list of the packs beside the text it comes from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from regulations.loading import shipped_packs

PACKS = shipped_packs()
RULES = [rule for pack in PACKS.values() for rule in pack.rules.values()]
FEN = Decimal("0.01")


def days(count: int) -> dict[str, object]:
    return {"days": count, "basis": "calendar"}


FIGURES: dict[str, dict[str, object]] = {
    "hubei.center-levels": {"levels.0.at": "province", "levels.1.at": "city"},
    "hubei.kpi-report": {"every": {"months": 1}, "classes": [1], "filed_with": "province"},
    "hubei.tier-review": {"every": {"months": 12}, "rated_by": "province"},
    "hubei.vip": {"pickups_a_day": 2},
    "hubei.symposia": {"at_least": 1},
    "hubei.usage-filing": {"day_of_month": 5},
    "hubei.small-customers": {"yearly_fees_below": "10000"},
    "platform.deputies": {"hops": 3},
    "platform.dispute": {
        "evidence": days(5),
        "ruling": days(10),
        "appeal": days(7),
        "appeal_ruling": days(10),
        "appeals": 1,
    },
    "platform.handover-finish": {"within": days(7)},
    "platform.repeated-complaint": {"within": days(30), "same": ["customer", "category"]},
    "platform.follow-up": {"within": days(3), "tries": 3},
    "platform.clock-pause": {"pauses": 2, "total": days(7), "level_above_after_warnings": 2},
    "platform.compensation-approve": {"within": days(2)},
    "platform.daily-feedback": {"service": "daily-tracking", "within": days(1)},
    "platform.liability-assign": {"within": days(15), "appeal": days(7)},
    "platform.tariff-window": {"adds_up": days(30)},
    "platform.agreement-reminders": {"days_before": [60, 30, 7]},
    "platform.credit": {"limit_warnings": ["0.8", "1"], "overdue_warnings_days": [30, 60, 90]},
    "platform.anomaly": {"drop": "0.30", "spike": "1.00", "stop_months": 1, "after_months_with_usage": 3},
    "platform.objection": {"within": days(7), "answered_within": days(10)},
    "platform.day-shift": {"rest_day_moves_end": False},
    "platform.customer-code-format": {"city_digits": 6, "serial_digits": 7},
    "platform.case-number-format": {"seat_digits": 3, "serial_digits": 5, "server_seats_to": 99},
    "xxx-city-daily.key-account": {
        "0": {"agreement": True},
        "1.last_year_fees": "10000",
        "1.month_fees": "1000",
    },
    "xxx-city-daily.tier-thresholds": {"any": {"platinum": "1000000", "gold": "500000", "vip": "10000"}},
    "xxx-city-daily.tier-range-end": {"tier": "platinum", "to": "5000000"},
    "xxx-city-daily.tier-equivalents": {"platinum": 1, "gold": 2, "vip": 3},
    "xxx-city-daily.territory-ruling": {"ruled_by": "city", "department": "market-department"},
    "dezhou-ems.key-account": {
        "0": {"level": "city", "yearly_fees": "10000"},
        "1": {"level": "county", "yearly_fees": "6000"},
    },
    "dezhou-ems.named-person": {"persons_per_customer": 1},
    "dezhou-ems.network-reach": {"1.provinces_from": 2},
    "dezhou-ems.industry-standard": {"standard": "GB/T 4754", "edition": "latest"},
    "dongguan.center-levels": {"levels.0.at": "city", "levels.1.at": "bureau", "levels.2.at": "county"},
    "dongguan.one-access": {"contacts_per_customer": 1},
    "city-maintenance.mandatory-file": {"used_for": {"months": 12}, "monthly_average": "500"},
    "city-maintenance.agreement-check": {"every": {"months": 1}, "unmet": "new-contract"},
    "city-maintenance.monthly-meeting": {"every": {"months": 1}, "recorded": True},
    "city-maintenance.arrears-liability": {
        "maintainer": "0.50",
        "unit_head": "0.30",
        "accountable_above": "10000",
        "up_to": "removal",
    },
    "city-maintenance.loss-liability": {"maintainer": "0.50", "unit_head": "0.30"},
    "county-maintenance.maintenance-file": {"kinds": 10},
    "county-maintenance.unit-score": {
        "information": {"points": "50", "week_at_least": 10, "month_at_least": 50},
        "contribution": {"points": "50", "share_at_least": "0.70", "of": "each-line"},
        "proportional_over": ["information", "contribution"],
    },
    "county-maintenance.unit-score-reading": {"information_at_most": "1.2", "contribution_at_most": "1.2"},
    "yunxi-visits.unit-score": {
        "information": {"points": "50", "week_at_least": 10, "month_at_least": 50},
        "contribution": {"points": "50", "share_at_least": "0.60", "of": "all-lines"},
        "proportional_over": ["contribution"],
    },
    "yunxi-visits.unit-score-reading": {
        "information_at_most": "1",
        "contribution_at_most": "1.2",
        "decimals": 2,
    },
    "yunxi-visits.visit-cards": {
        "lost_or_damaged": "50",
        "used_in_number_order": True,
        "kept_like": "securities",
    },
    "yunxi-visits.second-visit": {"after": {"months": 1}, "visits_at_least": 1},
    "yunxi-visits.score-check": {"supervised_by": "market-department"},
    "jiangxi.marketing-staff": {"at_least": "0.05"},
    "jiangxi.symposia": {"at_least": 1, "at_most": 2},
    "jiangxi.target-plan": {"example_accounts": 100},
    "jiangxi.combined-selling": {"example": "285000"},
    "jiangxi.peer-comparison": {"example": ["610500", "81000"]},
    "jiangxi.customer-gifts": {"2.every": {"months": 1}, "2.classes": [1], "0.to": ["decider", "contact"]},
    "jiangxi.center-assessment": {"total": "100", "assessed.0.per": "year"},
    "jiangxi.cross-territory": {"outside": "violation", "except_lines.0.code": "mail-order"},
    "lifecycle.segment-profiles": {
        "prime.age": {"at_least": 30, "at_most": 55},
        "key.age": {"at_least": 25, "at_most": 45},
    },
    "lifecycle.segment-rule": {
        "looks_back": {"months": 12},
        "retired.below_mark_for": {"months": 24},
        "betraying": {"no_usage_for": {"months": 6}, "months_down": 3, "down_by": "0.50"},
        "by_class": {"1": "prime", "2": "prime", "3": "key"},
        "otherwise": "ordinary",
    },
    "lifecycle.phase-rule": {"developing_for": {"months": 12}},
    "prospecting.prospect-score": {
        "weights": {"market": "20", "potential": "30", "cooperation": "20", "value": "30"},
        "best_grade": 5,
    },
    "center-goals.center-goals": {"figures_set_by": "center", "per": "year"},
    "center-goals.company-approaches": {"1.persons_each": 1},
}

# By pack and topic, how many elements each list of the source has.
LENGTHS: dict[str, dict[str, int]] = {
    "xxx-city-daily.management-process": {"steps": 6, "steps.3.considers": 3, "steps.4.considers": 2},
    "dezhou-ems.specialities": {"": 7},
    "dezhou-ems.relationship-kinds": {"": 4},
    "dezhou-ems.important-customers": {"": 6},
    "dongguan.center-levels": {"levels": 3},
    "dongguan.team-duties": {"": 3},
    "dongguan.access-principles": {"": 4},
    "national-trial.center-hierarchy": {"levels": 4},
    "national-trial.national-center": {"": 5},
    "city-maintenance.maintenance-persons": {"": 4},
    "city-maintenance.usage-watch": {"on_anomaly": 4},
    "county-maintenance.contact-advice": {"": 3},
    "yunxi-visits.visit-frequency": {"": 3},
    "yunxi-visits.visit-cards": {"steps": 4},
    "yunxi-visits.scheme-annexes": {"": 3},
    "jiangxi.center-levels": {"levels": 3, "levels.0.duties": 8},
    "jiangxi.service-forms": {"": 4},
    "jiangxi.loyalty-measures": {"": 4},
    "jiangxi.need-kinds": {"": 4},
    "jiangxi.information-measures": {"": 3},
    "jiangxi.staff-incentives": {"": 6},
    "jiangxi.manager-equipment": {"": 3},
    "jiangxi.file-inventory": {"qualities": 9},
    "jiangxi.target-plan": {"columns": 6},
    "complaint-steps.complaint-channels": {"": 3},
    "complaint-steps.complaint-steps": {"": 6, "1.does": 3},
    "lifecycle.lifecycle-phases": {"": 5},
    "lifecycle.segments": {"": 5},
    "prospecting.prospect-aspects": {
        "": 4,
        "0.looks_at": 3,
        "1.looks_at": 3,
        "2.looks_at": 3,
        "3.looks_at": 3,
    },
    "center-goals.center-goals": {"goals": 4},
    "center-goals.project-selling": {"": 4},
    "manager-duties.manager-duties": {"": 4, "0.duties": 3, "1.duties": 2, "2.duties": 2, "3.duties": 2},
    "marketing-plan.marketing-plan": {"": 4, "0.lists": 3, "1.lists": 5},
    "finance-clients.diamond-care": {"roles": 3, "measures": 7},
    "care-strategies.customer-kinds": {"": 4},
    "care-strategies.care-cycle": {"": 3, "1.whom": 2},
    "care-strategies.care-channels": {"": 4},
}


def part_of(name: str, part: str) -> object:
    """Give a part of a rule's value by its dotted path; the empty path is the whole."""
    pack, topic = name.split(".")
    found: object = PACKS[pack].rules[topic].wordings[0].value.to_json()
    for step in part.split(".") if part else ():
        found = found[int(step)] if isinstance(found, list) else found[step]  # type: ignore[index]
    return found


@pytest.mark.parametrize(
    ("name", "part", "figure"), [(n, k, v) for n, f in FIGURES.items() for k, v in f.items()]
)
def test_a_figure_is_the_one_that_the_text_gives(name: str, part: str, figure: object) -> None:
    assert part_of(name, part) == figure


@pytest.mark.parametrize(
    ("name", "part", "length"), [(n, k, v) for n, f in LENGTHS.items() for k, v in f.items()]
)
def test_a_list_has_as_many_elements_as_the_text_gives(name: str, part: str, length: int) -> None:
    found = part_of(name, part)
    assert isinstance(found, (list, dict))
    assert len(found) == length


def test_the_county_brings_its_share_in_each_line_and_yunxi_over_all_lines() -> None:
    assert part_of("county-maintenance.unit-score", "contribution.of") == "each-line"
    assert part_of("yunxi-visits.unit-score", "contribution.of") == "all-lines"
    required = {
        rule.pack: {case.given["required"] for case in rule.cases}
        for rule in RULES
        if rule.topic == "unit-score-reading"
    }
    assert required == {"county-maintenance": {"0.70"}, "yunxi-visits": {"0.60"}}


def test_the_scheme_of_yunxi_is_in_force_from_its_own_date() -> None:
    rules = PACKS["yunxi-visits"].rules.values()
    assert {wording.in_force for rule in rules for wording in rule.wordings} == {date(2013, 4, 25)}


def test_the_bounds_of_the_citys_tiers_are_worked_out_just_below_at_and_just_above() -> None:
    given = {case.given["fees"] for case in PACKS["xxx-city-daily"].rules["tier-thresholds"].cases}
    bounds = (Decimal(10_000), Decimal(500_000), Decimal(1_000_000))
    assert {str(low + step) for low in bounds for step in (-FEN, FEN)} <= given
    assert {"999900.00", "5000000.00", "5000100.00"} <= given


def test_losses_by_marketing_and_service_have_twelve_causes_and_those_of_customers_four() -> None:
    groups = PACKS["hubei"].rules["loss-causes"].wordings[0].value.to_json()
    assert isinstance(groups, list)
    assert [len(group["causes"]) for group in groups] == [4, 1, 12]
