"""What is odd about a file that was loaded all the same."""

from decimal import Decimal
from typing import Any

from regulations.provisions import Decision
from tiering.model.usage import Stated


def of_totals(
    stated: Stated | None, revenue: Decimal, pieces: int, weight_kg: Decimal | None
) -> list[dict[str, Any]]:
    """Compare what a form says of itself with its rows, as far as both are known."""
    if stated is None:
        return []
    compared: tuple[tuple[str, str, Decimal | int | None, Decimal | int | None], ...] = (
        ("revenue", "收入", stated.revenue, revenue),
        ("pieces", "件数", stated.pieces, pieces),
        ("weight_kg", "重量", stated.weight_kg, weight_kg),
    )
    return [
        {
            "code": f"{field}-total-differs",
            "zh": f"{word}合计与明细不符：合计行{said}，明细相加{counted}",
            "en": f"The form's total of {field} is {said}, its rows add up to {counted}",
        }
        for field, word, said, counted in compared
        if said is not None and counted is not None and said != counted
    ]


def of_coverage(least: Decision[int] | None, reported: int, known: int) -> list[dict[str, Any]]:
    """Say that fewer customers were reported than the regulation asks for, of those that the unit has."""
    if least is None or reported >= min(least.outcome, known):
        return []
    return [
        {
            "code": "too-few-customers",
            "zh": f"应至少填报收入规模排名前{least.outcome}位的客户，本月仅填报{reported}位",
            "en": f"At least the top {least.outcome} customers by revenue are reported; there are {reported}",
            "because": least.because.to_json(),
        }
    ]
