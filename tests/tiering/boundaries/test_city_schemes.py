"""Schemes that a unit adopts: xxx-city-daily, dezhou-ems; dongguan and national-trial leave hubei's figures standing."""

from collections.abc import Hashable, Mapping
from decimal import Decimal

import pytest

from support.reviewed import COUNTY, DIVISION_OF, PREFECTURE, WUHAN, Line, Subject

PLACES = (WUHAN, PREFECTURE, COUNTY)
XXX, DEZHOU_CITY, DEZHOU_COUNTY, DONGGUAN, NATIONAL = "420107", "420500", "420525", "420106-T01", "420106-T02"
ADOPTED = {
    XXX: ["xxx-city-daily"],
    DEZHOU_CITY: ["dezhou-ems"],
    DONGGUAN: ["dongguan"],
    NATIONAL: ["national-trial"],
}

# 白金客户年用邮量为100-500万元，黄金50-100万元，VIP 1-50万元: shared bounds go up, above 500万 still platinum (assumptions)
TIERS: Mapping[str, tuple[int | None, str | None]] = {
    "0.00": (None, None),
    "9999.99": (None, None),
    "10000.00": (3, "vip"),
    "10000.01": (3, "vip"),
    "499999.99": (3, "vip"),
    "500000.00": (2, "gold"),
    "500000.01": (2, "gold"),
    "999999.99": (2, "gold"),
    "1000000.00": (1, "platinum"),
    "1000000.01": (1, "platinum"),
    "4999999.99": (1, "platinum"),
    "5000000.00": (1, "platinum"),
    "5000000.01": (1, "platinum"),
    "50000000.00": (1, "platinum"),
}
NOTHING = (False, None, None)
# (last year's revenue, this month's) → key account without an agreement, class, tier: 上年达到1万元且当月达到0.1万元
WITHOUT_AGREEMENT: Mapping[tuple[str, str], tuple[bool, int | None, str | None]] = {
    ("9999.99", "999.99"): NOTHING,
    ("9999.99", "1000.00"): NOTHING,
    ("9999.99", "9999.99"): NOTHING,
    ("10000.00", "999.99"): NOTHING,
    ("10000.00", "1000.00"): (True, 3, "vip"),
    ("10000.00", "1000.01"): (True, 3, "vip"),
    ("10000.01", "1000.00"): (True, 3, "vip"),
    ("600000.00", "0.00"): NOTHING,
    ("600000.00", "999.99"): NOTHING,
    ("600000.00", "1000.00"): (True, 2, "gold"),
}
# 市公司年用邮金额1万元以上，县营业部年用邮6千元以上; the classes stay those of the province's table
DEZHOU: Mapping[tuple[str, str], tuple[bool, int | None]] = {
    (DEZHOU_CITY, "5999.99"): (False, None),
    (DEZHOU_CITY, "6000.00"): (False, None),
    (DEZHOU_CITY, "6000.01"): (False, None),
    (DEZHOU_CITY, "9999.99"): (False, None),
    (DEZHOU_CITY, "10000.00"): (True, 4),
    (DEZHOU_CITY, "10000.01"): (True, 4),
    (DEZHOU_CITY, "50000.00"): (True, 3),
    (DEZHOU_COUNTY, "5999.99"): (False, None),
    (DEZHOU_COUNTY, "6000.00"): (True, None),
    (DEZHOU_COUNTY, "6000.01"): (True, None),
    (DEZHOU_COUNTY, "9999.99"): (True, None),
    (DEZHOU_COUNTY, "10000.00"): (True, 4),
    (DEZHOU_COUNTY, "10000.01"): (True, 4),
    (DEZHOU_COUNTY, "50000.00"): (True, 2),
}
# dongguan art. 2 and national-trial art. 2 name no figure: hubei's hold beneath them
HUBEI_FIGURES = {
    "9999.99": None,
    "10000.00": 4,
    "99999.99": 4,
    "100000.00": 3,
    "300000.00": 2,
    "500000.00": 1,
}
KINDS = ("important", "potential")


def spent(fees: str, december: str = "0.00") -> dict[str, str]:
    """Give the fees of a year of which this much fell into December."""
    rest = Decimal(fees) - Decimal(december)
    return {month: str(sum_) for month, sum_ in (("2025-06", rest), ("2025-12", Decimal(december))) if sum_}


