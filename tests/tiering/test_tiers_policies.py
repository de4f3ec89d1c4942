"""Classes by the regulations' own tables, at every bound; what they are explained by."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulations.provisions import Because
from support.classes import DEZHOU, HUBEI, XXX, figures
from tiering.model.tiers import Figures, Tier
from tiering.policies.classes import standing
from tiering.policies.ladders import ladder
from tiering.policies.law import ClassLaw, pinned, unpinned
from tiering.policies.reviews import growth, suggested

CENT = Decimal("0.01")
# hubei art. 7(2), in yuan
TABLE = {
    "wuhan": {1: "500000", 2: "300000", 3: "100000", 4: "10000"},
    "prefecture": {1: "200000", 2: "100000", 3: "50000", 4: "10000"},
    "county": {1: "100000", 2: "50000", 3: "30000", 4: "10000"},
}
CELLS = [(place, cls, Decimal(bound)) for place, column in TABLE.items() for cls, bound in column.items()]
# xxx-city-daily part 2(2)
RANGES = [("platinum", 1, "1000000"), ("gold", 2, "500000"), ("vip", 3, "10000")]
IMPORTANCE = {"network-hq": 1, "province": 2, "city": 3, "county": 4}
LAWS = {"hubei": HUBEI, "xxx-city-daily": XXX, "dezhou-ems": DEZHOU}
INPUTS = {
    "yearly_fees": "fees",
    "last_year_fees": "last_year_fees",
    "month_fees": "month_fees",
    "agreement": "agreement",
    "level": "level",
    "rank_in_bureau": "rank",
    "place": "place",
    "importance": "importance",
    "importance_level": "importance_level",
}

amounts = st.decimals(min_value=0, max_value=6_000_000, places=2)
any_figures = st.builds(
    lambda fees, **facts: figures(fees, **facts),
    amounts,
    last_year_fees=amounts,
    month_fees=amounts,
    place=st.sampled_from(sorted(TABLE)),
    level=st.sampled_from(["city", "county"]),
    agreement=st.booleans(),
    rank=st.none() | st.integers(1, 8),
    importance=st.sampled_from([None, "important", "potential"]),
    importance_level=st.sampled_from([None, *IMPORTANCE]),
)


def class_of(law: ClassLaw, given_figures: Figures) -> int | None:
    return standing(given_figures, law).outcome.tier.cls


def inputs_of(because: Because) -> dict[str, Any]:
    """Give every input named anywhere."""
    return {name: value for reason in because.reasons for name, value in reason.inputs.items()}


@pytest.mark.parametrize(("place", "cls", "bound"), CELLS)
def test_every_lower_bound_belongs_to_its_class_and_a_cent_less_does_not(
    place: str, cls: int, bound: Decimal
) -> None:
    worse = cls + 1 if cls < 4 else None
    assert class_of(HUBEI, figures(bound - CENT, place=place)) == worse
    assert class_of(HUBEI, figures(bound, place=place)) == cls
    assert class_of(HUBEI, figures(bound + CENT, place=place)) == cls


@pytest.mark.parametrize(("tier", "cls", "bound"), RANGES)
def test_every_lower_bound_of_the_city_scheme_belongs_to_its_tier(tier: str, cls: int, bound: str) -> None:
    below = {1: Tier("xxx-city-daily", "gold", 2), 2: Tier("xxx-city-daily", "vip", 3)}
    amount = Decimal(bound)
    less = standing(figures(amount - CENT, agreement=True), XXX).outcome
    assert less.tier == below.get(cls, Tier("xxx-city-daily", None, None))
    for fees in (amount, amount + CENT):
        assert standing(figures(fees, agreement=True), XXX).outcome.tier == Tier("xxx-city-daily", tier, cls)


@pytest.mark.parametrize("fees", ["5000000.00", "5000000.01", "5000100.00"])
def test_beyond_the_end_of_its_range_the_best_tier_goes_on_and_says_why(fees: str) -> None:
    decision = standing(figures(fees, agreement=True), XXX)
    assert decision.outcome.tier.tier == "platinum"
    cited = {reason.rule for reason in decision.because.reasons}
    assert ("xxx-city-daily.tier-beyond" in cited) == (Decimal(fees) > 5_000_000)


def test_an_agreement_customer_below_the_city_scheme_is_a_key_account_without_tier() -> None:
    outcome = standing(figures("9999.99", agreement=True), XXX).outcome
    assert (outcome.eligible, outcome.tier.tier, outcome.tier.cls) == (True, None, None)


@pytest.mark.parametrize(
    ("last_year", "month", "eligible"),
    [("9999.99", "1000.00", False), ("10000.00", "999.99", False), ("10000.00", "1000.00", True)],
)
def test_without_agreement_the_city_scheme_asks_for_last_year_and_this_month(
    last_year: str, month: str, eligible: bool
) -> None:
    facts = figures("600000.00", last_year_fees=Decimal(last_year), month_fees=Decimal(month))
    outcome = standing(facts, XXX).outcome
    assert (outcome.eligible, outcome.tier.tier) == (eligible, "gold" if eligible else None)


@pytest.mark.parametrize(
    ("level", "fees", "eligible"),
    [
        ("county", "5999.99", False),
        ("county", "6000.00", True),
        ("city", "6000.00", False),
        ("city", "9999.99", False),
        ("city", "10000.00", True),
    ],
)
def test_a_county_department_has_a_mark_of_its_own_in_dezhou(level: str, fees: str, eligible: bool) -> None:
    assert standing(figures(fees, level=level), DEZHOU).outcome.eligible == eligible


@pytest.mark.parametrize("place", TABLE)
@pytest.mark.parametrize(("level", "cls"), IMPORTANCE.items())
def test_importance_gives_its_class_at_every_place(place: str, level: str, cls: int) -> None:
    facts = figures("0.00", place=place, importance="important", importance_level=level)
    outcome = standing(facts, HUBEI).outcome
    assert (outcome.tier.cls, outcome.eligible) == (cls, True)


@pytest.mark.parametrize(("place", "by_fees", "bound"), CELLS)
@pytest.mark.parametrize(("level", "by_importance"), IMPORTANCE.items())
def test_who_meets_two_rules_gets_the_better_class_and_reads_that_rule(
    place: str, by_fees: int, bound: Decimal, level: str, by_importance: int
) -> None:
    decision = standing(figures(bound, place=place, importance_level=level), HUBEI)
    assert decision.outcome.tier.cls == min(by_fees, by_importance)
    cited = {reason.rule for reason in decision.because.reasons}
    assert ("hubei.tier-conflict" in cited) == (by_fees != by_importance)


@pytest.mark.parametrize(
    ("agreement", "rank", "cls"),
    [(True, 5, 4), (True, 6, None), (False, 1, None), (True, None, None)],
)
def test_an_agreement_customer_in_the_top_five_below_the_mark_is_class_four(
    agreement: bool, rank: int | None, cls: int | None
) -> None:
    outcome = standing(figures("9999.99", agreement=agreement, rank=rank), HUBEI).outcome
    assert (outcome.tier.cls, outcome.eligible) == (cls, cls is not None)


@pytest.mark.parametrize("kind", ["important", "potential"])
def test_important_and_potential_customers_are_key_accounts_whatever_they_spend(kind: str) -> None:
    outcome = standing(figures("0.00", importance=kind), HUBEI).outcome
    assert (outcome.eligible, outcome.tier.cls) == (True, None)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@given(facts=any_figures, more=amounts)
def test_more_fees_never_give_a_worse_class(law: ClassLaw, facts: Figures, more: Decimal) -> None:
    before, after = (
        standing(facts, law).outcome,
        standing(replace(facts, fees=facts.fees + more), law).outcome,
    )
    assert (after.tier.cls or 5) <= (before.tier.cls or 5)
    assert after.eligible or not before.eligible


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@given(facts=any_figures, other=any_figures)
def test_a_figure_that_the_explanation_does_not_name_never_changes_the_class(
    law: ClassLaw, facts: Figures, other: Figures
) -> None:
    decision = standing(facts, law)
    named = {INPUTS[name] for name in inputs_of(decision.because) if name in INPUTS}
    changed = {name: getattr(other, name) for name in INPUTS.values() if name not in named}
    assert standing(replace(facts, **changed), law).outcome == decision.outcome


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@given(facts=any_figures)
def test_every_figure_that_is_named_is_the_one_given(law: ClassLaw, facts: Figures) -> None:
    for name, value in inputs_of(standing(facts, law).because).items():
        if name in INPUTS:
            given_value = getattr(facts, INPUTS[name])
            assert value == (str(given_value) if isinstance(given_value, Decimal) else given_value)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_law_written_down_and_read_again_is_the_same(law: ClassLaw) -> None:
    again = unpinned(pinned(law))
    assert again.key == law.key
    assert [ladder(again, place) for place in TABLE] == [ladder(law, place) for place in TABLE]
    facts = figures("300000.00", agreement=True, importance_level="county")
    assert standing(facts, again).because.to_json() == standing(facts, law).because.to_json()


@pytest.mark.parametrize(
    ("overdue", "cls", "down"),
    [(90, 1, 1), (91, 1, 2), (91, 3, 4), (91, 4, 4), (91, None, None), (0, 2, 2)],
)
def test_arrears_overdue_for_more_than_ninety_days_suggest_one_class_down(
    overdue: int, cls: int | None, down: int | None
) -> None:
    assert suggested(cls, overdue, HUBEI) == down


def test_the_least_tier_of_a_scheme_is_not_left_for_arrears() -> None:
    assert suggested(3, 91, XXX) == 3


@pytest.mark.parametrize(
    ("fees", "prior", "share"),
    [
        ("150.00", "100.00", "0.5000"),
        ("0.00", "3.00", "-1.0000"),
        ("4.00", "3.00", "0.3333"),
        ("1.00", "0.00", None),
    ],
)
def test_growth_is_a_share_of_the_year_before_and_of_nothing_there_is_none(
    fees: str, prior: str, share: str | None
) -> None:
    assert growth(Decimal(fees), Decimal(prior)) == (Decimal(share) if share else None)
