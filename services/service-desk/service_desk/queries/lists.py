"""Lists of cases, newest first; headers only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.http.paging import decode_cursor, encode_cursor, page
from chassis.transaction import Transaction
from contracts.refusals import InvalidValue
from service_desk.queries.readers import in_shanghai

CURSOR_KEYS = ("received_at", "id")

# Filter → its condition; only these names ever reach the SQL text, values are parameters.
COMPLAINT_FILTERS = {
    "state": "c.state = {}",
    "channel": "c.channel = {}",
    "category": "c.category = {}",
    "first_responder": "c.first_responder_org_id = {}",
    "handler": "c.handler_org_id = {}",
    "customer_id": "c.customer_id = {}",
    "open": "(c.ended_at IS NULL) = {}",
}
COMPENSATION_FILTERS = {
    name: COMPLAINT_FILTERS[name] for name in ("state", "channel", "first_responder", "customer_id", "open")
}
COMPLAINT_COLUMNS = """c.id, c.case_no, 'complaint' AS type, c.state, c.version, c.channel, c.category, c.cycle, c.level,
c.received_at, c.ended_at, c.customer_id, k.name AS customer_name, c.service_class AS class, c.vip,
c.first_responder_org_id AS first_responder, c.handler_org_id AS handler, c.cause, c.link, c.satisfaction,
clocks_of('complaint', c.id::text) AS deadlines"""
COMPENSATION_COLUMNS = """c.id, c.case_no, 'compensation' AS type, c.state, c.version, c.channel, c.cause, c.above_limit,
c.received_at, c.ended_at, c.customer_id, k.name AS customer_name, c.service_class AS class, c.vip,
c.first_responder_org_id AS first_responder, c.complaint_case_no AS complaint,
clocks_of('compensation', c.id::text) AS deadlines"""


@dataclass(frozen=True)
class Listing:
    """Which table, what of it, and by what it may be filtered."""

    table: str
    columns: str
    filters: Mapping[str, str]


COMPLAINTS = Listing("complaint", COMPLAINT_COLUMNS, COMPLAINT_FILTERS)
COMPENSATIONS = Listing("compensation", COMPENSATION_COLUMNS, COMPENSATION_FILTERS)


@dataclass(frozen=True)
class Asked:
    """One page of a list; `total` is counted up to `total_exact_to`."""

    limit: int
    cursor: str | None
    total_exact_to: int
    filters: Mapping[str, object] = field(default_factory=dict)


async def cases(tx: Transaction, listing: Listing, asked: Asked) -> dict[str, Any]:
    """Give a page of cases in the caller's scope."""
    conditions, values = _conditions(listing, asked)
    where = " AND ".join(conditions) or "true"
    total = await tx.fetchval(
        f"SELECT count(*) FROM (SELECT FROM {listing.table} c WHERE {where} LIMIT {asked.total_exact_to}) x",  # noqa: S608
        *values,
    )
    after = _after(asked.cursor)
    if after is not None:
        where += f" AND (c.received_at, c.id) < (${len(values) + 1}, ${len(values) + 1 + 1})"
        values = [*values, *after]
    rows = await tx.fetch(
        f"SELECT {listing.columns} FROM {listing.table} c LEFT JOIN customer k USING (customer_id) WHERE {where}"  # noqa: S608
        f" ORDER BY c.received_at DESC, c.id DESC LIMIT {asked.limit + 1}",
        *values,
    )
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    cursor = encode_cursor(shown[-1]["received_at"], shown[-1]["id"]) if more else None
    return page([_item(row) for row in shown], cursor, total)


def _conditions(listing: Listing, asked: Asked) -> tuple[list[str], list[object]]:
    given = {name: value for name, value in asked.filters.items() if value is not None}
    conditions = [listing.filters[name].format(f"${number}") for number, name in enumerate(given, 1)]
    return conditions, list(given.values())


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    keys = decode_cursor(cursor, len(CURSOR_KEYS))
    if keys is None:
        return None
    try:
        return datetime.fromisoformat(keys[0]), UUID(keys[1])
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidValue("翻页游标无效", "The cursor is not one of ours", pointer="?cursor") from error


def _item(row: Record) -> dict[str, Any]:
    return {
        **row,
        "received_at": in_shanghai(row["received_at"]),
        "ended_at": in_shanghai(row["ended_at"]),
        "deadlines": orjson.loads(row["deadlines"]),
    }
