"""What figures and classes are, read before and after rows that are tried and taken back again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.clock import SHANGHAI
from chassis.directory import Snapshot
from chassis.transaction import Transaction
from tiering.handlers.provisional import provisional_class
from tiering.model.months import month_text
from tiering.ports.tiers import Asked, Provisional
from tiering.queries.provisional import ProvisionalRatings

FIGURES = """
SELECT u.customer_id, u.line, u.revenue, u.pieces, u.weight_kg FROM usage u
WHERE u.month = $1 AND u.customer_id = ANY ($2::uuid[]) AND u.current
"""
CUSTOMERS = "SELECT * FROM fees_of($1, $2)"
CORRECTABLE = "SELECT * FROM correctable_reviews($1, $2) ORDER BY org_id"

Figures = Mapping[tuple[UUID, str], Mapping[str, Any]]


async def figures(tx: Transaction, month: date, customers: Sequence[UUID]) -> Figures:
    """Give the current figures of customers in a month, by customer and line."""
    rows = await tx.fetch(FIGURES, month, customers)
    return {
        (row["customer_id"], row["line"]): {
            name: str(row[name]) if name != "pieces" else row[name]
            for name in ("revenue", "pieces", "weight_kg")
        }
        for row in rows
    }


async def standings(
    tx: Transaction, customers: Sequence[UUID], year: int, law: Snapshot
) -> dict[UUID, dict[str, Any]]:
    """Give the fees of a year and the provisional class, with why, of each customer in scope, by the id filed under."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in await tx.fetch(CUSTOMERS, customers, year):
        asked = Asked(row["customer_id"], row["org_id"], tx.now.astimezone(SHANGHAI).date(), None)
        provisional = await provisional_class(asked, law, ProvisionalRatings(tx))
        found[row["filed_id"]] = {
            "customer_id": row["customer_id"],
            "customer_code": row["code"],
            "name": row["name"],
            "year": year,
            "fees": str(row["fees"]),
            "provisional": _provisional(provisional),
        }
    return found


async def correctable(tx: Transaction, customers: Sequence[UUID], year: int) -> list[dict[str, Any]]:
    """Give the published reviews of a year that could be corrected by other figures of these customers."""
    return [
        {
            "review_id": row["id"],
            "org_id": row["org_id"],
            "year": row["year"],
            "published_at": _in_shanghai(row["published_at"]),
        }
        for row in await tx.fetch(CORRECTABLE, customers, year)
    ]


def _provisional(found: Provisional | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "from": month_text(found.first),
        "to": month_text(found.last),
        "scheme": found.tier.scheme,
        "tier": found.tier.tier,
        "class": found.tier.cls,
        "eligible": found.eligible,
        "because": found.because,
    }


def _in_shanghai(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)
