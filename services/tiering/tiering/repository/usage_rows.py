"""Usage rows written set by set: judged against what is on record, versioned and told in one statement."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from asyncpg import Record

from chassis.encoding import dumps
from chassis.transaction import Transaction
from contracts.tiering import UsageCorrected, UsageRecorded
from contracts.values import code_and_id
from tiering.model.months import month_text
from tiering.model.usage import Reason, Tally
from tiering.ports.usage import Batch, Staged, Taken

BY_CODE, BY_ID = "code", "customer_id"
COLUMNS = ("number", "code", "line", "revenue", "pieces", "weight_kg", "told")
COLUMNS_BY_ID = ("number", "customer_id", *COLUMNS[COLUMNS.index("line") :])
# `told` are the figures as an event tells them, line to weight.
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS usage_staged (
      number bigint NOT NULL, code text, customer_id uuid, line text NOT NULL, revenue numeric(15,2) NOT NULL,
      pieces bigint NOT NULL, weight_kg numeric(15,3) NOT NULL, told text NOT NULL) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS usage_named (code text, customer_id uuid NOT NULL) ON COMMIT DELETE ROWS;
"""
# What is on record is found by keys alone: a portion must cost the same however much that is, and however little the planner
# knows of a month that nobody has analysed yet. Each customer is looked up once, with what it has on record (OFFSET 0 keeps
# these look-ups as they are written); what was found is as small as the portion, and hashed beside its rows.
PLANNED = {
    "enable_nestloop": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "jit": "off",
    "work_mem": "'32MB'",
}
BY_KEYS = "; ".join(f"SET LOCAL {name} = {value}" for name, value in PLANNED.items())
AS_ELSE = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in PLANNED)
LOCK_MONTH = """
    INSERT INTO usage_month (org_id, month) VALUES ($1, $2)
    ON CONFLICT (org_id, month) DO UPDATE SET version = usage_month.version
    RETURNING version, filed_at IS NOT NULL AS filed
"""
# The customers in scope that rows name, each once.
NAME = """
INSERT INTO usage_named (code, customer_id)
SELECT c.code, c.customer_id
FROM (SELECT DISTINCT s.:key AS key FROM usage_staged s) k
CROSS JOIN LATERAL (SELECT c.code, c.customer_id, c.responsible_org_id FROM customer c WHERE c.:key = k.key OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT FROM organisation o
  WHERE o.org_id = c.responsible_org_id AND (o.orgpath = $1 OR o.orgpath ^@ ($1 || '.')) OFFSET 0) o
"""
# One statement: verdicts, rows, the end of those replaced, and the events about them, at most so many rows in each.
# Each event is put together as text and read as JSON once: a JSON value for every figure costs more than writing the row.
# Rows are written in the order of their key, and told in that of the file.
TAKE = """
WITH held AS MATERIALIZED (
  SELECT n.customer_id, r.*
  FROM usage_named n CROSS JOIN LATERAL (
    SELECT r.line, r.version, r.revenue, r.pieces, r.weight_kg, r.recorded, r.usage_file_id, r.ctid AS place
    FROM usage r WHERE r.month = $3 AND r.customer_id = n.customer_id AND r.current OFFSET 0) r),
judged AS MATERIALIZED (
  SELECT s.number, s.line, s.revenue, s.pieces, s.weight_kg, s.told, n.customer_id, h.version AS old_version,
    h.revenue AS old_revenue, h.pieces AS old_pieces, h.weight_kg AS old_weight_kg, h.recorded AS old_recorded,
    h.place AS old_place,
    CASE
      WHEN n.customer_id IS NULL THEN 'unknown'
      WHEN h.usage_file_id = $4 THEN 'repeated'
      WHEN h.version IS NULL THEN 'new'
      WHEN (h.revenue, h.pieces, h.weight_kg) = (s.revenue, s.pieces, s.weight_kg) THEN 'unchanged'
      ELSE 'changed'
    END AS verdict
  FROM usage_staged s
  LEFT JOIN usage_named n ON n.:key = s.:key
  LEFT JOIN held h ON h.customer_id = n.customer_id AND h.line = s.line),
written AS (
  INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, usage_file_id, reason,
                     recorded)
  SELECT customer_id, line, $3, COALESCE(old_version, 0) + 1, revenue, pieces, weight_kg, $1, $4,
    CASE verdict WHEN 'new' THEN $5 ELSE $6 END, GREATEST($7, old_recorded)
  FROM judged WHERE verdict IN ('new', 'changed') ORDER BY customer_id, line),
replaced AS (
  -- Who changed the same row meanwhile has written its next version too, so that ours is refused.
  UPDATE usage u SET current = false FROM judged j WHERE j.verdict = 'changed' AND u.ctid = j.old_place),
told AS (
  SELECT 0 AS kind, array_agg(customer_id || told || '1' ORDER BY number) AS rows FROM judged WHERE verdict = 'new'
  UNION ALL
  SELECT 1, array_agg(customer_id || told || (old_version + 1) || ',"' || old_revenue || '",' || old_pieces || ',"'
    || old_weight_kg || '"' ORDER BY number)
  FROM judged WHERE verdict = 'changed'),
announced AS (
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, causation_id,
                      time, payload)
  SELECT lane_of($1), uuidv7(), $10, $1, CASE kind WHEN 0 THEN $11 ELSE $12 END, $13, $9 + part, $2, $14, $15, $16, $7,
    (CASE kind WHEN 0 THEN $17::text ELSE $18 END || '["' || rows || ']]}')::jsonb
  FROM (SELECT kind, row_number() OVER (ORDER BY kind, place) AS part, rows
        FROM (SELECT kind, place, array_to_string(rows[place + 1:place + $8], '],["') AS rows
              FROM told, generate_series(0, cardinality(rows) - 1, $8) AS place OFFSET 0) e) b
  ORDER BY part RETURNING 1),
versioned AS (
  UPDATE usage_month SET version = version + (SELECT count(*) FROM announced)
  WHERE org_id = $1 AND month = $3 AND EXISTS (SELECT FROM announced))
SELECT verdict, count(*) AS rows, sum(revenue) AS revenue, sum(pieces) AS pieces,
  array_agg(number) FILTER (WHERE verdict IN ('unknown', 'repeated') OR $19) AS numbers
FROM judged GROUP BY verdict
"""
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
        await self._tx.execute(STAGE + BY_KEYS)
        await self._tx.connection.copy_records_to_table(
            "usage_staged",
            records=[
                (row.number, row.customer_id, row.line, row.revenue, row.pieces, row.weight_kg, row.told)
                for row in rows
            ],
            columns=COLUMNS_BY_ID,
        )
        await self._tx.execute(NAME.replace(":key", BY_ID), batch.orgpath)
        taken = await self._take(batch, BY_ID, all_numbers=True)
        await self._tx.execute(AS_ELSE)
        return taken

    async def stage(self, batch: Batch, text: bytes) -> None:
        """Make the rows of a portion ready, given as COPY text in the order of `COLUMNS`; nobody is waited for."""
        await self._tx.execute(STAGE + BY_KEYS)
        # Closed, for the driver leaves what it read from in a cycle: a portion would stay until the next full collection.
        with BytesIO(text) as source:
            await self._tx.connection.copy_to_table(
                "usage_staged", source=source, columns=COLUMNS, format="text"
            )
        await self._tx.execute(NAME.replace(":key", BY_CODE), batch.orgpath)

    async def take_staged(self, batch: Batch) -> Taken:
        """Write the rows that are ready."""
        return await self._take(batch, BY_CODE, all_numbers=False)

    async def _take(self, batch: Batch, by: str, *, all_numbers: bool) -> Taken:
        tx = self._tx
        unit_month = await tx.fetchrow(LOCK_MONTH, batch.org_id, batch.month)
        if unit_month is None:
            raise LookupError("an upsert gave no row")
        version = unit_month["version"]
        first = Reason.LATE.value if unit_month["filed"] or batch.reason is Reason.LATE else None
        moment = tx.moment
        rows = await tx.fetch(
            TAKE.replace(":key", by), batch.org_id, batch.orgpath, batch.month, batch.file_id, first, batch.reason.value,
            tx.now, batch.rows_per_event, version, f"keypost.{moment.service}", UsageRecorded.TYPE, UsageCorrected.TYPE,
            f"usage:{batch.org_id}:{month_text(batch.month)}", moment.actor, moment.correlation_id, moment.causation_id,
            _payload(batch), _payload(batch, reason=batch.reason.value), all_numbers,
        )  # fmt: skip
        return _taken(rows)


def _payload(batch: Batch, **more: str) -> str:
    """Give what an event tells as JSON, as far as its first row."""
    told: dict[str, object] = {
        "org_id": batch.org_id,
        "month": month_text(batch.month),
        "usage_file_id": batch.file_id,
        **more,
        "rows": [],
    }
    return dumps(told).decode().removesuffix("]}")


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
