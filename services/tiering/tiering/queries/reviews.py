"""Reviews and their lines as the province's center reads them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.values import code_and_id
from regulations.reading import plain
from tiering.policies.law import ClassLaw
from tiering.policies.reviews import explained, growth
from tiering.queries.units import UNITS
from tiering.tables.review_lines import REVIEW_COLUMNS, laws_of, line_of

LINES = "review_line l LEFT JOIN customer c USING (customer_id)"
LINE_COLUMNS = "l.*, c.code, c.name"
CONDITIONS = {
    "changed": "l.changed = {}",
    "class_": "l.class = {}",
    "org_id": f"l.org_id IN {UNITS}",
    "overridden": "(l.overridden_at IS NOT NULL) = {}",
    "adjusted": "(l.suggested_class IS DISTINCT FROM l.table_class) = {}",
}


async def reviews(tx: Transaction, filters: Mapping[str, Any], paging: Paging) -> dict[str, Any]:
    """List reviews, the newest first."""
    conditions = {f"r.{name} = {{}}": value for name, value in filters.items()}
    listing = Listing("review r", (Key("r.id", UUID, newest_first=True),), conditions, REVIEW_COLUMNS)
    return await listed(tx, listing, paging, _review)


async def one_review(tx: Transaction, review_id: UUID) -> dict[str, Any]:
    """Give a review with its counts; raises NotFound."""
    return _review(await _head(tx, review_id))


async def lines(
    tx: Transaction, review_id: UUID, filters: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """List the lines of a review in a fixed order, each with its indicators and why."""
    head = await _head(tx, review_id)
    conditions = {
        "l.review_id = {}": review_id,
        **{CONDITIONS[name]: value for name, value in filters.items()},
    }
    listing = Listing(LINES, (Key("l.customer_id", UUID),), conditions, LINE_COLUMNS)
    return await listed(tx, listing, paging, _shown(laws_of(head["law"]), head["year"]))


async def one_line(tx: Transaction, review_id: UUID, reference: str) -> dict[str, Any]:
    """Give the line of a customer; raises NotFound."""
    head = await _head(tx, review_id)
    row = await tx.fetchrow(
        f"SELECT {LINE_COLUMNS} FROM {LINES} WHERE l.review_id = $1 AND (c.code = $2 OR c.customer_id = $3)",  # noqa: S608
        review_id,
        *code_and_id(reference),
    )
    if row is None:
        raise NotFound("该次评定中没有这个客户。", "The review has no such customer.")
    return _shown(laws_of(head["law"]), head["year"])(row)


async def _head(tx: Transaction, review_id: UUID) -> Record:
    row = await tx.fetchrow(f"SELECT {REVIEW_COLUMNS}, law FROM review WHERE id = $1", review_id)  # noqa: S608
    if row is None:
        raise NotFound("没有这次年度评定。", "There is no such review.")
    return row


def _review(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "org_id": row["org_id"],
        "year": row["year"],
        "state": row["state"],
        "valid_from": row["valid_from"],
        "as_of": row["as_of"],
        "proposed_by": row["proposed_by"],
        "proposed_at": _in_shanghai(row["proposed_at"]),
        "published_by": row["published_by"],
        "published_at": _in_shanghai(row["published_at"]),
        "superseded_by": row["superseded_by"],
        "customers": row["customers"],
        "changed": row["changed"],
        "overridden": row["overridden"],
        "version": row["version"],
    }


def _shown(laws: Mapping[int, ClassLaw], year: int) -> Callable[[Record], dict[str, Any]]:
    def view(row: Record) -> dict[str, Any]:
        line = line_of(row, year)
        return {
            "customer_id": line.customer_id,
            "customer_code": row["code"],
            "name": row["name"],
            "org_id": line.org_id,
            "revenue": plain(line.figures.fees),
            "prior_revenue": plain(line.prior_fees),
            "growth": plain(growth(line.figures.fees, line.prior_fees)),
            "settlement_days": line.settlement_days,
            "overdue_days": line.overdue_days,
            "place": line.figures.place,
            "importance_level": line.figures.importance_level,
            "agreement": line.figures.agreement,
            "rank": line.figures.rank,
            "eligible": line.eligible,
            "table_class": line.table_class,
            "suggested_class": line.suggested_class,
            "scheme": line.tier.scheme,
            "tier": line.tier.tier,
            "class": line.tier.cls,
            "former": {"scheme": line.former.scheme, "tier": line.former.tier, "class": line.former.cls},
            "changed": line.changed,
            "valid_from": line.valid_from,
            "override": _override(row),
            "because": explained(line, laws[line.profile]).to_json(),
        }

    return view


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
