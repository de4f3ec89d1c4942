"""hubei art. 3 and 7(2): important and potential customers are key accounts, their level gives a class, the better counts."""

from collections.abc import Hashable, Mapping
from decimal import Decimal

import pytest

from support.reviewed import COUNTY, DIVISION_OF, PREFECTURE, WUHAN, Line, Subject

# 一类 also: 全网性 signed in a province name; 二类 also: 省级; 三类 also: 市(地)级; 四类 also: 县(市)级
BY_LEVEL = {"network-hq": 1, "province": 2, "city": 3, "county": 4}
# place → fees in every band of its column → class by fees
BANDS: Mapping[str, Mapping[str, int | None]] = {
    WUHAN: {
        "0.00": None, "9999.99": None, "10000.00": 4, "99999.99": 4, "100000.00": 3, "299999.99": 3,
        "300000.00": 2, "499999.99": 2, "500000.00": 1,
    },
    PREFECTURE: {
        "0.00": None, "9999.99": None, "10000.00": 4, "49999.99": 4, "50000.00": 3, "99999.99": 3,
        "100000.00": 2, "199999.99": 2, "200000.00": 1,
    },
    COUNTY: {
        "0.00": None, "9999.99": None, "10000.00": 4, "29999.99": 4, "30000.00": 3, "49999.99": 3,
        "50000.00": 2, "99999.99": 2, "100000.00": 1,
    },
}  # fmt: skip
LEVELLED = [(level, place, fees) for level in BY_LEVEL for place in BANDS for fees in BANDS[place]]
PLAIN = [(place, fees) for place in BANDS for fees in BANDS[place]]


def subject(place: str, fees: str, importance: str | None = None, level: str | None = None) -> Subject:
    spent = {"2025-04": fees} if Decimal(fees) else {}
    return Subject(spent, division=DIVISION_OF[place], importance=importance, level=level)


SUBJECTS: Mapping[Hashable, Subject] = {
    **{("important", *case): subject(case[1], case[2], "important", case[0]) for case in LEVELLED},
    **{("potential", *case): subject(case[1], case[2], "potential", case[0]) for case in LEVELLED},
    **{(None, *case): subject(*case) for case in PLAIN},
    **{("network-wide", *case): subject(*case, level="network-hq") for case in PLAIN},
    **{(kind, *case): subject(*case, kind) for kind in ("important", "potential") for case in PLAIN},
}


@pytest.mark.parametrize(("level", "place", "fees"), LEVELLED)
def test_an_important_customer_gets_the_better_of_level_and_fees(
    lines: Mapping[Hashable, Line], level: str, place: str, fees: str
) -> None:
    """Art. 7(2) 此外; a customer that meets two rules gets the better class (assumption)."""
    line = lines["important", level, place, fees]
    by_fees = BANDS[place][fees]
    wanted = BY_LEVEL[level] if by_fees is None else min(BY_LEVEL[level], by_fees)
    assert (line["eligible"], line["table_class"], line["tier"]) == (True, wanted, str(wanted))


@pytest.mark.parametrize(("level", "place", "fees"), LEVELLED)
def test_a_potential_customer_has_the_class_of_its_level_only_below_the_mark(
    lines: Mapping[Hashable, Line], level: str, place: str, fees: str
) -> None:
    """Art. 3: 潜在大客户是指没有达到大客户标准…的客户; at the mark art. 7(2) rates it by fees, if not network-wide."""
    line = lines["potential", level, place, fees]
    by_fees = BANDS[place][fees]
    wanted = BY_LEVEL[level] if by_fees is None or level == "network-hq" else by_fees
    assert (line["eligible"], line["table_class"], line["tier"]) == (True, wanted, str(wanted))


@pytest.mark.parametrize(("place", "fees"), PLAIN)
def test_a_network_wide_customer_is_class_one_whatever_it_spends(
    lines: Mapping[Hashable, Line], place: str, fees: str
) -> None:
    """Art. 7(2) 此外: 一类客户还包括以省公司、省速递物流局、省中邮公司名义签约的全网性客户."""
    line = lines["network-wide", place, fees]
    assert (line["eligible"], line["table_class"], line["tier"]) == (True, 1, "1")


@pytest.mark.parametrize(("place", "fees"), PLAIN)
@pytest.mark.parametrize("kind", ["important", "potential"])
def test_without_a_level_importance_makes_a_key_account_but_no_class(
    lines: Mapping[Hashable, Line], kind: str, place: str, fees: str
) -> None:
    """Art. 3: 视同为大客户; art. 7(2) gives a class to levels only, else by fees."""
    line = lines[kind, place, fees]
    assert (line["eligible"], line["table_class"]) == (True, BANDS[place][fees])


@pytest.mark.parametrize(("place", "fees"), PLAIN)
def test_without_importance_fees_alone_count(lines: Mapping[Hashable, Line], place: str, fees: str) -> None:
    """Art. 3 and the table of art. 7(2)."""
    line = lines[None, place, fees]
    by_fees = BANDS[place][fees]
    assert (line["eligible"], line["table_class"]) == (by_fees is not None, by_fees)
