"""hubei art. 3: an agreement customer in the top 5 by revenue of its county-level bureau is a key account, of class 4."""

from collections.abc import Hashable, Mapping

import pytest

from support.reviewed import Line, Subject

YES, NO = True, False
# unit, fees of the year, agreement → rank in the bureau, key account, class
BUREAUS: Mapping[str, tuple[tuple[str, str, bool, int | None, bool, int | None], ...]] = {
    "ties for fifth all count, behind them nobody; the bureau is its teams together": (
        ("420106-T01", "9000.00", YES, 1, True, 4),
        ("420106-T02", "8000.00", YES, 2, True, 4),
        ("420106", "7000.00", YES, 3, True, 4),
        ("420106-T01", "6000.00", YES, 4, True, 4),
        ("420106-T01", "5000.00", YES, 5, True, 4),
        ("420106-T02", "5000.00", YES, 5, True, 4),
        ("420106", "5000.00", YES, 5, True, 4),
        ("420106-T02", "4999.99", YES, 8, False, None),
    ),
    "without an agreement a rank gives nothing, but it is taken": (
        ("420107", "9999.99", NO, 1, False, None),
        ("420107", "9999.98", YES, 2, True, 4),
        ("420107", "3.00", NO, 3, False, None),
        ("420107", "2.00", YES, 4, True, 4),
        ("420107", "1.00", YES, 5, True, 4),
        ("420107", "0.99", YES, 6, False, None),
        ("420107", "0.98", NO, 7, False, None),
    ),
    "two at the fourth rank leave no fifth": (
        ("420506", "9000.00", YES, 1, True, 4),
        ("420506", "8000.00", YES, 2, True, 4),
        ("420506", "7000.00", YES, 3, True, 4),
        ("420506", "6000.00", YES, 4, True, 4),
        ("420506", "6000.00", YES, 4, True, 4),
        ("420506", "5999.99", YES, 6, False, None),
    ),
    "customers above the mark are ranked with the others and keep the class of their fees": (
        ("420525", "500000.00", NO, 1, True, 1),
        ("420525", "300000.00", YES, 2, True, 2),
        ("420525", "10000.01", YES, 3, True, 4),
        ("420525", "10000.00", YES, 4, True, 4),
        ("420525", "9999.99", YES, 5, True, 4),
        ("420525", "9999.98", YES, 11, False, None),
    ),
    "a unit of a city that lies in no county has no county-level bureau": (
        ("420100-S01", "9999.99", YES, None, False, None),
        ("420100", "9999.98", YES, None, False, None),
    ),
}
# Also fifth in 420525, for the same fees: importance and its level → class
IMPORTANT_TOO = {
    ("important", None): 4,
    ("potential", None): 4,
    ("important", "county"): 4,
    ("important", "city"): 3,
    ("potential", "city"): 4,  # at the mark by its rank, a potential customer no more
}
PLACED = [(title, number) for title, customers in BUREAUS.items() for number in range(len(customers))]

SUBJECTS: Mapping[Hashable, Subject] = {
    **{
        (title, number): Subject({"2025-11": fees}, unit, agreement=agreement)
        for title, customers in BUREAUS.items()
        for number, (unit, fees, agreement, *_) in enumerate(customers)
    },
    **{
        case: Subject({"2025-11": "9999.99"}, "420525", importance=case[0], level=case[1], agreement=True)
        for case in IMPORTANT_TOO
    },
}


@pytest.mark.parametrize(("title", "number"), PLACED)
def test_the_top_five_of_a_bureau_with_an_agreement_are_key_accounts(
    lines: Mapping[Hashable, Line], title: str, number: int
) -> None:
    """Art. 3: 各县市局速递物流业务收入排位前5名的协议客户; ties for fifth all count, class 4 below 1万 (assumptions)."""
    *_, rank, eligible, wanted = BUREAUS[title][number]
    line = lines[title, number]
    if rank is None or line["agreement"]:
        assert line["rank"] == rank
    tier = None if wanted is None else str(wanted)
    assert (line["eligible"], line["table_class"], line["tier"]) == (eligible, wanted, tier)


@pytest.mark.parametrize("case", IMPORTANT_TOO, ids=str)
def test_a_rank_gives_an_important_customer_its_class_where_its_level_gives_no_better(
    lines: Mapping[Hashable, Line], case: tuple[str, str | None]
) -> None:
    """Art. 3, 7(2): a customer that meets two rules gets the better class (assumption)."""
    line = lines[case]
    assert (line["rank"], line["eligible"], line["table_class"]) == (5, True, IMPORTANT_TOO[case])
