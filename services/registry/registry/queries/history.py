"""What happened to a customer: who changed what, when, from what, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from registry.queries.customers import row_of
from registry.queries.searching import contains
from registry.tables.shapes import from_json, moment

TOLD = """
    (SELECT event_id, type, aggregate, version, actor, time, payload FROM event_log
     UNION ALL SELECT event_id, type, aggregate, version, actor, time, payload FROM outbox) told
"""
# Of those that were merged into it too. What was told of the customer itself is read past the path of its moment, by
# whoever has it in sight now: its history goes with it.
OWN = """
    SELECT array_agg(aggregate) FROM (
      SELECT 'declaration:' || declaration_id AS aggregate FROM declaration WHERE customer_id = ANY ($1::uuid[])
      UNION ALL SELECT 'claim:' || claim_id FROM claim WHERE customer_id = ANY ($1::uuid[])
      UNION ALL SELECT 'visit:' || visit_id FROM visit WHERE customer_id = ANY ($1::uuid[])) own
"""
SOURCE = f"""
    (SELECT told.* FROM {TOLD} WHERE told.aggregate = ANY ($2::text[])
     UNION ALL SELECT * FROM told_of_customers($1::uuid[])) t
"""  # noqa: S608 - a text of our own
COLUMNS = f"""
    t.*, (SELECT told.payload FROM {TOLD} WHERE told.aggregate = t.aggregate AND told.version = t.version - 1) AS former
"""  # noqa: S608 - a text of our own
CONDITIONS = {"kind": "t.type LIKE {}", "from_": "t.time >= {}", "to": "t.time < {}"}
SORTS = {"at": Key("t.time", datetime.fromisoformat)}
# Keyed digests tell a reader nothing, and the reason stands beside the changes.
UNSHOWN = frozenset({"phone_keys", "because"})


async def history(
    tx: Transaction, key: str, filters: Mapping[str, Any], paging: Paging, law: Snapshot
) -> dict[str, Any]:
    """List everything that was told of a customer, its declarations, claims, assignment and visits, newest first."""
    row = await row_of(tx, key)
    same = await tx.fetchval("SELECT same_customer($1)", row["customer_id"])
    own = await tx.fetchval(OWN, same)
    asked = {**filters, "kind": contains(filters["kind"])} if "kind" in filters else filters
    listing = Listing(
        SOURCE,
        (Key("t.event_id", UUID, newest_first=True),),
        {text: asked.get(name) for name, text in CONDITIONS.items()},
        COLUMNS,
        given=(same, own or []),
        sorts=SORTS,
    )
    return await listed(tx, listing, paging, lambda row: _fact(row, law))


def _fact(row: asyncpg.Record, law: Snapshot) -> dict[str, Any]:
    data = {name: value for name, value in from_json(row["payload"]).items() if name != "phone_keys"}
    former = from_json(row["former"])
    person = law.staff.get(row["actor"])
    return {
        "event_id": row["event_id"],
        "at": moment(row["time"]),
        "type": row["type"],
        "aggregate": row["aggregate"],
        "actor": row["actor"],
        "by": person.name if person else None,
        "version": row["version"],
        "changes": changes(former, data) if former is not None else [],
        "reason": data.get("reason"),
        "because": data.get("because"),
        "data": data,
    }


def changes(former: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Name each member that differs from the version before, with what it was and what it became."""
    before, after = _flat(former), _flat(data)
    return [
        {"field": name, "from": before.get(name), "to": after.get(name)}
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _flat(data: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if not under and name in UNSHOWN:
            continue
        flat |= _flat(value, f"{under}{name}.") if isinstance(value, Mapping) else {f"{under}{name}": value}
    return flat
