"""Classes by the regulations' own tables, at every bound; what they are explained by."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from support.classes import DEZHOU, HUBEI, XXX, Figures, figures, rated
from support.service import ServiceUnderTest
from tiering.policies.law import ClassLaw, pinned, unpinned
from tiering.policies.reviews import growth

CENT = Decimal("0.01")
# hubei art. 7(2), in yuan
TABLE = {
    "wuhan": {1: "500000", 2: "300000", 3: "100000", 4: "10000"},
    "prefecture": {1: "200000", 2: "100000", 3: "50000", 4: "10000"},
    "county": {1: "100000", 2: "50000", 3: "30000", 4: "10000"},
}
CELLS = [(place, cls, Decimal(bound)) for place, column in TABLE.items() for cls, bound in column.items()]
# xxx-city-daily part 2(2): the class below, the tier, its class, its lower bound
RANGES = [("gold", "platinum", "1000000"), ("vip", "gold", "500000"), (None, "vip", "10000")]
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
    "overdue_days": "overdue_days",
}
DRAWN = 150


def drawn(random_: random.Random) -> Figures:
    """Draw figures, half of them near a bound of some table."""
    bound = random_.choice(
        ("1000", "6000", "10000", "30000", "50000", "100000", "300000", "500000", "5000000")
    )
    near = Decimal(bound) + random_.choice((-CENT, Decimal(0), CENT))
    fees = random_.choice((near, Decimal(random_.randrange(1, 600_000_000)) / 100))
    return Figures(
        fees=fees,
        place=random_.choice(sorted(TABLE)),
        level=random_.choice(("city", "county")),
        last_year_fees=random_.choice((Decimal("9999.99"), Decimal("10000.00"))),
        month_fees=min(fees, random_.choice((Decimal("999.99"), Decimal("1000.00")))),
        agreement=random_.random() < 0.5,
        rank=random_.choice((None, 1, 5, 6)),
        importance=random_.choice((None, "important", "potential")),
        importance_level=random_.choice((None, None, *IMPORTANCE)),
        overdue_days=random_.choice((0, 90, 91)),
    )


async def classes_of(tiering: ServiceUnderTest, law: ClassLaw, *given: Figures) -> list[int | None]:
    return [outcome.table_class for outcome in await rated(tiering, law, given)]


async def test_every_lower_bound_belongs_to_its_class_and_a_cent_less_does_not(
    tiering: ServiceUnderTest,
) -> None:
    given = [
        figures(bound + more, place=place) for place, _, bound in CELLS for more in (-CENT, Decimal(0), CENT)
    ]
    expected = [one for _, cls, _ in CELLS for one in (cls + 1 if cls < 4 else None, cls, cls)]
    assert await classes_of(tiering, HUBEI, *given) == expected


async def test_every_lower_bound_of_the_city_scheme_belongs_to_its_tier(tiering: ServiceUnderTest) -> None:
    given = [
        figures(Decimal(bound) + more, agreement=True)
        for _, _, bound in RANGES
        for more in (-CENT, Decimal(0), CENT)
    ]
    outcomes = await rated(tiering, XXX, given)
    assert [one.tier for one in outcomes] == [tier for below, at, _ in RANGES for tier in (below, at, at)]
    assert {one.scheme for one in outcomes} == {"xxx-city-daily"}
    assert {(one.tier, one.cls) for one in outcomes} == {
        ("platinum", 1),
        ("gold", 2),
        ("vip", 3),
        (None, None),
    }


async def test_beyond_the_end_of_its_range_the_best_tier_goes_on_and_says_why(
    tiering: ServiceUnderTest,
) -> None:
    beyond = {"5000000.00": False, "5000000.01": True, "5000100.00": True}
    outcomes = await rated(tiering, XXX, [figures(fees, agreement=True) for fees in beyond])
    assert {one.tier for one in outcomes} == {"platinum"}
    assert ["xxx-city-daily.tier-beyond" in one.rules for one in outcomes] == list(beyond.values())


async def test_an_agreement_customer_below_the_city_scheme_is_a_key_account_without_tier(
    tiering: ServiceUnderTest,
) -> None:
    (one,) = await rated(tiering, XXX, [figures("9999.99", agreement=True)])
    assert (one.eligible, one.tier, one.cls) == (True, None, None)


async def test_without_agreement_the_city_scheme_asks_for_last_year_and_this_month(
    tiering: ServiceUnderTest,
) -> None:
    asked = {("9999.99", "1000.00"): False, ("10000.00", "999.99"): False, ("10000.00", "1000.00"): True}
    given = [
        figures("600000.00", last_year_fees=Decimal(year), month_fees=Decimal(month)) for year, month in asked
    ]
    outcomes = await rated(tiering, XXX, given)
    assert [one.eligible for one in outcomes] == list(asked.values())
    assert [one.tier for one in outcomes] == ["gold" if eligible else None for eligible in asked.values()]


async def test_a_county_department_has_a_mark_of_its_own_in_dezhou(tiering: ServiceUnderTest) -> None:
    marks = {
        ("county", "5999.99"): False,
        ("county", "6000.00"): True,
        ("city", "6000.00"): False,
        ("city", "9999.99"): False,
        ("city", "10000.00"): True,
    }
    outcomes = await rated(tiering, DEZHOU, [figures(fees, level=level) for level, fees in marks])
    assert [one.eligible for one in outcomes] == list(marks.values())


async def test_importance_gives_its_class_at_every_place(tiering: ServiceUnderTest) -> None:
    given = [
        figures("0.00", place=place, importance="important", importance_level=level)
        for place in TABLE
        for level in IMPORTANCE
    ]
    outcomes = await rated(tiering, HUBEI, given)
    assert [one.cls for one in outcomes] == [*IMPORTANCE.values()] * len(TABLE)
    assert all(one.eligible for one in outcomes)


async def test_who_meets_two_rules_gets_the_better_class_and_reads_that_rule(
    tiering: ServiceUnderTest,
) -> None:
    pairs = [(cell, level) for cell in CELLS for level in IMPORTANCE]
    given = [figures(bound, place=place, importance_level=level) for (place, _, bound), level in pairs]
    for ((_, by_fees, _), level), one in zip(pairs, await rated(tiering, HUBEI, given), strict=True):
        assert one.cls == min(by_fees, IMPORTANCE[level])
        assert ("hubei.tier-conflict" in one.rules) == (by_fees != IMPORTANCE[level])


async def test_an_agreement_customer_in_the_top_five_below_the_mark_is_class_four(
    tiering: ServiceUnderTest,
) -> None:
    cases = {(True, 5): 4, (True, 6): None, (False, 1): None, (True, None): None}
    given = [figures("9999.99", agreement=agreement, rank=rank) for agreement, rank in cases]
    outcomes = await rated(tiering, HUBEI, given)
    assert [one.cls for one in outcomes] == list(cases.values())
    assert [one.eligible for one in outcomes] == [cls is not None for cls in cases.values()]


async def test_important_and_potential_customers_are_key_accounts_whatever_they_spend(
    tiering: ServiceUnderTest,
) -> None:
    given = [figures("0.00", importance=kind) for kind in ("important", "potential", None)]
    outcomes = await rated(tiering, HUBEI, given)
    assert [(one.eligible, one.cls) for one in outcomes] == [(True, None), (True, None), (False, None)]


async def test_arrears_overdue_for_more_than_ninety_days_suggest_one_class_down_and_never_below_the_least(
    tiering: ServiceUnderTest,
) -> None:
    hubei = [("500000", 90), ("500000", 91), ("100000", 91), ("10000", 91), ("9999.99", 91), ("300000", 0)]
    outcomes = await rated(tiering, HUBEI, [figures(fees, overdue_days=days) for fees, days in hubei])
    assert [one.cls for one in outcomes] == [1, 2, 4, 4, None, 2]
    assert ["调为" in one.because["text"]["zh"] for one in outcomes] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    (least,) = await rated(tiering, XXX, [figures("10000", agreement=True, overdue_days=91)])
    assert (least.cls, least.tier) == (3, "vip")


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
async def test_more_fees_never_give_a_worse_class(tiering: ServiceUnderTest, law: ClassLaw) -> None:
    random_ = random.Random(7)
    # A potential customer is one below the mark only (art. 3): beyond it the table rates it, maybe worse than its level did.
    less = [
        replace(one, importance=None if one.importance == "potential" else one.importance)
        for one in (drawn(random_) for _ in range(DRAWN))
    ]
    more = [replace(one, fees=one.fees + Decimal(random_.randrange(60_000_000)) / 100) for one in less]
    for before, after in zip(await rated(tiering, law, less), await rated(tiering, law, more), strict=True):
        assert (after.cls or 5) <= (before.cls or 5)
        assert after.eligible or not before.eligible


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
async def test_a_figure_that_the_explanation_does_not_name_never_changes_the_class(
    tiering: ServiceUnderTest, law: ClassLaw
) -> None:
    random_ = random.Random(8)
    given = [drawn(random_) for _ in range(DRAWN)]
    outcomes = await rated(tiering, law, given)
    others = [
        replace(one, **_unnamed(outcome.inputs, drawn(random_), one))
        for one, outcome in zip(given, outcomes, strict=True)
    ]
    assert others != given
    for one, outcome, again in zip(given, outcomes, await rated(tiering, law, others), strict=True):
        assert (again.eligible, again.tier, again.cls) == (outcome.eligible, outcome.tier, outcome.cls), one


def _unnamed(named: dict[str, Any], other: Figures, own: Figures) -> dict[str, Any]:
    """Give the other figures of all that is not named; a month's fees are a part of the year's."""
    changed = {figure: getattr(other, figure) for name, figure in INPUTS.items() if name not in named}
    if "month_fees" in changed:
        changed["month_fees"] = min(changed["month_fees"], own.fees)
    return changed


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
async def test_every_figure_that_is_named_is_the_one_given(tiering: ServiceUnderTest, law: ClassLaw) -> None:
    random_ = random.Random(9)
    given = [drawn(random_) for _ in range(DRAWN)]
    for one, outcome in zip(given, await rated(tiering, law, given), strict=True):
        for name in INPUTS.keys() & outcome.inputs.keys():
            figure = getattr(one, INPUTS[name])
            said = outcome.inputs[name]
            assert said == (f"{figure:.2f}" if isinstance(figure, Decimal) else figure), name
        months = outcome.inputs["fees_by_month"]
        assert list(months) == [f"2025-{month:02d}" for month in range(1, 13)]
        assert sum(map(Decimal, months.values())) == one.fees
        assert Decimal(months["2025-12"]) == one.month_fees


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
async def test_law_written_down_and_read_again_is_the_same(tiering: ServiceUnderTest, law: ClassLaw) -> None:
    again = unpinned(pinned(law))
    assert (again.key, pinned(again)) == (law.key, pinned(law))
    given = [figures("300000.00", agreement=True, importance_level="county")]
    assert await rated(tiering, again, given) == await rated(tiering, law, given)


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
