"""Usage rows written set by set: judged against what is on record, versioned and told in one statement."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from asyncpg import Record

from chassis.encoding import dumps
from chassis.transaction import Moment, Transaction
from contracts.tiering import UsageCorrected, UsageRecorded
from contracts.values import code_and_id
from tiering.model.months import month_text
from tiering.model.usage import Reason, Tally
from tiering.ports.usage import Batch, Staged, Taken

BY_CODE = "c.code = s.code"
BY_ID = "c.customer_id = s.customer_id"
COLUMNS = ("number", "code", "line", "revenue", "pieces", "weight_kg", "told")
COLUMNS_BY_ID = ("number", "customer_id", *COLUMNS[COLUMNS.index("line") :])
# `told` are the figures as an event tells them, line to weight.
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS usage_staged (
      number bigint NOT NULL, code text, customer_id uuid, line text NOT NULL, revenue numeric(15,2) NOT NULL,
      pieces bigint NOT NULL, weight_kg numeric(15,3) NOT NULL, told text NOT NULL) ON COMMIT DELETE ROWS
"""
# Always by the keys, of each row its own: a portion must cost the same however much is on record, and however little the
# planner knows of a month that nobody has analysed yet.
BY_KEYS = """
    SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;
    SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off
"""
LOCK_MONTH = """
    INSERT INTO usage_month (org_id, month) VALUES ($1, $2)
    ON CONFLICT (org_id, month) DO UPDATE SET version = usage_month.version RETURNING version
"""
# One statement: verdicts, rows, the end of those replaced, and the events about them, at most so many rows in each.
# The events are put together as text and read as JSON once: a JSON value for every figure costs more than writing the row.
TAKE = """
WITH judged AS MATERIALIZED (
  SELECT s.number, s.line, s.revenue, s.pieces, s.weight_kg, s.told, c.customer_id, u.version AS old_version,
    u.revenue AS old_revenue, u.pieces AS old_pieces, u.weight_kg AS old_weight_kg, u.recorded AS old_recorded,
    u.old_place,
    CASE
      WHEN c.customer_id IS NULL OR o.orgpath IS NULL OR NOT (o.orgpath = $2 OR o.orgpath ^@ ($2 || '.'))
        THEN 'unknown'
      WHEN u.usage_file_id = $4 THEN 'repeated'
      WHEN u.version IS NULL THEN 'new'
      WHEN (u.revenue, u.pieces, u.weight_kg) = (s.revenue, s.pieces, s.weight_kg) THEN 'unchanged'
      ELSE 'changed'
    END AS verdict
  FROM usage_staged s
  LEFT JOIN customer c ON :named
  LEFT JOIN organisation o ON o.org_id = c.responsible_org_id
  LEFT JOIN LATERAL (
    SELECT r.version, r.revenue, r.pieces, r.weight_kg, r.recorded, r.usage_file_id, r.ctid AS old_place FROM usage r
    WHERE r.month = $3 AND r.customer_id = c.customer_id AND r.line = s.line AND r.current LIMIT 1) u ON true),
written AS (
  INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, usage_file_id, reason,
                     recorded)
  SELECT customer_id, line, $3, COALESCE(old_version, 0) + 1, revenue, pieces, weight_kg, $1, $4,
    CASE verdict WHEN 'new' THEN $5 ELSE $6 END, GREATEST($7, old_recorded)
  FROM judged WHERE verdict IN ('new', 'changed')),
replaced AS (
  -- Who changed the same row meanwhile has written its next version too, so that ours is refused.
  UPDATE usage u SET current = false FROM judged j WHERE j.verdict = 'changed' AND u.ctid = j.old_place),
told AS (
  SELECT 0 AS kind, (row_number() OVER () - 1) / $8 AS part, customer_id || told || '1' AS row
  FROM judged WHERE verdict = 'new'
  UNION ALL
  SELECT 1, (row_number() OVER () - 1) / $8, customer_id || told || (old_version + 1) || ',"' || old_revenue || '",'
    || old_pieces || ',"' || old_weight_kg || '"'
  FROM judged WHERE verdict = 'changed'),
events AS (
  SELECT '[' || string_agg('{"event_id":"' || uuidv7() || '","version":' || ($9 + place) || ','
    || CASE kind WHEN 0 THEN $10::text ELSE $11 END || '["' || rows || ']]}}', ',' ORDER BY place) || ']' AS list
  FROM (SELECT kind, row_number() OVER (ORDER BY kind, part) AS place, string_agg(row, '],["') AS rows
        FROM told GROUP BY kind, part) b),
announced AS (SELECT COALESCE(announce(list::jsonb), 0) AS events FROM events WHERE list IS NOT NULL)
SELECT verdict, count(*) AS rows, sum(revenue) AS revenue, sum(pieces) AS pieces,
  array_agg(number) FILTER (WHERE verdict IN ('unknown', 'repeated') OR $12) AS numbers,
  (SELECT events FROM announced) AS events
FROM judged GROUP BY verdict
"""
VERSIONED = "UPDATE usage_month SET version = version + $3 WHERE org_id = $1 AND month = $2"
KNOWN = """
    SELECT c.customer_id, c.code FROM customer c LEFT JOIN organisation o ON o.org_id = c.responsible_org_id
    WHERE (c.code = ANY ($1) OR c.customer_id = ANY ($2))
      AND ($3::text IS NULL OR o.orgpath = $3 OR o.orgpath ^@ ($3 || '.'))
"""


