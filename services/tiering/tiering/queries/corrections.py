"""Corrections of reviews as the province's center reads them: before, after, why."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.spreadsheets.exporting import Exported
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.values import code_and_id
from regulations.reading import plain
from tiering.model.corrections import Compared, RatedBy
from tiering.model.months import month_text
from tiering.policies.corrections import told, why
from tiering.queries.units import UNITS

COLUMNS = """c.id, c.review_id, c.org_id, r.year, c.number, c.state, c.reason, r.valid_from, c.proposed_by, c.proposed_at,
c.decided_by, c.decided_at, c.dismissed_because, c.customers, c.changed, c.overridden, c.rewordings, c.version"""
FROM = "review_correction c JOIN review r ON r.id = c.review_id"
LINE_COLUMNS = "l.*, c.code, c.name"
LINES = "review_correction_line l LEFT JOIN customer c USING (customer_id)"
CONDITIONS = {
    "changed": "l.changed = {}",
    "moved": "l.moved = {}",
    "class_": "COALESCE(l.class::text, 'none') = {}",
    "former_class": "COALESCE(l.former_class::text, 'none') = {}",
    "org_id": f"l.org_id IN {UNITS}",
    "overridden": "(l.overridden_at IS NOT NULL) = {}",
}
# A standing line is of the review or of an earlier correction, each of which tells of its own.
SOURCES = """
SELECT source, array_agg(customer_id) AS customers FROM review_correction_line
WHERE correction_id = $1 AND customer_id = ANY ($2) AND source IS NOT NULL GROUP BY source
"""
REASONS = """
SELECT customer_id, because FROM explain_lines($1) WHERE customer_id = ANY ($2)
UNION ALL SELECT customer_id, because FROM explain_correction($1) WHERE customer_id = ANY ($2)
"""
STALE_COLUMNS = "s.*, c.code, c.name, c.responsible_org_id AS org_id"
STALE = "stale_customers($1) s JOIN customer c USING (customer_id)"


async def corrections(
    tx: Transaction, review_id: UUID, filters: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """List the corrections of a review, the newest first; raises NotFound."""
    await _review_must_be_there(tx, review_id)
    conditions = {"c.review_id = {}": review_id, **{f"c.{name} = {{}}": one for name, one in filters.items()}}
    listing = Listing(FROM, (Key("c.number", int, newest_first=True),), conditions, COLUMNS)
    return await listed(tx, listing, paging, _correction)


async def one_correction(tx: Transaction, correction_id: UUID) -> dict[str, Any]:
    """Give a correction with its counts and the wordings that changed; raises NotFound."""
    return _correction(await _head(tx, correction_id))


async def corrections_of(tx: Transaction, review_id: UUID) -> list[dict[str, Any]]:
    """Give the corrections that a review shows, in their order."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM {FROM} WHERE c.review_id = $1 ORDER BY c.number",  # noqa: S608
        review_id,
    )
    return [_correction(row) for row in rows]


