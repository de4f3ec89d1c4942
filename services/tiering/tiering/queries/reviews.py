"""Reviews and their lines as the province's center reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.database import Pool
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.spreadsheets.exporting import Exported
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.values import code_and_id
from regulations.reading import plain
from tiering.model.reviews import ReviewState
from tiering.policies.reviews import growth
from tiering.queries.corrections import corrections_of, stale_count
from tiering.queries.units import UNITS

HEAD = "review r LEFT JOIN review_progress p ON p.review_id = r.id AND r.state = 'proposing'"
HEAD_COLUMNS = """r.id, r.org_id, r.year, r.state, r.valid_from, r.as_of, r.proposed_by, r.proposed_at, r.published_by,
r.published_at, r.superseded_by, r.withdrawn_by, r.withdrawn_at, r.withdrawn_reason, r.customers, r.changed, r.overridden,
r.version, p.share"""
LINES = "review_line l LEFT JOIN customer c USING (customer_id)"
LINE_COLUMNS = "l.*, c.code, c.name"
CONDITIONS = {
    "changed": "l.changed = {}",
    "class_": "COALESCE(l.class::text, 'none') = {}",
    "org_id": f"l.org_id IN {UNITS}",
    "overridden": "(l.overridden_at IS NOT NULL) = {}",
    "adjusted": "(l.suggested_class IS DISTINCT FROM l.table_class) = {}",
}
SORTS = {
    "revenue": Key("l.fees", Decimal),
    # Nothing in the year before comes behind everything lost.
    "growth": Key(
        "COALESCE((l.fees - l.prior_fees) / NULLIF(l.prior_fees, 0), -1)", Decimal, label="by_growth"
    ),
    "settlement_days": Key("COALESCE(l.settlement_days, 0)", int, label="by_settlement"),
    "overdue_days": Key("l.overdue_days", int),
    "class": Key("COALESCE(l.class, 0)", int, label="by_class"),
    "name": Key("COALESCE(c.name, '')", str, label="by_name"),
}
REASONS = "SELECT customer_id, because FROM explain_lines($1) WHERE customer_id = ANY ($2)"


async def reviews(tx: Transaction, filters: Mapping[str, Any], paging: Paging) -> dict[str, Any]:
    """List reviews, the newest first."""
    conditions = {f"r.{name} = {{}}": value for name, value in filters.items()}
    listing = Listing(HEAD, (Key("r.id", UUID, newest_first=True),), conditions, HEAD_COLUMNS)
    return await listed(tx, listing, paging, _review)


async def one_review(tx: Transaction, review_id: UUID) -> dict[str, Any]:
    """Give a review with its counts, how far it is, its corrections, and whom later figures touch; raises NotFound."""
    row = await _head(tx, review_id)
    published = row["state"] == ReviewState.PUBLISHED
    of_review = {
        "corrections": await corrections_of(tx, review_id),
        "stale": await stale_count(tx, review_id) if published else 0,
    }
    return {**_review(row), **of_review}


async def is_proposing(pool: Pool, review_id: UUID) -> bool:
    """Tell whether a proposal still goes on."""
    state = await pool.fetchval("SELECT state FROM review WHERE id = $1", review_id)
    return bool(state == ReviewState.PROPOSING)


async def lines(
    tx: Transaction, review_id: UUID, filters: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """List the lines of a review, each with its indicators and why; or export them."""
    await _head(tx, review_id)
    conditions = {
        "l.review_id = {}": review_id,
        **{CONDITIONS[name]: value for name, value in filters.items()},
    }
    listing = Listing(LINES, (Key("l.customer_id", UUID),), conditions, LINE_COLUMNS, sorts=SORTS)
    answer = await listed(tx, listing, paging, _line)
    await _explain(tx, review_id, answer.rows if isinstance(answer, Exported) else answer["items"])
    return answer


async def one_line(tx: Transaction, review_id: UUID, reference: str) -> dict[str, Any]:
    """Give the line of a customer; raises NotFound."""
    await _head(tx, review_id)
    row = await tx.fetchrow(
        f"SELECT {LINE_COLUMNS} FROM {LINES} WHERE l.review_id = $1 AND (c.code = $2 OR c.customer_id = $3)",  # noqa: S608
        review_id,
        *code_and_id(reference),
    )
    if row is None:
        raise NotFound("该次评定中没有这个客户。", "The review has no such customer.")
    line = _line(row)
    await _explain(tx, review_id, [line])
    return line


async def _head(tx: Transaction, review_id: UUID) -> Record:
    row = await tx.fetchrow(f"SELECT {HEAD_COLUMNS} FROM {HEAD} WHERE r.id = $1", review_id)  # noqa: S608
    if row is None:
        raise NotFound("没有这次年度评定。", "There is no such review.")
    return row


async def _explain(tx: Transaction, review_id: UUID, shown: Sequence[Any]) -> None:
    """Put into each line why it proposes its class."""
    rows = await tx.fetch(REASONS, review_id, [line["customer_id"] for line in shown])
    reasons = {row["customer_id"]: row["because"] for row in rows}
    for line in shown:
        line["because"] = orjson.loads(reasons[line["customer_id"]])


def _review(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "org_id": row["org_id"],
        "year": row["year"],
        "state": row["state"],
        "progress": _progress(row),
        "valid_from": row["valid_from"],
        "as_of": row["as_of"],
        "proposed_by": row["proposed_by"],
        "proposed_at": _in_shanghai(row["proposed_at"]),
        "withdrawn": _withdrawal(row),
        "published_by": row["published_by"],
        "published_at": _in_shanghai(row["published_at"]),
        "superseded_by": row["superseded_by"],
        "customers": row["customers"],
        "changed": row["changed"],
        "overridden": row["overridden"],
        "version": row["version"],
    }


def _progress(row: Record) -> str | None:
    """Give the share of a proposal that is done; null where it was given up before it was whole."""
    if row["state"] == ReviewState.PROPOSING:
        return str(row["share"] or 0)
    return str(1) if row["customers"] or row["state"] != ReviewState.WITHDRAWN else None


def _withdrawal(row: Record) -> dict[str, Any] | None:
    if row["withdrawn_at"] is None:
        return None
    return {
        "reason": row["withdrawn_reason"],
        "by": row["withdrawn_by"],
        "at": _in_shanghai(row["withdrawn_at"]),
    }


def _line(row: Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        "revenue": plain(row["fees"]),
        "prior_revenue": plain(row["prior_fees"]),
        "growth": plain(growth(row["fees"], row["prior_fees"])),
        "settlement_days": row["settlement_days"],
        "overdue_days": row["overdue_days"],
        "place": row["place"],
        "importance_level": row["importance_level"],
        "agreement": row["agreement"],
        "rank": row["rank"],
        "eligible": row["eligible"],
        "table_class": row["table_class"],
        "suggested_class": row["suggested_class"],
        "scheme": row["scheme"],
        "tier": row["tier"],
        "class": row["class"],
        "former": {"scheme": row["former_scheme"], "tier": row["former_tier"], "class": row["former_class"]},
        "changed": row["changed"],
        "valid_from": row["valid_from"],
        "override": _override(row),
        "because": None,
    }


def _override(row: Record) -> dict[str, Any] | None:
    if row["overridden_at"] is None:
        return None
    return {
        "reason": row["override_reason"],
        "by": row["overridden_by"],
        "at": _in_shanghai(row["overridden_at"]),
    }


def _in_shanghai(instant: datetime | None) -> datetime | None:
    return instant.astimezone(SHANGHAI) if instant else None
