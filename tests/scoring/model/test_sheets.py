"""Totals, shares, ranks and the bytes of a score."""

from decimal import Decimal
from fractions import Fraction

from scoring.model.sheets import Judged, Line, Sheet, plain_number, ranks, shown


def line(item: str, base: str, points: str, *, assessed: bool = True) -> Line:
    return Line(item, item, item, Decimal(base), Judged(Decimal(points), assessed, {}), (), {})


def test_the_total_is_over_what_was_assessed() -> None:
    sheet = Sheet("420100", "2026Q1", (line("a", "90", "71"), line("b", "10", "0", assessed=False)))
    assert (sheet.total, sheet.assessed, sheet.share) == (71, 90, Fraction(71, 90))
    assert sheet.to_json()["share"] == "0.7889"


def test_where_nothing_was_assessed_there_is_no_share() -> None:
    assert Sheet("420100", "2026Q1", (line("a", "10", "0", assessed=False),)).share is None


def test_a_bonus_may_lift_the_share_above_one() -> None:
    assert Sheet("420100", "2026Q1", (line("a", "10", "20"),)).share == 2


def test_ties_share_a_rank_and_the_next_rank_is_left_out() -> None:
    shares = [Fraction(71, 90), None, Fraction(8, 10), Fraction(142, 180), Fraction(1, 2)]
    assert ranks(shares) == [2, None, 1, 2, 4]


def test_shares_that_look_alike_but_differ_do_not_tie() -> None:
    assert shown(Fraction(1, 3)) == shown(Fraction(33333, 100000)) == "0.3333"
    assert ranks([Fraction(1, 3), Fraction(33333, 100000)]) == [1, 2]


def test_points_are_written_plainly() -> None:
    assert [plain_number(Decimal(text)) for text in ("9.50", "10", "0", "0.0", "-3")] == [
        "9.5",
        "10",
        "0",
        "0",
        "-3",
    ]


def test_the_canonical_bytes_have_sorted_keys_and_no_blanks() -> None:
    sheet = Sheet("420100", "2026Q1", ())
    assert sheet.canonical() == (
        b'{"assessed":"0","lines":[],"org_id":"420100","period":"2026Q1","share":null,"total":"0"}'
    )
