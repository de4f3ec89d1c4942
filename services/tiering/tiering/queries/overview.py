"""What a center wants on one screen: its customers, its revenue, who files, what is open, who moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.directory import Organisation
from chassis.transaction import Transaction
from tiering.model.months import month_text
from tiering.model.spans import Span, months_between
from tiering.policies.growth import growth, share
from tiering.queries.comparisons import PENDING, Asked
from tiering.queries.figures import LAST_PLACES, MEASURES, shown, summed_in

# Every month from the January of the year before, and what more the series shows; by class, for the share of key accounts.
MONTHS = """
SELECT f.month, f.class, sum(f.revenue) AS revenue, sum(f.pieces) AS pieces, sum(f.weight_kg) AS weight_kg
FROM unit_month f JOIN organisation o USING (org_id)
WHERE (o.orgpath = $1 OR o.orgpath ^@ ($1 || '.')) AND f.month BETWEEN $2 AND $3 GROUP BY f.month, f.class
"""
CUSTOMERS = """
SELECT f.month, f.class, f.importance, sum(f.customers) AS customers, sum(f.reported) AS reported
FROM unit_customers f JOIN organisation o USING (org_id)
WHERE (o.orgpath = $1 OR o.orgpath ^@ ($1 || '.')) AND f.month = ANY ($2) GROUP BY f.month, f.class, f.importance
"""
REVIEWS = """
SELECT r.id, r.org_id, r.year, r.state, r.customers, r.changed, r.overridden, r.proposed_at FROM review r
WHERE r.state IN ('proposing', 'proposed') ORDER BY r.proposed_at
"""
MOVERS = {
    way: f"""
SELECT m.customer_id, c.code, c.name, m.org_id, m.revenue, m.revenue_previous
FROM unit_mover m JOIN organisation o USING (org_id) JOIN customer c USING (customer_id)
WHERE (o.orgpath = $1 OR o.orgpath ^@ ($1 || '.')) AND m.month = $2 AND m.revenue {than} m.revenue_previous
ORDER BY m.revenue - m.revenue_previous {order}, m.customer_id LIMIT $3
"""  # noqa: S608 - constants
    for way, than, order in (("up", ">", "DESC"), ("down", "<", "ASC"))
}


@dataclass(frozen=True)
class Screen:
    """How much is shown: months of the series, movers each way."""

    months: int
    movers: int


async def overview(tx: Transaction, unit: Organisation, asked: Asked, screen: Screen) -> dict[str, Any]:
    """Give a unit's month with all below it; filings are added by who knows the law of their days."""
    span = asked.span
    first = span.month
    for _ in range(screen.months - 1):
        first = Span(first).previous
    rows = await tx.fetch(MONTHS, unit.orgpath, min(first, span.last_year), span.month)
    return {
        "org_id": unit.org_id,
        "name": unit.name,
        "kind": unit.kind,
        "month": month_text(span.month),
        "pending": await tx.fetchval(PENDING, unit.orgpath),
        "customers": _customers(await _counted(tx, unit.orgpath, span), rows, span),
        **shown(_summed(rows, span)),
        "key_accounts": _key_accounts(rows, span),
        "reviews_open": [_review(row) for row in await tx.fetch(REVIEWS)],
        "movers": {
            way: [_mover(row) for row in await tx.fetch(sql, unit.orgpath, span.month, screen.movers)]
            for way, sql in MOVERS.items()
        },
        "series": _series(rows, months_between(first, span.month)),
    }


async def _counted(tx: Transaction, orgpath: str, span: Span) -> list[Record]:
    return await tx.fetch(CUSTOMERS, orgpath, [span.month, span.previous, span.year_ago])


def _summed(rows: Sequence[Record], span: Span) -> dict[str, Decimal]:
    return summed_in(rows, span, MEASURES)


def _customers(counted: Sequence[Record], rows: Sequence[Record], span: Span) -> dict[str, Any]:
    """Count registered customers at the end of the month by class and importance, and those anything was reported of."""
    classes = sorted({row["class"] for row in [*counted, *rows] if row["class"] is not None})
    importances = sorted({row["importance"] for row in counted if row["importance"] is not None})
    return {
        **_grown(counted, span, "customers"),
        "reported": _grown(counted, span, "reported"),
        "key_accounts": _grown([row for row in counted if row["class"] is not None], span, "customers"),
        "by_class": [
            {"class": cls, **_grown([row for row in counted if row["class"] == cls], span, "customers"),
             "revenue": shown(_summed([row for row in rows if row["class"] == cls], span))["revenue"]}
            for cls in (*classes, None)
        ],
        "by_importance": [
            {"importance": one, **_grown([row for row in counted if row["importance"] == one], span, "customers")}
            for one in (*importances, None)
        ],
    }  # fmt: skip


def _grown(rows: Sequence[Record], span: Span, what: str) -> dict[str, Any]:
    now, before, ago = (
        sum(int(row[what]) for row in rows if row["month"] == month)
        for month in (span.month, span.previous, span.year_ago)
    )
    return {
        "month": now,
        "previous_month": before,
        "growth_month": growth(Decimal(now), Decimal(before)),
        "year_ago": ago,
        "growth_year": growth(Decimal(now), Decimal(ago)),
    }


def _key_accounts(rows: Sequence[Record], span: Span) -> dict[str, Any]:
    """Give the revenue of customers of a class and its share of all revenue, now and then."""
    keys, every = _summed([row for row in rows if row["class"] is not None], span), _summed(rows, span)
    shares = {
        "month": "revenue",
        "previous_month": "revenue_previous",
        "year_ago": "revenue_year_ago",
        "cumulative": "revenue_cumulative",
        "cumulative_year_ago": "revenue_cumulative_year_ago",
    }
    return {
        "revenue": shown(keys)["revenue"],
        "share": {name: share(keys[column], every[column]) for name, column in shares.items()},
    }


def _series(rows: Sequence[Record], months: Sequence[date]) -> list[dict[str, Any]]:
    return [_of_month([row for row in rows if row["month"] == month], month) for month in months]


def _of_month(rows: Sequence[Record], month: date) -> dict[str, Any]:
    keys = [row["revenue"] for row in rows if row["class"] is not None]
    return {
        "month": month_text(month),
        "revenue": sum((row["revenue"] for row in rows), Decimal(0)).quantize(LAST_PLACES["revenue"]),
        "key_account_revenue": sum(keys, Decimal(0)).quantize(LAST_PLACES["revenue"]),
        "pieces": sum(int(row["pieces"]) for row in rows),
        "weight_kg": sum((row["weight_kg"] for row in rows), Decimal(0)).quantize(LAST_PLACES["weight_kg"]),
    }


def _mover(row: Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        "revenue": row["revenue"],
        "previous_month": row["revenue_previous"],
        "change_month": row["revenue"] - row["revenue_previous"],
        "growth_month": growth(row["revenue"], row["revenue_previous"]),
    }


def _review(row: Record) -> dict[str, Any]:
    return {**row, "proposed_at": row["proposed_at"].astimezone(SHANGHAI)}
