"""Every customer of the sample has a manager, an officer and a class that the law allows."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from deploy.seed import divisions, law
from deploy.seed.plan import Plan, build
from regulations.topics.words import Place


def test_every_county_level_division_has_a_customer(plan: Plan) -> None:
    assert {c.firm.division for c in plan.customers} == {d.code for d in divisions.read().county_level}


def test_a_customer_is_declared_by_a_manager_of_its_unit_and_decided_by_its_citys_center(plan: Plan) -> None:
    places = divisions.read()
    for customer in plan.customers:
        assignment, city = customer.assignment, places.city_of(places[customer.firm.division])
        manager, officer = plan.person(assignment.manager_no), plan.person(assignment.officer_no)
        assert (manager.org_id, manager.roles) == (assignment.unit, ("account-manager",))
        assert (officer.org_id, officer.roles) == (city.code, ("center-officer",))
        assert assignment.unit.partition("-")[0] in {customer.firm.division, city.code}


def test_no_manager_has_more_customers_than_the_pack_allows(plan: Plan) -> None:
    rules, load = law.read(), Counter[str]()
    shares: dict[str, Fraction] = {}
    for customer in plan.customers:
        assignment = customer.assignment
        share = rules.share_of_a_manager(assignment.customer_class, assignment.unit.partition("-")[0])
        shares[assignment.manager_no] = shares.get(assignment.manager_no, Fraction(0)) + share
        load[assignment.manager_no] += 1
    assert max(shares.values()) == 1
    assert max(load.values()) > 1


@pytest.mark.parametrize(
    ("fees", "place_class", "earned"),
    [
        ("500000", "wuhan", 1), ("499999.99", "wuhan", 2), ("200000", "prefecture", 1),
        ("199999.99", "prefecture", 2), ("100000", "county", 1), ("49999.99", "county", 3),
        ("10000", "county", 4),
    ],
)  # fmt: skip
def test_the_class_is_the_best_whose_bound_the_fees_reach(fees: str, place_class: Place, earned: int) -> None:
    assert law.read().earned(Decimal(fees), place_class) == earned


@pytest.mark.parametrize(
    ("fees", "earned"),
    [("10000", 3), ("499999.99", 3), ("500000", 2), ("999999.99", 2), ("1000000", 1), ("5000100", 1)],
)
def test_a_city_with_tiers_of_its_own_gives_their_equivalents(fees: str, earned: int) -> None:
    assert law.read().earned(Decimal(fees), "county", "420800", "420881") == earned
    assert law.read().earned(Decimal("199999.99"), "county", "420500", "420581") == 1


def test_fees_are_spread_like_in_life_few_large_customers_pay_most(plan: Plan) -> None:
    fees = sorted((customer.firm.yearly_fees for customer in plan.customers), reverse=True)
    assert min(fees) >= 10_000
    assert sum(fees[: len(fees) // 5]) > sum(fees) / 2
    assert {customer.assignment.customer_class for customer in plan.customers} == {1, 2, 3, 4}


def test_about_a_tenth_stay_protected_and_a_twentieth_wait_for_the_center() -> None:
    stages = Counter(customer.assignment.stage for customer in build(1000).customers)
    assert 70 <= stages["protected"] <= 130
    assert 30 <= stages["filed"] <= 75
    assert sum(stages.values()) == 1000
