"""Lists of cases, newest first; headers only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from service_desk.queries.readers import in_shanghai

SORTED_CUSTOMER = "sorted_customer"
ORDER = (
    Key("c.received_at", datetime.fromisoformat, newest_first=True),
    Key("c.id", UUID, newest_first=True),
)

CaseSort = Literal[
    "received_at", "-received_at", "case_no", "-case_no", "state", "-state", "customer", "-customer"
]


def sorts_of(table: str) -> dict[str, Key]:
    """Give by what a list of cases may be sorted (`CaseSort`), its table and its customers under these names."""
    return {
        "received_at": Key(f"{table}.received_at", datetime.fromisoformat),
        "case_no": Key(f"{table}.case_no", str),
        "state": Key(f"{table}.state", str),
        "customer": Key("COALESCE(k.name, '')", str, label=SORTED_CUSTOMER),
    }


def without_sorted(row: Record) -> dict[str, Any]:
    """Give what is shown of a row: not what it was only sorted by."""
    return {name: value for name, value in row.items() if name != SORTED_CUSTOMER}


# Filter → its condition; only these names ever reach the SQL text, values are parameters.
COMPLAINT_FILTERS = {
    "state": "c.state = {}",
    "channel": "c.channel = {}",
    "category": "c.category = {}",
    "first_responder": "c.first_responder_org_id = {}",
    "handler": "c.handler_org_id = {}",
    "customer_id": "c.customer_id = ANY ((SELECT ids_of({}))::uuid[])",
    "open": "(c.ended_at IS NULL) = {}",
}
COMPENSATION_FILTERS = {
    name: COMPLAINT_FILTERS[name] for name in ("state", "channel", "first_responder", "customer_id", "open")
}
COMPLAINT_COLUMNS = """c.id, c.case_no, 'complaint' AS type, c.state, c.version, c.channel, c.category, c.cycle, c.level,
c.handovers,
c.received_at, c.ended_at, c.customer_id, k.name AS customer_name, c.service_class AS class, c.vip,
c.first_responder_org_id AS first_responder, c.handler_org_id AS handler, c.cause, c.link, c.satisfaction,
clocks_of('complaint', c.id::text) AS deadlines"""
COMPENSATION_COLUMNS = """c.id, c.case_no, 'compensation' AS type, c.state, c.version, c.channel, c.cause, c.above_limit,
c.received_at, c.ended_at, c.customer_id, k.name AS customer_name, c.service_class AS class, c.vip,
c.first_responder_org_id AS first_responder, c.complaint_case_no AS complaint,
clocks_of('compensation', c.id::text) AS deadlines"""


@dataclass(frozen=True)
class Cases:
    """Which table, what of it, and by what it may be filtered."""

    table: str
    columns: str
    filters: Mapping[str, str]


COMPLAINTS = Cases("complaint c", COMPLAINT_COLUMNS, COMPLAINT_FILTERS)
COMPENSATIONS = Cases("compensation c", COMPENSATION_COLUMNS, COMPENSATION_FILTERS)


async def cases(tx: Transaction, of: Cases, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """Give a page of cases in the caller's scope."""
    conditions = {of.filters[name]: value for name, value in filters.items()}
    source = f"{of.table} LEFT JOIN customer k USING (customer_id)"
    listing = Listing(source, ORDER, conditions, of.columns, counted=of.table, sorts=sorts_of("c"))
    return await listed(tx, listing, paging, _item)


def _item(row: Record) -> dict[str, Any]:
    return {
        **without_sorted(row),
        "received_at": in_shanghai(row["received_at"]),
        "ended_at": in_shanghai(row["ended_at"]),
        "deadlines": orjson.loads(row["deadlines"]),
    }
