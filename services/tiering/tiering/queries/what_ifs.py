"""What-ifs as the province's center and inspectors read them; each answer says that it is one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
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
from regulations.reading import plain
from tiering.model.tiers import CENT
from tiering.model.what_ifs import KIND, MOVES, PRESENT_LAW
from tiering.queries.units import UNITS
from tiering.tables.what_ifs import HEAD

NOTHING = Decimal(0).quantize(CENT)
NOTE = {
    "zh": "这是假设测算，不是客户级别；任何级别、价格和服务都不以此为据。",
    "en": "This is a what-if and no class; no class, price or service follows from it.",
}
CONDITIONS = {
    "year": "w.year = {}",
    "org_id": f"w.org_id IN {UNITS}",
    "base": "w.base_id = {}",
    "name": "strpos(w.name, {}) > 0",
}
SORTS = {
    "name": Key("w.name", str),
    "year": Key("w.year", int),
    "moved": Key("w.moved", int),
    "revenue_affected": Key("w.revenue_affected", Decimal),
}
FLOWS = """
SELECT from_class, to_class, direction, sum(customers)::bigint AS customers, sum(revenue) AS revenue,
  sum(from_key_accounts)::bigint AS from_key_accounts, sum(to_key_accounts)::bigint AS to_key_accounts
FROM what_if_flow WHERE what_if_id = $1
GROUP BY from_class, to_class, direction ORDER BY from_class NULLS LAST, to_class NULLS LAST, direction
"""
# Each organisation right below the one that is covered, with all below it; what belongs to that one itself stands beside.
UNIT_FLOWS = """
SELECT part.org_id, part.name, f.direction, sum(f.customers)::bigint AS customers, sum(f.revenue) AS revenue
FROM what_if_flow f JOIN organisation unit USING (org_id) JOIN organisation top ON top.org_id = $2
JOIN organisation part ON (part.parent_id = top.org_id OR part.org_id = top.org_id AND unit.org_id = top.org_id)
  AND (unit.orgpath = part.orgpath OR unit.orgpath ^@ (part.orgpath || '.'))
WHERE f.what_if_id = $1 GROUP BY part.org_id, part.name, f.direction ORDER BY part.org_id
"""


async def what_ifs(tx: Transaction, filters: Mapping[str, Any], paging: Paging) -> dict[str, Any]:
    """List what-ifs, the newest first."""
    conditions = {CONDITIONS[name]: value for name, value in filters.items()}
    columns = ", ".join(f"w.{column.strip()}" for column in HEAD.split(","))
    keys = (Key("w.id", UUID, newest_first=True),)
    return marked(
        await listed(tx, Listing("what_if w", keys, conditions, columns, sorts=SORTS), paging, summary)
    )


async def one_what_if(tx: Transaction, what_if_id: UUID) -> dict[str, Any]:
    """Give a what-if whole: its summary, its flows, its drafts and the law it was worked out by; raises NotFound."""
    row = await head_of(tx, what_if_id)
    layers = orjson.loads(row["layers"])
    flows = await tx.fetch(FLOWS, what_if_id)
    return {
        **summary(row),
        "note": NOTE,
        "directions": directions(flows),
        "key_accounts": {
            "from": sum(flow["from_key_accounts"] for flow in flows),
            "to": sum(flow["to_key_accounts"] for flow in flows),
        },
        "flows": [flow_of(flow) for flow in flows],
        "units": _units(await tx.fetch(UNIT_FLOWS, what_if_id, row["org_id"])),
        **layers[-1],
        "inherited": layers[:-1],
        "changes": orjson.loads(row["changes"]),
        "law": orjson.loads(row["law"]),
    }


async def head_of(tx: Transaction, what_if_id: UUID, pointer: str | None = None) -> Record:
    """Give the row of a what-if; raises NotFound."""
    row = await tx.fetchrow(f"SELECT {HEAD}, layers, changes, law FROM what_if WHERE id = $1", what_if_id)  # noqa: S608
    if row is None:
        raise NotFound("没有这个假设测算。", "There is no such what-if.", pointer=pointer)
    return row


def marked(answer: dict[str, Any]) -> dict[str, Any]:
    """Give a list that says what it is; an export says so in every row."""
    return answer if isinstance(answer, Exported) else {"kind": KIND, **answer}


def summary(row: Record) -> dict[str, Any]:
    """Give what is said of a what-if wherever it is named."""
    return {
        "kind": KIND,
        "id": row["id"],
        "name": row["name"],
        "center_org_id": row["center_org_id"],
        "org_id": row["org_id"],
        "year": row["year"],
        "law_of": _text(row["valid_from"]),
        "as_of": _text(row["as_of"]),
        "base": {"id": row["base_id"], "name": row["base_name"] or PRESENT_LAW},
        "made_by": row["made_by"],
        "made_at": row["made_at"].astimezone(SHANGHAI),
        "customers": row["customers"],
        "moved": row["moved"],
        "revenue": plain(row["revenue"]),
        "revenue_affected": plain(row["revenue_affected"]),
    }


def directions(flows: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Give how many move each way, with their yearly fees."""
    return {
        str(way): {
            "customers": sum(flow["customers"] for flow in flows if flow["direction"] == way),
            "revenue": plain(fees_of(flow for flow in flows if flow["direction"] == way)),
        }
        for way in MOVES
    }


def fees_of(flows: Iterable[Record]) -> Decimal:
    """Add the yearly fees of flows up, to the cent."""
    return sum((flow["revenue"] for flow in flows), NOTHING)


def flow_of(flow: Record) -> dict[str, Any]:
    """Give one flow from class to class; null is no class."""
    return {
        "from": flow["from_class"],
        "to": flow["to_class"],
        "direction": flow["direction"],
        "customers": flow["customers"],
        "revenue": plain(flow["revenue"]),
    }


def _units(flows: Sequence[Record]) -> list[dict[str, Any]]:
    units: dict[str, list[Record]] = {}
    for flow in flows:
        units.setdefault(flow["org_id"], []).append(flow)
    return [
        {
            "org_id": org_id,
            "name": own[0]["name"],
            "customers": sum(flow["customers"] for flow in own),
            "moved": sum(flow["customers"] for flow in own if flow["direction"] in MOVES),
            "revenue_affected": plain(fees_of(flow for flow in own if flow["direction"] in MOVES)),
            **directions(own),
        }
        for org_id, own in units.items()
    ]


def _text(day: date) -> str:
    return day.isoformat()
