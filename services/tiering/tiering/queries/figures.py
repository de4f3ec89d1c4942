"""Figures of a month beside those of the month and the year before: how they are summed, and how they are shown."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from asyncpg import Record

from tiering.model.spans import Span
from tiering.model.tiers import CENT, TENTH
from tiering.policies.growth import growth

LAST_PLACES = {"revenue": CENT, "pieces": Decimal(1), "weight_kg": CENT * TENTH}
MEASURES = tuple(LAST_PLACES)
# What a span gives: $1 month, $2 the one before, $3 a year ago, $4 January, $5 January a year ago.
PARTS = {
    "": "= $1",
    "_previous": "= $2",
    "_year_ago": "= $3",
    "_cumulative": "BETWEEN $4 AND $1",
    "_cumulative_year_ago": "BETWEEN $5 AND $3",
}


def sums(measures: Sequence[str] = MEASURES, table: str = "f") -> str:
    """Give the sums of measures by the months of a span."""
    return ", ".join(
        f"COALESCE(sum({table}.{measure}) FILTER (WHERE {table}.month {condition}), 0) AS {measure}{part}"
        for measure in measures
        for part, condition in PARTS.items()
    )


def summed_in(rows: Sequence[Record], span: Span, measures: Sequence[str]) -> dict[str, Decimal]:
    """Sum rows of months as `sums` does."""
    ranges = {
        "": (span.month, span.month),
        "_previous": (span.previous, span.previous),
        "_year_ago": (span.year_ago, span.year_ago),
        "_cumulative": (span.year, span.month),
        "_cumulative_year_ago": (span.last_year, span.year_ago),
    }
    return {
        f"{measure}{part}": sum((row[measure] for row in rows if first <= row["month"] <= last), Decimal(0))
        for measure in measures
        for part, (first, last) in ranges.items()
    }


def compared(row: Record | Mapping[str, Any], measure: str) -> dict[str, Any]:
    """Show a measure with what it was and the growth; null where there was nothing before."""
    value = {part: Decimal(row[f"{measure}{part}"]).quantize(LAST_PLACES[measure]) for part in PARTS}
    plain = {part: int(one) if measure == "pieces" else one for part, one in value.items()}
    return {
        "month": plain[""],
        "previous_month": plain["_previous"],
        "growth_month": growth(value[""], value["_previous"]),
        "year_ago": plain["_year_ago"],
        "growth_year": growth(value[""], value["_year_ago"]),
        "cumulative": plain["_cumulative"],
        "cumulative_year_ago": plain["_cumulative_year_ago"],
        "growth_cumulative": growth(value["_cumulative"], value["_cumulative_year_ago"]),
    }


def shown(row: Record | Mapping[str, Any]) -> dict[str, Any]:
    """Show revenue, pieces and weight."""
    return {measure: compared(row, measure) for measure in MEASURES}