async def lines(
    tx: Transaction, correction_id: UUID, filters: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """List the lines of a correction in a fixed order, each before and after, and what changed."""
    head = await _head(tx, correction_id)
    conditions = {
        "l.correction_id = {}": correction_id,
        **{CONDITIONS[name]: value for name, value in filters.items()},
    }
    listing = Listing(LINES, (Key("l.customer_id", UUID),), conditions, LINE_COLUMNS)
    answer = await listed(tx, listing, paging, _line(head))
    await _explain(tx, correction_id, answer.rows if isinstance(answer, Exported) else answer["items"])
    return answer


async def one_line(tx: Transaction, correction_id: UUID, reference: str) -> dict[str, Any]:
    """Give the line of a customer, with the whole explanation before and after; raises NotFound."""
    head = await _head(tx, correction_id)
    row = await tx.fetchrow(
        f"SELECT {LINE_COLUMNS} FROM {LINES} WHERE l.correction_id = $1 AND (c.code = $2 OR c.customer_id = $3)",  # noqa: S608
        correction_id,
        *code_and_id(reference),
    )
    if row is None:
        raise NotFound("该次更正中没有这个客户。", "The correction has no such customer.")
    line = _line(head)(row)
    await _explain(tx, correction_id, [line])
    return line


async def stale(tx: Transaction, review_id: UUID, paging: Paging) -> dict[str, Any]:
    """List whom figures recorded since a published review, or a merge, touch; raises NotFound."""
    await _review_must_be_there(tx, review_id)
    listing = Listing(STALE, (Key("s.customer_id", UUID),), {}, STALE_COLUMNS, given=(review_id,))
    return await listed(tx, listing, paging, _stale)


async def stale_count(tx: Transaction, review_id: UUID) -> int:
    """Count whom figures recorded since a published review, or a merge, touch."""
    count: int = await tx.fetchval("SELECT count(*) FROM stale_customers($1)", review_id)
    return count


async def _head(tx: Transaction, correction_id: UUID) -> Record:
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM {FROM} WHERE c.id = $1", correction_id)  # noqa: S608
    if row is None:
        raise NotFound("没有这次更正。", "There is no such correction.")
    return row


async def _explain(tx: Transaction, correction_id: UUID, shown: Sequence[Any]) -> None:
    """Put into each line why it gives its class, and why the one before it gave what it did."""
    ids = [line["customer_id"] for line in shown]
    after = await _reasons(tx, correction_id, ids)
    before: dict[UUID, dict[str, Any]] = {}
    for row in await tx.fetch(SOURCES, correction_id, ids):
        before |= await _reasons(tx, row["source"], row["customers"])
    for line in shown:
        line["before"]["because"] = before.get(line["customer_id"])
        line["after"]["because"] = after[line["customer_id"]]


async def _reasons(tx: Transaction, source: UUID, customers: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = await tx.fetch(REASONS, source, customers)
    return {row["customer_id"]: orjson.loads(row["because"]) for row in rows}


async def _review_must_be_there(tx: Transaction, review_id: UUID) -> None:
    if not await tx.fetchval("SELECT true FROM review WHERE id = $1", review_id):
        raise NotFound("没有这次年度评定。", "There is no such review.")


def _correction(row: Record) -> dict[str, Any]:
    wordings = [one for pair in orjson.loads(row["rewordings"]) for one in pair["wordings"]]
    return {
        "id": row["id"],
        "review_id": row["review_id"],
        "org_id": row["org_id"],
        "year": row["year"],
        "number": row["number"],
        "state": row["state"],
        "reason": row["reason"],
        "valid_from": row["valid_from"],
        "proposed_by": row["proposed_by"],
        "proposed_at": _in_shanghai(row["proposed_at"]),
        "decided_by": row["decided_by"],
        "decided_at": _in_shanghai(row["decided_at"]),
        "dismissed_because": row["dismissed_because"],
        "customers": row["customers"],
        "changed": row["changed"],
        "overridden": row["overridden"],
        "wordings": [one for place, one in enumerate(wordings) if one not in wordings[:place]],
        "version": row["version"],
    }


def _line(head: Record) -> Callable[[Record], dict[str, Any]]:
    wordings = {
        (pair["source"], pair["before"], pair["after"]): pair["wordings"]
        for pair in orjson.loads(head["rewordings"])
    }

    def view(row: Record) -> dict[str, Any]:
        reworded = wordings.get((str(row["source"]), row["former_profile"], row["profile"]), [])
        changes = why(_compared(row, head["year"], reworded))
        return {**_shown(row), "why": changes, "text": told(changes)}

    return view


def _compared(row: Record, year: int, wordings: Sequence[Mapping[str, Any]]) -> Compared:
    was = RatedBy(row["former_fees"], row["former_months"] or (), row["former_agreement"], row["former_rank"])
    return Compared(
        year=year,
        was=was if row["source"] else None,
        by_now=RatedBy(row["fees"], row["months"], row["agreement"], row["rank"]),
        merged=row["merged"] or (),
        wordings=wordings,
        moved=row["moved"],
    )


def _shown(row: Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        "before": {"scheme": row["former_scheme"], "tier": row["former_tier"], "class": row["former_class"]},
        "after": {"scheme": row["scheme"], "tier": row["tier"], "class": row["class"]},
        "changed": row["changed"],
        "moved": row["moved"],
        "revenue": plain(row["fees"]),
        "rank": row["rank"],
        "agreement": row["agreement"],
        "overdue_days": row["overdue_days"],
        "eligible": row["eligible"],
        "table_class": row["table_class"],
        "rated_class": row["suggested_class"],
        "override": _override(row),
        "valid_from": row["valid_from"],
    }


def _override(row: Record) -> dict[str, Any] | None:
    if row["overridden_at"] is None:
        return None
    return {
        "class": row["override_class"],
        "reason": row["override_reason"],
        "by": row["overridden_by"],
        "at": _in_shanghai(row["overridden_at"]),
        "kept": row["override_kept"],
    }


def _stale(row: Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        "usage_rows": row["usage_rows"],
        "months": [month_text(month) for month in row["months"]],
        "last_recorded": _in_shanghai(row["last_recorded"]),
        "merged": row["merged"],
    }


def _in_shanghai(instant: datetime | None) -> datetime | None:
    return instant.astimezone(SHANGHAI) if instant else None
