"""What the others told, written down: every event as evidence, and what scores are worked out from."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from chassis.encoding import dumps
from chassis.transaction import Transaction
from contracts.envelope import Event
from scoring.settings import EVENTS_A_STATEMENT, ROWS_A_STATEMENT

EVIDENCE = """
INSERT INTO evidence (event_id, source, type, time, subject, orgpath, aggregate, version, actor, data)
SELECT event_id, source, type, time, subject, orgpath, aggregate, version, actor, data
FROM jsonb_populate_recordset(NULL::evidence, $1::jsonb) ORDER BY event_id
ON CONFLICT DO NOTHING
"""
# One row, so that consumers at work beside each other wait here and every revision shows all before it.
HEARD = """
INSERT INTO heard AS h (consumer, revision, newest) VALUES ($1, 1, $2)
ON CONFLICT (consumer) DO UPDATE SET revision = h.revision + 1, newest = GREATEST(h.newest, EXCLUDED.newest)
"""
# Tables that keep a row for every event; the names are ours, never a request's.
ONCE = "INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, $1::jsonb) ORDER BY event_id ON CONFLICT DO NOTHING"
USAGE = """
INSERT INTO usage_row AS u (customer_id, month, line, version, event_id, org_id, revenue)
SELECT DISTINCT ON (customer_id, month, line) customer_id, month, line, version, event_id, org_id, revenue
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::numeric[])
  AS n(customer_id, month, line, version, event_id, org_id, revenue)
ORDER BY customer_id, month, line, version DESC, event_id DESC
ON CONFLICT (customer_id, month, line) DO UPDATE SET version = EXCLUDED.version, event_id = EXCLUDED.event_id,
  org_id = EXCLUDED.org_id, revenue = EXCLUDED.revenue
WHERE (u.version, u.event_id) < (EXCLUDED.version, EXCLUDED.event_id)
"""
VISITS = """
INSERT INTO visit AS v
SELECT DISTINCT ON (visit_id) * FROM jsonb_populate_recordset(NULL::visit, $1::jsonb)
ORDER BY visit_id, version DESC
ON CONFLICT (visit_id) DO UPDATE SET (version, event_id, customer_id, org_id, level, visited_on, state) =
  (EXCLUDED.version, EXCLUDED.event_id, EXCLUDED.customer_id, EXCLUDED.org_id, EXCLUDED.level, EXCLUDED.visited_on,
   EXCLUDED.state)
WHERE v.version < EXCLUDED.version
"""
SYMPOSIA = """
INSERT INTO symposium AS s
SELECT DISTINCT ON (symposium_id) * FROM jsonb_populate_recordset(NULL::symposium, $1::jsonb)
ORDER BY symposium_id, version DESC
ON CONFLICT (symposium_id) DO UPDATE SET (version, event_id, org_id, held_on) =
  (EXCLUDED.version, EXCLUDED.event_id, EXCLUDED.org_id, EXCLUDED.held_on)
WHERE s.version < EXCLUDED.version
"""
REPORTS = """
INSERT INTO report AS r
SELECT DISTINCT ON (report_id) * FROM jsonb_populate_recordset(NULL::report, $1::jsonb)
ORDER BY report_id, version DESC
ON CONFLICT (report_id) DO UPDATE SET (version, event_id, org_id, kind, month, filed_with_province, customers) =
  (EXCLUDED.version, EXCLUDED.event_id, EXCLUDED.org_id, EXCLUDED.kind, EXCLUDED.month,
   EXCLUDED.filed_with_province, EXCLUDED.customers)
WHERE r.version < EXCLUDED.version
"""

Row = Mapping[str, Any]
Rows = Sequence[Row]


class UsageRow(NamedTuple):
    """One customer's line and month, as an event told it; revenue in yuan."""

    customer_id: UUID
    month: str
    line: str
    version: int
    event_id: UUID
    org_id: str
    revenue: Decimal


class Hearing:
    """What was heard, as the worker writes it; set-based, and the same rows in whichever order it comes."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def keep(self, events: Sequence[Event]) -> None:
        """Keep events as evidence, and note that something new was heard; first of all, for here consumers wait."""
        newest = max(event.time for event in events)
        await self._tx.execute(HEARD, self._tx.moment.service, newest)
        await self._write(EVIDENCE, [_evidence(event) for event in events])

    async def customers(self, rows: Rows) -> None:
        """Keep facts of customers."""
        await self._write(ONCE.format("customer_fact"), rows)

    async def assignments(self, rows: Rows) -> None:
        """Keep who serves which customer from which day."""
        await self._write(ONCE.format("assignment_fact"), rows)

    async def tiers(self, rows: Rows) -> None:
        """Keep which class a customer has from which day."""
        await self._write(ONCE.format("tier_fact"), rows)

    async def usage(self, rows: Iterable[UsageRow]) -> None:
        """Keep the highest version of each customer's line and month."""
        rest = iter(rows)
        while part := list(islice(rest, ROWS_A_STATEMENT)):
            await self._tx.execute(USAGE, *map(list, zip(*part, strict=True)))

    async def usage_events(self, rows: Rows) -> None:
        """Keep which unit reported what of which month."""
        await self._write(ONCE.format("usage_event"), rows)

    async def visits(self, rows: Rows) -> None:
        """Keep the newest version of each visit."""
        await self._write(VISITS, rows)

    async def symposia(self, rows: Rows) -> None:
        """Keep the newest version of each symposium."""
        await self._write(SYMPOSIA, rows)

    async def reports(self, rows: Rows) -> None:
        """Keep the newest version of each report."""
        await self._write(REPORTS, rows)

    async def _write(self, sql: str, rows: Rows) -> None:
        for start in range(0, len(rows), EVENTS_A_STATEMENT):
            await self._tx.execute(sql, dumps(rows[start : start + EVENTS_A_STATEMENT]).decode())


def _evidence(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "source": event.source,
        "type": event.type,
        "time": event.time,
        "subject": event.subject,
        "orgpath": event.orgpath,
        "aggregate": event.aggregate,
        "version": event.version,
        "actor": event.actor,
        "data": event.data,
    }
