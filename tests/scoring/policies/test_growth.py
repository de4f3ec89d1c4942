"""Items 1 to 3: growth against the same period a year before (hubei art. 35(1)-(3))."""

from decimal import Decimal

import pytest

from regulations.provisions import Decision
from regulations.topics.customers import TargetMarketCounting
from scoring.model.facts import Count, Growth, Numbers, Revenue
from scoring.model.sheets import Judged
from scoring.policies import growth
from support.law import provision
from support.scoring import item

COUNTING = provision(TargetMarketCounting)
MONTHS = ("2026-01", "2026-02", "2026-03")


def number(now: int, before: int) -> Decision[Judged]:
    facts = Numbers(Count(now, 0), Count(before, 0), ())
    return growth.number_of_accounts(item("number"), COUNTING, facts)


def revenue(now: str, before: str) -> Decision[Judged]:
    return growth.revenue_of_accounts(item("revenue"), Revenue(MONTHS, Decimal(now), Decimal(before), ()))


def upper(now: int, before: int, money: tuple[str, str] = ("0", "0"), *, base: bool = True) -> Judged:
    facts = Growth(
        Numbers(Count(now, 0), Count(before, 0), ()),
        Revenue(MONTHS, Decimal(money[0]), Decimal(money[1]), ()),
        base_period=base,
    )
    return growth.class_2_and_up(item("class-2-and-up"), COUNTING, facts).outcome


@pytest.mark.parametrize(
    ("now", "points"),
    [
        (12_000, "10"),  # 20 %
        (11_999, "10"),  # 19.99 %: no whole point short
        (11_901, "10"),  # 19.01 %
        (11_900, "9.5"),  # 19 %
        (11_801, "9.5"),
        (11_800, "9"),
        (10_000, "0"),  # 0 %: 20 points short
        (9_999, "0"),
        (0, "0"),  # floor
        (12_099, "10"),  # 20.99 %: no whole point over
        (12_100, "11"),  # 21 %
        (12_199, "11"),
        (12_999, "19"),  # 29.99 %
        (13_000, "20"),  # 30 %: cap
        (20_000, "20"),
    ],
)
def test_each_whole_point_of_growth_short_of_the_target_costs_half_and_over_it_earns_one(
    now: int, points: str
) -> None:
    outcome = number(now, 10_000).outcome
    assert (outcome.points, outcome.assessed) == (Decimal(points), True)


def test_without_a_key_account_a_year_before_the_number_is_not_assessed() -> None:
    decision = number(5, 0)
    assert (decision.outcome.assessed, decision.outcome.points) == (False, 0)
    assert "不考核" in decision.because.zh


def test_a_target_market_group_counts_as_one_customer() -> None:
    facts = Numbers(Count(11, 1), Count(10, 0), ())
    assert growth.number_of_accounts(item("number"), COUNTING, facts).outcome.points == 10


@pytest.mark.parametrize(
    ("now", "points"),
    [
        ("1200000.00", "10"),
        ("1199999.99", "10"),
        ("1190000.00", "9.5"),
        ("1209999.99", "10"),
        ("1210000.00", "11"),
        ("1000000.00", "0"),
        ("0.00", "0"),
        ("1300000.00", "20"),
        ("9000000.00", "20"),
    ],
)
def test_revenue_is_judged_as_the_number_is(now: str, points: str) -> None:
    assert revenue(now, "1000000.00").outcome.points == Decimal(points)


def test_without_revenue_a_year_before_revenue_is_not_assessed() -> None:
    assert not revenue("1000.00", "0.00").outcome.assessed


def test_before_a_month_is_over_revenue_is_not_assessed() -> None:
    facts = Revenue((), Decimal(), Decimal(), ())
    decision = growth.revenue_of_accounts(item("revenue"), facts)
    assert not decision.outcome.assessed
    assert "尚无月份结束" in decision.because.zh


@pytest.mark.parametrize(
    ("now", "before", "money", "points"),
    [
        (4, 4, ("100.00", "100.00"), 20),
        (5, 4, ("100.00", "100.00"), 25),
        (3, 4, ("100.00", "100.00"), 15),
        (4, 4, ("109.99", "100.00"), 20),
        (4, 4, ("110.00", "100.00"), 25),
        (4, 4, ("90.01", "100.00"), 20),
        (4, 4, ("90.00", "100.00"), 15),
        (5, 4, ("80.00", "100.00"), 15),
        (0, 4, ("0.00", "100.00"), 0),  # floor
        (8, 4, ("100.00", "100.00"), 40),  # at most +20 together
        (9, 4, ("500.00", "100.00"), 40),
    ],
)
def test_in_class_2_and_up_each_customer_and_each_whole_tenth_of_revenue_is_5_points(
    now: int, before: int, money: tuple[str, str], points: int
) -> None:
    assert upper(now, before, money).points == points


def test_in_class_2_and_up_without_base_revenue_the_customers_alone_count() -> None:
    outcome = upper(2, 1, ("500.00", "0.00"))
    assert (outcome.points, outcome.assessed) == (25, True)
    assert "revenue_growth" not in outcome.figures


def test_in_class_2_and_up_nobody_in_these_classes_before_is_a_base_of_none() -> None:
    assert upper(1, 0).points == 25


def test_class_2_and_up_is_not_assessed_without_a_base_period() -> None:
    assert not upper(3, 0, base=False).assessed


def test_the_assumed_reading_is_cited_as_one() -> None:
    reasons = {reason.rule: reason for reason in number(11, 10).because.reasons}
    assert reasons["hubei.bureau-score"].article == "35"
    assert not reasons["hubei.bureau-score"].assumption
    assert reasons["hubei.bureau-score-reading"].assumption
    value = reasons["hubei.bureau-score"].value
    assert isinstance(value, dict)
    assert value["code"] == "number"
