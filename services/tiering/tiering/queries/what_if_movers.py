"""Who would move, as rows and one by one with both explanations."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.values import code_and_id
from regulations.reading import plain
from tiering.model.what_ifs import KIND
from tiering.policies.what_if_drafts import DRAFT
from tiering.policies.what_if_words import Side, why
from tiering.queries.units import UNITS
from tiering.queries.what_if_comparisons import comparable
from tiering.queries.what_ifs import head_of, marked

SOURCE = "what_if_mover m LEFT JOIN customer c USING (customer_id)"
COLUMNS = "m.*, c.code, c.name"
CONDITIONS = {
    "from_": "COALESCE(m.from_class::text, 'none') = {}",
    "to": "COALESCE(m.to_class::text, 'none') = {}",
    "direction": "m.direction = {}",
    "org_id": f"m.org_id IN {UNITS}",
    "unlike": """NOT EXISTS (SELECT FROM what_if_mover x WHERE x.what_if_id = {} AND x.customer_id = m.customer_id
      AND ROW(x.to_class, x.to_scheme, x.to_tier, x.to_eligible)
        IS NOT DISTINCT FROM ROW(m.to_class, m.to_scheme, m.to_tier, m.to_eligible))""",
}
KEYS = (Key("m.fees", Decimal, newest_first=True), Key("m.customer_id", UUID))
SORTS = {"revenue": Key("m.fees", Decimal), "org_id": Key("m.org_id", str)}


async def movers(
    tx: Transaction, what_if_id: UUID, filters: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """List who would move, the greatest revenue first; raises NotFound, NotComparable."""
    head = await head_of(tx, what_if_id)
    if filters.get("unlike"):
        await comparable(tx, head, filters["unlike"], "?unlike")
    conditions = {
        "m.what_if_id = {}": what_if_id,
        **{CONDITIONS[name]: value for name, value in filters.items()},
    }
    counted = None if "org_id" in filters else "what_if_mover m"
    listing = Listing(SOURCE, KEYS, conditions, COLUMNS, counted=counted, sorts=SORTS)
    return marked(await listed(tx, listing, paging, _shown(head["year"])))


async def one_mover(tx: Transaction, what_if_id: UUID, reference: str) -> dict[str, Any]:
    """Give one of them with why it has the one class and would have the other; raises NotFound."""
    head = await head_of(tx, what_if_id)
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE m.what_if_id = $1 AND (c.code = $2 OR m.customer_id = $3)",  # noqa: S608
        what_if_id,
        *code_and_id(reference),
    )
    if row is None:
        raise NotFound("该客户不在变动名单中。", "This customer is not among those who would move.")
    told = await tx.fetchrow("SELECT * FROM explain_mover($1, $2)", what_if_id, row["customer_id"])
    if told is None:
        raise LookupError("a mover that was just read is not there")
    shown = _shown(head["year"])(row)
    before, after = orjson.loads(told["from_because"]), orjson.loads(told["to_because"])
    return {
        **shown,
        "from": {**shown["from"], "because": before},
        "to": {**shown["to"], "because": after},
        "months": {
            f"{head['year']}-{number:02}": plain(fees) for number, fees in enumerate(row["months"], 1)
        },
        "drafted": [one["rule"] for one in after["reasons"] if one["article"] == DRAFT],
    }


def _shown(year: int) -> Callable[[Record], dict[str, Any]]:
    def view(row: Record) -> dict[str, Any]:
        before, after = _side(row, "from"), _side(row, "to")
        return {
            "kind": KIND,
            "what_if_id": row["what_if_id"],
            "customer_id": row["customer_id"],
            "customer_code": row["code"],
            "name": row["name"],
            "org_id": row["org_id"],
            "direction": row["direction"],
            "revenue": plain(row["fees"]),
            "prior_revenue": plain(row["prior_fees"]),
            "agreement": row["agreement"],
            "importance_level": row["importance_level"],
            "overdue_days": row["overdue_days"],
            "from": _given(row, "from", before),
            "to": _given(row, "to", after),
            "why": why(before, after, row["fees"], year),
        }

    return view


def _side(row: Record, side: str) -> Side:
    return Side(
        row[f"{side}_eligible"],
        row[f"{side}_table_class"],
        row[f"{side}_class"],
        row[f"{side}_scheme"],
        row[f"{side}_tier"],
    )


def _given(row: Record, name: str, side: Side) -> dict[str, Any]:
    return {
        "class": side.cls,
        "table_class": side.table_class,
        "scheme": side.scheme,
        "tier": side.tier,
        "eligible": side.eligible,
        "place": row[f"{name}_place"],
        "rank": row[f"{name}_rank"],
    }