class UsageRowsInTables:
    """Writes usage in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def known(self, references: Sequence[str], below: str | None = None) -> Mapping[str, UUID]:
        """Give the customers in scope, and below an organisation's path, that are named by code or id."""
        named = {reference: code_and_id(reference) for reference in references}
        codes = [code for code, _ in named.values()]
        ids = [one for _, one in named.values() if one is not None]
        rows = await self._tx.fetch(KNOWN, codes, ids, below)
        by_code = {row["code"]: row["customer_id"] for row in rows}
        by_id = {row["customer_id"]: row["customer_id"] for row in rows}
        found = {name: by_id.get(one) or by_code.get(code) for name, (code, one) in named.items()}
        return {name: one for name, one in found.items() if one is not None}

    async def take(self, batch: Batch, rows: Sequence[Staged]) -> Taken:
        """Write rows of known customers that are new or differ; a second row for the same is not taken."""
        await self._tx.execute(STAGE)
        await self._tx.connection.copy_records_to_table(
            "usage_staged",
            records=[
                (row.number, row.customer_id, row.line, row.revenue, row.pieces, row.weight_kg, row.told)
                for row in rows
            ],
            columns=COLUMNS_BY_ID,
        )
        return await self._take(batch, BY_ID, all_numbers=True)

    async def take_text(self, batch: Batch, text: bytes) -> Taken:
        """Write the rows of a portion, given as COPY text in the order of `COLUMNS`."""
        await self._tx.execute(STAGE)
        await self._tx.connection.copy_to_table(
            "usage_staged", source=BytesIO(text), columns=COLUMNS, format="text"
        )
        return await self._take(batch, BY_CODE, all_numbers=False)

    async def _take(self, batch: Batch, by: str, *, all_numbers: bool) -> Taken:
        tx = self._tx
        await tx.execute(BY_KEYS)
        version = await tx.fetchval(LOCK_MONTH, batch.org_id, batch.month)
        filed_before = await self._filed_before(batch.org_id, batch.month)
        first = Reason.LATE.value if filed_before or batch.reason is Reason.LATE else None
        rows = await tx.fetch(
            TAKE.replace(":named", by), batch.org_id, batch.orgpath, batch.month, batch.file_id, first, batch.reason.value,
            tx.now, batch.rows_per_event, version, _event(tx.moment, batch, UsageRecorded.TYPE),
            _event(tx.moment, batch, UsageCorrected.TYPE, reason=batch.reason.value), all_numbers,
        )  # fmt: skip
        events = rows[0]["events"] if rows else None
        if events:
            await tx.execute(VERSIONED, batch.org_id, batch.month, events)
        return _taken(rows)

    async def _filed_before(self, org_id: str, month: date) -> bool:
        filed: bool = await self._tx.fetchval(
            "SELECT filed_at IS NOT NULL FROM usage_month WHERE org_id = $1 AND month = $2", org_id, month
        )
        return filed


def _event(moment: Moment, batch: Batch, kind: str, **more: str) -> str:
    """Give an event as JSON, behind its id and version and as far as its first row."""
    month = month_text(batch.month)
    told: dict[str, object] = {
        "type": kind,
        "topic": f"keypost.{moment.service}",
        "key": batch.org_id,
        "aggregate": f"usage:{batch.org_id}:{month}",
        "orgpath": batch.orgpath,
        "actor": moment.actor,
        "correlation_id": moment.correlation_id,
        "causation_id": moment.causation_id,
        "time": moment.now,
        "payload": {
            "org_id": batch.org_id,
            "month": month,
            "usage_file_id": batch.file_id,
            **more,
            "rows": [],
        },
    }
    return dumps(told).decode().removeprefix("{").removesuffix("]}}")


def _taken(rows: Sequence[Record]) -> Taken:
    counts: dict[str, int] = {row["verdict"]: row["rows"] for row in rows}
    revenue: dict[str, Decimal] = {row["verdict"]: row["revenue"] for row in rows}
    new, changed, unchanged = (counts.get(verdict, 0) for verdict in ("new", "changed", "unchanged"))
    accepted = sum((revenue.get(verdict, Decimal(0)) for verdict in ACCEPTED), Decimal(0))
    tally = Tally(
        loaded=new + changed,
        corrected=changed,
        unchanged=unchanged,
        refused=counts.get("unknown", 0) + counts.get("repeated", 0),
        revenue=sum(revenue.values(), Decimal(0)),
        loaded_revenue=accepted,
        pieces=sum(int(row["pieces"]) for row in rows),
    )
    return Taken(tally, new, {row["verdict"]: sorted(row["numbers"]) for row in rows if row["numbers"]})


ACCEPTED = ("new", "changed", "unchanged")
