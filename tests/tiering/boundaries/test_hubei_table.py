"""hubei art. 7(2): every cell of the table at its bound, a cent below, a cent above; the column is the customer's own place.

The sheet as printed, in 万元 a year, half-open throughout (a bound that two classes share belongs to the better one):

    级别          一类      二类      三类      四类
    武汉市        >= 50     [30, 50)  [10, 30)  [1, 10)
    其他地市      >= 20     [10, 20)  [5, 10)   [1, 5)
    县(市)        >= 10     [5, 10)   [3, 5)    [1, 3)
"""

from collections.abc import Hashable, Mapping
from decimal import Decimal

import pytest

from support.reviewed import COUNTY, DIVISION_OF, DIVISIONS, PREFECTURE, WUHAN, Line, Subject, over_the_year

WAN = Decimal("10000.00")
CENT = Decimal("0.01")
LEAST = {WUHAN: (50, 30, 10, 1), PREFECTURE: (20, 10, 5, 1), COUNTY: (10, 5, 3, 1)}
"""Lower bounds of classes 1 to 4."""

# (place, fees) → class
CELLS: dict[tuple[str, Decimal], int | None] = {}
for place, bounds in LEAST.items():
    for better, bound in enumerate(bounds, start=1):
        CELLS[place, bound * WAN - CENT] = better + 1 if better < len(bounds) else None
        CELLS[place, bound * WAN] = better
        CELLS[place, bound * WAN + CENT] = better

# Who serves a customer does not choose its column: 150,000 yuan are class 3, 2 and 1 by the customer's place.
BY_PLACE = {WUHAN: 3, PREFECTURE: 2, COUNTY: 1}
UNITS = ("420106-T01", "420100-S01", "420100", "420506", "420525")
SERVED = [(division, unit) for division in DIVISIONS for unit in UNITS]
AMOUNT = "150000.00"

OUTSIDE = {"2024-12": "600000.00", "2026-01": "600000.00"}
"""Fees that are not the year's."""

SUBJECTS: Mapping[Hashable, Subject] = {
    **{("one month", *cell): Subject({"2025-07": cell[1]}, division=DIVISION_OF[cell[0]]) for cell in CELLS},
    **{
        ("twelve months", *cell): Subject(
            {**over_the_year(cell[1]), **OUTSIDE}, division=DIVISION_OF[cell[0]]
        )
        for cell in CELLS
    },
    **{
        ("two lines", *cell): Subject(
            {"2025-01": "5000.00", "2025-12 ceremonial": cell[1] - 5000}, division=DIVISION_OF[cell[0]]
        )
        for cell in CELLS
    },
    **{(division, unit): Subject({"2025-02": AMOUNT}, unit, division) for division, unit in SERVED},
    **{kind: Subject({"2025-02": "10000.00"}, more={"settlement_kind": kind}) for kind in ("credit", "cash")},
    "no fees": Subject(),
    "only outside": Subject(OUTSIDE),
}


@pytest.mark.parametrize("filed", ["one month", "twelve months", "two lines"])
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"7(2) {cell[0]} {cell[1]}")
def test_class_at_below_and_above_every_bound(
    lines: Mapping[Hashable, Line], cell: tuple[str, Decimal], filed: str
) -> None:
    """Art. 7(2): the class of the year's settled fees, of whatever months and lines of business."""
    line = lines[filed, *cell]
    wanted = CELLS[cell]
    assert (line["revenue"], line["place"], line["scheme"]) == (str(cell[1]), cell[0], "hubei")
    assert (line["table_class"], line["suggested_class"], line["class"]) == (wanted, wanted, wanted)
    assert line["tier"] == (None if wanted is None else str(wanted))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"3 {cell[0]} {cell[1]}")
def test_a_key_account_begins_at_ten_thousand_yuan(
    lines: Mapping[Hashable, Line], cell: tuple[str, Decimal]
) -> None:
    """Art. 3: 年累计结算费用达到1万元及以上, without any agreement, in every place."""
    assert lines["one month", *cell]["eligible"] is (cell[1] >= WAN)


@pytest.mark.parametrize(("division", "unit"), SERVED)
def test_the_column_is_the_customers_own_place_whoever_serves_it(
    lines: Mapping[Hashable, Line], division: str, unit: str
) -> None:
    """Art. 7(1), 7(2), 14: 属地; Wuhan with its districts, districts of other cities, counties and county-level cities."""
    line = lines[division, unit]
    place = DIVISIONS[division]
    assert (line["org_id"], line["place"], line["class"]) == (unit, place, BY_PLACE[place])


@pytest.mark.parametrize("kind", ["credit", "cash"])
def test_credit_and_cash_customers_both_count(lines: Mapping[Hashable, Line], kind: str) -> None:
    """Art. 3: 包括记账客户和现付费客户."""
    assert lines[kind]["class"] == 4


@pytest.mark.parametrize("key", ["no fees", "only outside"])
def test_fees_of_other_years_make_no_class(lines: Mapping[Hashable, Line], key: str) -> None:
    """Art. 7(2): 年累计, the fees of the year itself."""
    line = lines[key]
    assert (line["revenue"], line["eligible"], line["class"]) == ("0.00", False, None)