def of_dezhou(unit: str, fees: str) -> Subject:
    """A customer of a unit of the city, in that unit's own place."""
    return Subject(spent(fees), unit, unit)


SUBJECTS: Mapping[Hashable, Subject] = {
    **{
        ("xxx", place, fees): Subject(spent(fees), XXX, DIVISION_OF[place], agreement=True)
        for place in PLACES
        for fees in TIERS
    },
    **{("xxx", *case): Subject(spent(*case), XXX) for case in WITHOUT_AGREEMENT},
    **{("dezhou", *case): of_dezhou(*case) for case in DEZHOU},
    **{
        ("dezhou", unit, kind): Subject(org_id=unit, division=unit, importance=kind)
        for unit in (DEZHOU_CITY, DEZHOU_COUNTY)
        for kind in KINDS
    },
    ("dezhou", "top of its bureau"): Subject(spent("5999.99"), DEZHOU_COUNTY, agreement=True),
    **{
        (unit, fees): Subject(spent(fees), unit)
        for unit in (DONGGUAN, NATIONAL)
        for fees in HUBEI_FIGURES
    },
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fees", TIERS)
def test_platinum_gold_and_vip_by_the_years_fees_wherever_the_customer_is(
    lines: Mapping[Hashable, Line], place: str, fees: str
) -> None:
    """xxx-city-daily 第二部分(1), (2): an agreement makes a key account; below 1万 it has no tier."""
    line = lines["xxx", place, fees]
    assert (line["table_class"], line["tier"]) == TIERS[fees]
    assert (line["scheme"], line["eligible"], line["place"]) == ("xxx-city-daily", True, place)


@pytest.mark.parametrize("case", WITHOUT_AGREEMENT, ids=lambda case: f"year {case[0]}, month {case[1]}")
def test_without_an_agreement_last_year_and_this_month_must_both_reach_their_marks(
    lines: Mapping[Hashable, Line], case: tuple[str, str]
) -> None:
    """xxx-city-daily 第二部分(1)(2); a review rates the year by its own fees and its December."""
    line = lines["xxx", *case]
    assert (line["eligible"], line["table_class"], line["tier"]) == WITHOUT_AGREEMENT[case]


@pytest.mark.parametrize("case", DEZHOU, ids=lambda case: f"{case[0]} {case[1]}")
def test_the_mark_of_a_county_department_is_lower_than_the_city_companys(
    lines: Mapping[Hashable, Line], case: tuple[str, str]
) -> None:
    """dezhou-ems 第一部分: 1万元以上 and 6千元以上 include the number; between 6,000 and 1万 no class of the table."""
    line = lines["dezhou", *case]
    assert (line["eligible"], line["table_class"]) == DEZHOU[case]


@pytest.mark.parametrize("unit", [DEZHOU_CITY, DEZHOU_COUNTY])
@pytest.mark.parametrize("kind", KINDS)
def test_important_and_potential_customers_are_key_accounts_without_fees(
    lines: Mapping[Hashable, Line], kind: str, unit: str
) -> None:
    """dezhou-ems 第一部分: 重要大客户和潜在大客户也视为邮政大客户."""
    line = lines["dezhou", unit, kind]
    assert (line["eligible"], line["table_class"]) == (True, None)


def test_a_rank_gives_nothing_where_the_adopted_text_knows_none(lines: Mapping[Hashable, Line]) -> None:
    """dezhou-ems 第一部分 replaces hubei art. 3 as a whole, its top five with it."""
    line = lines["dezhou", "top of its bureau"]
    assert (line["agreement"], line["eligible"], line["table_class"]) == (True, False, None)


@pytest.mark.parametrize("unit", [DONGGUAN, NATIONAL])
@pytest.mark.parametrize("fees", HUBEI_FIGURES)
def test_a_text_without_figures_leaves_those_of_the_province_in_force(
    lines: Mapping[Hashable, Line], unit: str, fees: str
) -> None:
    """dongguan art. 2, national-trial art. 2: 用邮量较大 without a number."""
    line = lines[unit, fees]
    wanted = HUBEI_FIGURES[fees]
    assert (line["scheme"], line["eligible"], line["table_class"]) == ("hubei", wanted is not None, wanted)
