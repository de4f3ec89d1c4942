"""Two what-ifs side by side: what each does to the same customers, and where they differ."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.transaction import Transaction
from regulations.reading import plain
from tiering.model.what_if_refusals import NotComparable
from tiering.model.what_ifs import KIND
from tiering.queries.what_ifs import FLOWS, NOTE, NOTHING, directions, head_of, summary

# Of whom both move: whether they end alike.
MOVERS = """
SELECT count(*) FILTER (WHERE b.customer_id IS NULL) AS only_this,
  count(*) FILTER (WHERE a.customer_id IS NULL) AS only_other,
  count(*) FILTER (WHERE alike) AS alike, count(*) FILTER (WHERE NOT alike) AS unlike,
  COALESCE(sum(a.fees) FILTER (WHERE b.customer_id IS NULL), $3) AS only_this_revenue,
  COALESCE(sum(b.fees) FILTER (WHERE a.customer_id IS NULL), $3) AS only_other_revenue,
  COALESCE(sum(a.fees) FILTER (WHERE alike), $3) AS alike_revenue,
  COALESCE(sum(a.fees) FILTER (WHERE NOT alike), $3) AS unlike_revenue
FROM (SELECT * FROM what_if_mover WHERE what_if_id = $1) a
FULL JOIN (SELECT * FROM what_if_mover WHERE what_if_id = $2) b USING (customer_id)
CROSS JOIN LATERAL (SELECT CASE WHEN a.what_if_id IS NOT NULL AND b.what_if_id IS NOT NULL
  THEN ROW(a.to_class, a.to_scheme, a.to_tier, a.to_eligible)
    IS NOT DISTINCT FROM ROW(b.to_class, b.to_scheme, b.to_tier, b.to_eligible) END AS alike) c
"""
GROUPS = ("only_this", "only_other", "alike", "unlike")
Way = tuple[int | None, int | None, str]


async def comparison(tx: Transaction, what_if_id: UUID, other_id: UUID) -> dict[str, Any]:
    """Set one what-if beside another of the same year over the same organisations; raises NotFound, NotComparable."""
    this = await head_of(tx, what_if_id)
    other = await comparable(tx, this, other_id, "?with")
    flows = [await tx.fetch(FLOWS, one["id"]) for one in (this, other)]
    (found,) = await tx.fetch(MOVERS, what_if_id, other_id, NOTHING)
    return {
        "kind": KIND,
        "note": NOTE,
        "this": {**summary(this), "directions": directions(flows[0])},
        "other": {**summary(other), "directions": directions(flows[1])},
        "flows": _beside(*flows),
        "movers": {
            group: {"customers": found[group], "revenue": plain(found[f"{group}_revenue"])}
            for group in GROUPS
        },
    }


async def comparable(tx: Transaction, this: Record, other_id: UUID, pointer: str) -> Record:
    """Give another what-if of the same year over the same organisations; raises NotFound, NotComparable."""
    other = await head_of(tx, other_id, pointer=pointer)
    if (this["year"], this["org_id"]) != (other["year"], other["org_id"]):
        raise NotComparable.of(pointer)
    return other


def _beside(these: list[Record], others: list[Record]) -> list[dict[str, Any]]:
    sides: list[dict[Way, Record]] = [{_way(flow): flow for flow in flows} for flows in (these, others)]
    ways = sorted(sides[0].keys() | sides[1].keys(), key=lambda way: tuple(str(part or "~") for part in way))
    return [
        {
            "from": way[0],
            "to": way[1],
            "direction": way[-1],
            "this": _side(sides[0].get(way)),
            "other": _side(sides[1].get(way)),
            "difference": _difference(sides[0].get(way), sides[1].get(way)),
        }
        for way in ways
    ]


def _way(flow: Record) -> Way:
    return flow["from_class"], flow["to_class"], flow["direction"]


def _figures(flow: Record | None) -> tuple[int, Decimal]:
    return (flow["customers"], flow["revenue"]) if flow else (0, NOTHING)


def _side(flow: Record | None) -> dict[str, Any]:
    customers, revenue = _figures(flow)
    return {"customers": customers, "revenue": plain(revenue)}


def _difference(this: Record | None, other: Record | None) -> dict[str, Any]:
    """Give how much more the other has."""
    (customers, revenue), (others, fees) = _figures(this), _figures(other)
    return {"customers": others - customers, "revenue": plain(fees - revenue)}
