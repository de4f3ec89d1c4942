"""The class from the registration form (art. 7): half-open bounds by place, importance, the better of the two."""

from decimal import Decimal
from typing import Literal

import pytest

from registry.policies.classes import ClassLaw, FormFacts, initial_class
from regulations.topics.tiers import TierByImportance, TierEquivalents, TierThresholds
from support.law import provision

LAW = ClassLaw(provision(TierThresholds), provision(TierEquivalents), provision(TierByImportance))
Place = Literal["wuhan", "prefecture", "county"]
Level = Literal["network-hq", "province", "city", "county"]


@pytest.mark.parametrize(
    ("place", "fees", "earned"),
    [
        ("wuhan", "500000.00", 1),
        ("wuhan", "499999.99", 2),
        ("wuhan", "300000.00", 2),
        ("wuhan", "299999.99", 3),
        ("wuhan", "100000.00", 3),
        ("wuhan", "99999.99", 4),
        ("wuhan", "10000.00", 4),
        ("wuhan", "9999.99", None),
        ("prefecture", "200000.00", 1),
        ("prefecture", "199999.99", 2),
        ("prefecture", "100000.00", 2),
        ("prefecture", "99999.99", 3),
        ("prefecture", "50000.00", 3),
        ("prefecture", "49999.99", 4),
        ("prefecture", "10000.00", 4),
        ("prefecture", "9999.99", None),
        ("county", "100000.00", 1),
        ("county", "99999.99", 2),
        ("county", "50000.00", 2),
        ("county", "49999.99", 3),
        ("county", "30000.00", 3),
        ("county", "29999.99", 4),
        ("county", "10000.00", 4),
        ("county", "9999.99", None),
    ],
)
def test_expected_fees_exactly_at_a_bound_earn_the_class(place: Place, fees: str, earned: int | None) -> None:
    assert initial_class(FormFacts(Decimal(fees), place, None), LAW).outcome == earned


@pytest.mark.parametrize(("level", "given"), [("network-hq", 1), ("province", 2), ("city", 3), ("county", 4)])
def test_importance_gives_its_class_at_least(level: Level, given: int) -> None:
    assert initial_class(FormFacts(None, "wuhan", level), LAW).outcome == given
    assert initial_class(FormFacts(Decimal(1), "wuhan", level), LAW).outcome == given


def test_the_better_of_two_classes_holds() -> None:
    assert initial_class(FormFacts(Decimal(500_000), "wuhan", "county"), LAW).outcome == 1
    assert initial_class(FormFacts(Decimal(10_000), "wuhan", "province"), LAW).outcome == 2


def test_without_fees_and_importance_there_is_no_class() -> None:
    assert initial_class(FormFacts(None, "wuhan", None), LAW).outcome is None


def test_the_decision_cites_the_articles_it_used_with_its_inputs() -> None:
    because = initial_class(FormFacts(Decimal(300_000), "wuhan", "city"), LAW).because
    assert [reason.rule for reason in because.reasons] == [
        "hubei.tier-thresholds",
        "hubei.tier-by-importance",
    ]
    assert because.reasons[0].inputs == {"estimated_yearly_fees": "300000", "place": "wuhan"}
