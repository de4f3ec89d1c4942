"""A review beside the published one of the year before: how many of each class, who moved, who came and who went."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.transaction import Transaction
from contracts.refusals import NotFound
from regulations.reading import plain

HEAD = "SELECT id, org_id, year, state, valid_from FROM review WHERE id = $1"
BEFORE = """
SELECT id, org_id, year, state, valid_from FROM review WHERE org_id = $1 AND year = $2 - 1 AND state = 'published'
"""
# Both as they stand, approved corrections included. Who stands in one of the two only has fees in that one alone.
# A key account may be below every class; one that a reviewer gave no class is none.
STANDING = """
SELECT customer_id, class, fees, CASE WHEN overridden_at IS NULL THEN eligible ELSE class IS NOT NULL END AS is_key
FROM standing_lines({})
"""
FLOWS = f"""
SELECT f.class AS from_class, l.class AS to_class, f.customer_id IS NOT NULL AS was_there,
  l.customer_id IS NOT NULL AS is_there, COALESCE(f.is_key, false) AS was_key, COALESCE(l.is_key, false) AS is_key,
  l.customer_id IS NULL AND x.customer_id IS NOT NULL AS merged, count(*) AS customers, COALESCE(sum(l.fees), 0) AS revenue,
  COALESCE(sum(f.fees), 0) AS former_revenue
FROM ({STANDING.format("$1")}) l FULL JOIN ({STANDING.format("$2")}) f USING (customer_id)
LEFT JOIN aliases() x ON x.customer_id = f.customer_id
GROUP BY from_class, to_class, was_there, is_there, was_key, l.is_key, merged
ORDER BY from_class, to_class, was_there, is_there
"""  # noqa: S608


async def compared(tx: Transaction, review_id: UUID, timeout_ms: int) -> dict[str, Any]:
    """Compare a review with that of the year before, where one was published; raises NotFound."""
    review = await tx.fetchrow(HEAD, review_id)
    if review is None:
        raise NotFound("没有这次年度评定。", "There is no such review.")
    await tx.take_time(timeout_ms)
    before = await tx.fetchrow(BEFORE, review["org_id"], review["year"])
    flows = await tx.fetch(FLOWS, review_id, before["id"] if before else None)
    return {
        "review": _head(review),
        "former": _head(before) if before else None,
        "classes": _classes(flows),
        "flows": [_flow(ends, rows) for ends, rows in groupby(flows, _ends)],
        "newly": _added(one for one in flows if one["is_key"] and not one["was_key"]),
        "no_longer": _added(
            one for one in flows if one["was_key"] and not one["is_key"] and not one["merged"]
        ),
        "merged": _added(one for one in flows if one["merged"]),
        "better": _added(one for one in flows if _step(one) < 0),
        "worse": _added(one for one in flows if _step(one) > 0),
    }


def _head(row: Record) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "year", "state", "valid_from")}


def _step(flow: Record) -> int:
    """Give by how many classes a flow leads down, negative for up; 0 from or to no class."""
    before, after = flow["from_class"], flow["to_class"]
    return 0 if before is None or after is None else after - before


def _ends(flow: Record) -> tuple[int | None, int | None, bool, bool]:
    return flow["from_class"], flow["to_class"], flow["was_there"], flow["is_there"]


def _flow(ends: tuple[Any, ...], rows: Iterable[Record]) -> dict[str, Any]:
    return dict(zip(("from", "to", "in_former", "in_review"), ends, strict=True)) | _added(rows)


def _classes(flows: list[Record]) -> list[dict[str, Any]]:
    """Give of each class how many customers and what revenue it has, and had; null is no class."""
    known = {one[side] for one in flows for side in ("from_class", "to_class")}
    return [
        {
            "class": cls,
            "customers": _sum(
                one["customers"] for one in flows if one["is_there"] and one["to_class"] == cls
            ),
            "revenue": plain(
                _money(one["revenue"] for one in flows if one["is_there"] and one["to_class"] == cls)
            ),
            "former_customers": _sum(
                one["customers"] for one in flows if one["was_there"] and one["from_class"] == cls
            ),
            "former_revenue": plain(
                _money(
                    one["former_revenue"] for one in flows if one["was_there"] and one["from_class"] == cls
                )
            ),
        }
        for cls in sorted(known, key=lambda cls: (cls is None, cls or 0))
    ]


def _added(flows: Iterable[Record]) -> dict[str, Any]:
    rows = list(flows)
    return {
        "customers": _sum(one["customers"] for one in rows),
        "revenue": plain(_money(one["revenue"] for one in rows)),
        "former_revenue": plain(_money(one["former_revenue"] for one in rows)),
    }


def _sum(counts: Iterable[int]) -> int:
    return sum(counts)


def _money(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
