"""What was heard of one bureau, read for its score: plain SQL over the rows that the events left."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from asyncpg import Record

from chassis.transaction import Transaction
from regulations.calendars import day_of
from scoring.model.facts import Accuracy, Duty, Standing
from scoring.model.periods import Part
from scoring.ports import Covered, Paying, RevenueTold

NEWEST = "SELECT newest FROM heard"
# Facts by the day they were recorded, units and classes by the day they hold from; a class that no review or rating
# gave yet is that of the registration form.
STANDINGS = """
WITH candidate AS (
  SELECT customer_id FROM customer_fact WHERE org_id = ANY ($2::text[])
  UNION SELECT customer_id FROM assignment_fact WHERE org_id = ANY ($2::text[])
  UNION SELECT customer_id FROM assignment_fact WHERE credited && $2::text[])
SELECT c.customer_id, COALESCE(a.org_id, f.org_id) = ANY ($2::text[]) AS ours, f.state = 'registered' AS registered,
  CASE WHEN t.event_id IS NULL THEN f.class ELSE t.class END AS class, f.group_id, f.filed_on,
  f.filed_with_province_on, f.event_id AS fact_event, t.event_id AS class_event, a.event_id AS unit_event
FROM candidate c
CROSS JOIN LATERAL (
  SELECT * FROM customer_fact f WHERE f.customer_id = c.customer_id AND f.day <= $1
  ORDER BY f.version DESC LIMIT 1) f
