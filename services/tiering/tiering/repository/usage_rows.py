"""Usage rows written set by set: judged against what is on record, versioned and told in one statement."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from asyncpg import Record

from chassis.transaction import Transaction
from contracts.tiering import UsageCorrected, UsageRecorded
from contracts.values import code_and_id
from tiering.model.months import month_text
from tiering.model.usage import Reason, Tally
from tiering.ports.usage import Batch, Staged, Taken

BY_CODE = "c.code = s.code"
BY_ID = "c.customer_id = s.customer_id"
COLUMNS = ("number", "code", "line", "revenue", "pieces", "weight_kg")
COLUMNS_BY_ID = ("number", "customer_id", *COLUMNS[COLUMNS.index("line") :])
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS usage_staged (
      number bigint NOT NULL, code text, customer_id uuid, line text NOT NULL, revenue numeric(15,2) NOT NULL,
      pieces bigint NOT NULL, weight_kg numeric(15,3) NOT NULL) ON COMMIT DELETE ROWS
"""
# Always by the keys: a portion must cost the same however much is on record.
BY_KEYS = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off"
LOCK_MONTH = """
    INSERT INTO usage_month (org_id, month) VALUES ($1, $2)
    ON CONFLICT (org_id, month) DO UPDATE SET version = usage_month.version RETURNING version
"""
# One statement: verdicts, rows, the end of those replaced, and the events about them.
TAKE = """
WITH judged AS MATERIALIZED (
  SELECT s.number, s.line, s.revenue, s.pieces, s.weight_kg, c.customer_id, u.version AS old_version,
    u.revenue AS old_revenue, u.pieces AS old_pieces, u.weight_kg AS old_weight_kg, u.recorded AS old_recorded,
    CASE
      WHEN c.customer_id IS NULL OR o.orgpath IS NULL OR NOT (o.orgpath = $2 OR o.orgpath ^@ ($2 || '.'))
        THEN 'unknown'
      WHEN row_number() OVER (PARTITION BY c.customer_id, s.line ORDER BY s.number) > 1
        OR u.usage_file_id = $4 THEN 'repeated'
      WHEN u.version IS NULL THEN 'new'
      WHEN (u.revenue, u.pieces, u.weight_kg) = (s.revenue, s.pieces, s.weight_kg) THEN 'unchanged'
      ELSE 'changed'
    END AS verdict
  FROM usage_staged s
  LEFT JOIN customer c ON {by}
  LEFT JOIN organisation o ON o.org_id = c.responsible_org_id
  LEFT JOIN usage u ON u.month = $3 AND u.customer_id = c.customer_id AND u.line = s.line AND u.current),
written AS (
  INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, usage_file_id, reason,
                     recorded)
  SELECT customer_id, line, $3, COALESCE(old_version, 0) + 1, revenue, pieces, weight_kg, $1, $4,
    CASE verdict WHEN 'new' THEN $5 ELSE $6 END, GREATEST($7, old_recorded)
  FROM judged WHERE verdict IN ('new', 'changed') ORDER BY number),
replaced AS (
  UPDATE usage u SET current = false FROM judged j
  WHERE j.verdict = 'changed' AND u.month = $3 AND u.customer_id = j.customer_id AND u.line = j.line
    AND u.version = j.old_version),
batches AS (
  -- As text: building a JSON value for every figure costs more than writing the row.
  SELECT verdict, (place - 1) / $8 AS part, '[' || string_agg(
    '["' || customer_id || '",' || to_json(line) || ',"' || revenue || '",' || pieces || ',"' || weight_kg || '",'
      || CASE verdict WHEN 'new' THEN '1]' ELSE (old_version + 1) || ',"' || old_revenue || '",' || old_pieces
                                                || ',"' || old_weight_kg || '"]' END,
    ',' ORDER BY number) || ']' AS rows
  FROM (SELECT *, row_number() OVER (PARTITION BY verdict ORDER BY number) AS place FROM judged
        WHERE verdict IN ('new', 'changed')) x
  GROUP BY verdict, part),
events AS (
  SELECT json_agg(json_build_object(
    'event_id', uuidv7(), 'topic', 'keypost.' || $9, 'key', $1, 'aggregate', $10::text, 'orgpath', $2,
    'type', CASE verdict WHEN 'new' THEN $11::text ELSE $12 END, 'version', $13 + place, 'actor', $14::text,
    'correlation_id', $15::text, 'causation_id', $16::text, 'time', $7,
    'payload', CASE verdict
      WHEN 'new' THEN json_build_object('org_id', $1, 'month', $17::text, 'usage_file_id', $4, 'rows', rows::json)
      ELSE json_build_object('org_id', $1, 'month', $17::text, 'usage_file_id', $4, 'rows', rows::json, 'reason', $6)
    END) ORDER BY place)::jsonb AS list
  FROM (SELECT *, row_number() OVER (ORDER BY verdict DESC, part) AS place FROM batches) b),
told AS (SELECT COALESCE(announce(list), 0) AS events FROM events WHERE list IS NOT NULL)
SELECT verdict, count(*) AS rows, sum(revenue) AS revenue, sum(pieces) AS pieces,
  CASE WHEN verdict IN ('unknown', 'repeated') OR $18 THEN array_agg(number ORDER BY number) END AS numbers,
  (SELECT events FROM told) AS events
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
                (row.number, row.customer_id, row.line, row.revenue, row.pieces, row.weight_kg)
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
        tx, moment = self._tx, self._tx.moment
        await tx.execute(BY_KEYS)
        version = await tx.fetchval(LOCK_MONTH, batch.org_id, batch.month)
        filed_before = await self._filed_before(batch.org_id, batch.month)
        first = Reason.LATE.value if filed_before or batch.reason is Reason.LATE else None
        rows = await tx.fetch(
            TAKE.format(by=by), batch.org_id, batch.orgpath, batch.month, batch.file_id, first, batch.reason.value,
            tx.now, batch.rows_per_event, moment.service, f"usage:{batch.org_id}:{month_text(batch.month)}",
            UsageRecorded.TYPE, UsageCorrected.TYPE, version, moment.actor, moment.correlation_id,
            moment.causation_id, month_text(batch.month), all_numbers,
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
    return Taken(tally, new, {row["verdict"]: row["numbers"] for row in rows if row["numbers"]})


ACCEPTED = ("new", "changed", "unchanged")