LEFT JOIN LATERAL (
  SELECT * FROM assignment_fact a WHERE a.customer_id = c.customer_id AND a.valid_from <= $1
  ORDER BY a.valid_from DESC, a.time DESC, a.version DESC, a.event_id DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (
  SELECT * FROM tier_fact t WHERE t.customer_id = c.customer_id AND t.valid_from <= $1
  ORDER BY t.valid_from DESC, t.time DESC, t.version DESC, t.event_id DESC LIMIT 1) t ON true
"""
# A merged customer counts no more by itself; what it used, was visited and analysed for counts for its survivor. One that
# is asked for itself, as before its merge, stands for itself.
LED = """
led AS (
  SELECT c.customer_id, c.customer_id AS counts_for FROM unnest($1::uuid[]) AS c(customer_id)
  UNION ALL
  SELECT a.customer_id, a.survivor_id FROM aliases() a
  WHERE a.survivor_id = ANY ($1::uuid[]) AND NOT a.customer_id = ANY ($1::uuid[]))
"""
REVENUE = f"""
WITH {LED}
SELECT u.event_id, sum(u.revenue) AS revenue FROM led c
JOIN usage_row u ON u.customer_id = c.customer_id AND u.month = ANY ($2::text[])
GROUP BY u.event_id
"""  # noqa: S608 - a constant
DIVIDED = """
SELECT DISTINCT customer_id FROM assignment_fact WHERE credited IS NOT NULL AND customer_id = ANY ($1::uuid[])
"""
# Of customers whose revenue a ruling divided: the bureau's part of each row, by the events that told it.
PARTS = """
SELECT u.event_id, sum(part_of(u.revenue, a.credit, u.line, u.month, $4::text[], c.ours)) AS revenue
FROM (
  SELECT o.customer_id, o.ours, o.customer_id AS counts_for FROM unnest($1::uuid[], $2::boolean[]) AS o(customer_id, ours)
  UNION ALL
  SELECT x.customer_id, o.ours, o.customer_id FROM unnest($1::uuid[], $2::boolean[]) AS o(customer_id, ours)
  JOIN aliases() x ON x.survivor_id = o.customer_id AND NOT x.customer_id = ANY ($1::uuid[])) c
JOIN usage_row u ON u.customer_id = c.customer_id AND u.month = ANY ($3::text[])
CROSS JOIN LATERAL (
  SELECT a.credit FROM assignment_fact a WHERE a.customer_id = c.counts_for ORDER BY a.version DESC LIMIT 1) a
GROUP BY u.event_id
"""
COVERED = f"""
WITH {LED}
SELECT r.month, c.counts_for AS customer_id, bool_or(r.kind = 'kpi-report' AND r.filed_with_province) AS with_province
FROM report r CROSS JOIN LATERAL unnest(r.customers) AS one(customer_id) JOIN led c USING (customer_id)
WHERE r.org_id = ANY ($2::text[]) AND r.month = ANY ($3::text[])
GROUP BY r.month, c.counts_for
"""  # noqa: S608 - a constant
VISITS_MADE = f"""
WITH {LED}
SELECT c.counts_for AS customer_id, count(*) AS made FROM led c
JOIN visit v ON v.customer_id = c.customer_id AND v.visited_on BETWEEN $2 AND $3
WHERE v.state = 'done' AND v.level = ANY ($4::text[])
GROUP BY c.counts_for
"""  # noqa: S608 - a constant
SYMPOSIA = "SELECT event_id FROM symposium WHERE org_id = ANY ($1::text[]) AND held_on BETWEEN $2 AND $3"
REPORTED = """
SELECT event_id, kind, reason, late, occasion, rows FROM usage_event
WHERE org_id = ANY ($1::text[]) AND month = ANY ($2::text[])
"""
HAS_ANALYSED = "SELECT EXISTS (SELECT FROM report WHERE org_id = ANY ($1::text[]) AND month <= $2)"
HAS_VISITED = """
SELECT EXISTS (SELECT FROM visit WHERE org_id = ANY ($1::text[]) AND visited_on <= $2 AND state = 'done')
"""
HAS_MET = "SELECT EXISTS (SELECT FROM symposium WHERE org_id = ANY ($1::text[]) AND held_on <= $2)"


class BureauRows:
    """One bureau's rows, by the units that belong to it as the tree now is."""

    def __init__(self, tx: Transaction, units: Sequence[str]) -> None:
        self._tx = tx
        self._units = units

    async def newest(self) -> date:
        """Give the day of the newest event heard of anybody; the first of days before any."""
        newest = await self._tx.fetchval(NEWEST)
        return day_of(newest) if newest else date.min

    async def standings(self, day: date) -> Mapping[UUID, Standing]:
        """Give all customers that were ever the bureau's, as they stood at the end of a day."""
        rows = await self._tx.fetch(STANDINGS, day, self._units)
        return {row["customer_id"]: _standing(row) for row in rows}

    async def revenue(self, paying: Paying, months: Sequence[str]) -> list[RevenueTold]:
        """Give the bureau's revenue of months from customers, by the events that told it."""
        asked = [*paying.own, *paying.others]
        divided = {row["customer_id"] for row in await self._tx.fetch(DIVIDED, asked)}
        rows = await self._tx.fetch(REVENUE, [one for one in paying.own if one not in divided], months)
        if divided:
            own = set(paying.own)
            ids = sorted(divided)
            parts = await self._tx.fetch(PARTS, ids, [one in own for one in ids], months, self._units)
            rows += [row for row in parts if row["revenue"]]
        return [RevenueTold(row["event_id"], row["revenue"]) for row in rows]

    async def covered(self, customers: Sequence[UUID], months: Sequence[str]) -> list[Covered]:
        """Give which customers the bureau's analyses of months cover."""
        rows = await self._tx.fetch(COVERED, customers, self._units, months)
        return [Covered(row["month"], row["customer_id"], row["with_province"]) for row in rows]

    async def visits_made(self, customers: Sequence[UUID], duty: Duty) -> Mapping[UUID, int]:
        """Give how often customers were visited as a duty asks; who was not is not in it."""
        rows = await self._tx.fetch(VISITS_MADE, customers, duty.first, duty.last, duty.levels)
        return {row["customer_id"]: row["made"] for row in rows}

    async def symposia(self, part: Part) -> list[UUID]:
        """Give the events of the symposia that the bureau held in a part of the year."""
        rows = await self._tx.fetch(SYMPOSIA, self._units, part.first, part.last)
        return [row["event_id"] for row in rows]

    async def reported(self, months: Sequence[str]) -> Accuracy:
        """Give what the bureau's units reported of months, and what of it was found wrong."""
        rows = await self._tx.fetch(REPORTED, self._units, months)
        wrong = [row for row in rows if row["reason"] == "inaccuracy"]
        return Accuracy(
            reports=sum(row["kind"] in ("recorded", "corrected") for row in rows),
            inaccuracies=len({row["occasion"] for row in wrong}),
            wrong_rows=sum(row["rows"] for row in wrong),
            files_missing=sum(row["kind"] == "missing" for row in rows),
            files_late=sum(row["late"] for row in rows),
            events=tuple(row["event_id"] for row in wrong),
        )

    async def has_analysed(self, month: str) -> bool:
        """Tell whether the bureau has filed any analysis of this month or one before."""
        return bool(await self._tx.fetchval(HAS_ANALYSED, self._units, month))

    async def has_visited(self, day: date) -> bool:
        """Tell whether the bureau has made any visit by this day."""
        return bool(await self._tx.fetchval(HAS_VISITED, self._units, day))

    async def has_met(self, day: date) -> bool:
        """Tell whether the bureau has held any symposium by this day."""
        return bool(await self._tx.fetchval(HAS_MET, self._units, day))


def _standing(row: Record) -> Standing:
    return Standing(*row.values())
