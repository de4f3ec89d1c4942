"""Usage rows written set by set: judged against what is on record and versioned in one statement, told in another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from tiering.policies import faults
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
# Rows of a unit's month that come one by one are written alone; portions of a file beside each other, and end one by one.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
BESIDE_OTHERS = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0))"
TURN = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
# The customers in scope that rows name.
NAME = """
INSERT INTO usage_named (code, customer_id)
SELECT c.code, c.customer_id
FROM unnest($2::{keys}[]) AS k(key)
CROSS JOIN LATERAL (SELECT c.code, c.customer_id, c.responsible_org_id FROM customer c WHERE c.{key} = k.key OFFSET 0) c
WHERE c.responsible_org_id IN (SELECT o.org_id FROM organisation o WHERE o.orgpath = $1 OR o.orgpath ^@ ($1 || '.'))
"""
NAME_BY_CODE, NAME_BY_ID = NAME.format(key=BY_CODE, keys="text"), NAME.format(key=BY_ID, keys="uuid")
# Verdicts, rows and the end of those replaced, and what is to be told of them: at most so many rows a piece, as text, for a
# JSON value for every figure costs more than writing the row. Rows are written in the order of their key, told in the file's.
WRITE = """
WITH held AS MATERIALIZED (
  SELECT n.customer_id, r.*
  FROM usage_named n CROSS JOIN LATERAL (
    SELECT r.line, r.version, r.revenue, r.pieces, r.weight_kg, r.recorded, r.usage_file_id, r.ctid AS place
    FROM usage r WHERE r.month = $2 AND r.customer_id = n.customer_id AND r.current OFFSET 0) r),
-- What every earlier loading of the same file refused: its other rows were taken then, and may have been corrected since.
refused AS MATERIALIZED (
  SELECT f.row_no, bool_or(f.code = $10) AS repeated FROM usage_refusal f
  WHERE f.usage_file_id = ANY ($9::uuid[]) AND f.row_no BETWEEN (SELECT min(s.number) FROM usage_staged s)
    AND (SELECT max(s.number) FROM usage_staged s)
  GROUP BY f.row_no HAVING count(*) = cardinality($9::uuid[])),
judged AS MATERIALIZED (
  SELECT s.number, s.line, s.revenue, s.pieces, s.weight_kg, s.told, n.customer_id, h.version AS old_version,
    h.revenue AS old_revenue, h.pieces AS old_pieces, h.weight_kg AS old_weight_kg, h.recorded AS old_recorded,
    h.place AS old_place,
    CASE
      WHEN n.customer_id IS NULL THEN 'unknown'
      WHEN h.usage_file_id = $3 OR f.repeated THEN 'repeated'
      WHEN cardinality($9::uuid[]) > 0 AND f.row_no IS NULL THEN 'unchanged'
      WHEN h.version IS NULL THEN 'new'
      WHEN (h.revenue, h.pieces, h.weight_kg) = (s.revenue, s.pieces, s.weight_kg) THEN 'unchanged'
      ELSE 'changed'
    END AS verdict
  FROM usage_staged s
  LEFT JOIN usage_named n ON n.:key = s.:key
  LEFT JOIN held h ON h.customer_id = n.customer_id AND h.line = s.line
  LEFT JOIN refused f ON f.row_no = s.number),
written AS (
  INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, usage_file_id, reason,
                     recorded)
  SELECT customer_id, line, $2, COALESCE(old_version, 0) + 1, revenue, pieces, weight_kg, $1, $3,
    CASE WHEN verdict = 'changed' THEN $4
      WHEN $4 = $5 OR EXISTS (SELECT FROM usage_month m WHERE m.org_id = $1 AND m.month = $2 AND m.filed_at IS NOT NULL)
      THEN $5 END,
    GREATEST($6, old_recorded)
  FROM judged WHERE verdict IN ('new', 'changed') ORDER BY customer_id, line COLLATE "C"),
replaced AS (
  -- Who changed the same row meanwhile has written its next version too, so that ours is refused.
  UPDATE usage u SET current = false FROM judged j WHERE j.verdict = 'changed' AND u.ctid = j.old_place),
told AS (
  SELECT 'new' AS verdict, array_agg(customer_id || told || '1' ORDER BY number) AS rows FROM judged WHERE verdict = 'new'
  UNION ALL
  SELECT 'changed', array_agg(customer_id || told || (old_version + 1) || ',"' || old_revenue || '",' || old_pieces || ',"'
    || old_weight_kg || '"' ORDER BY number)
  FROM judged WHERE verdict = 'changed'),
counted AS (
  SELECT verdict, count(*) AS rows, sum(revenue) AS revenue, sum(pieces) AS pieces, sum(weight_kg) AS weight_kg,
    array_agg(number) FILTER (WHERE verdict IN ('unknown', 'repeated') OR $8) AS numbers
  FROM judged GROUP BY verdict)
SELECT c.*, ARRAY(SELECT array_to_string(t.rows[place + 1:place + $7], '],["')
                  FROM generate_series(0, cardinality(t.rows) - 1, $7) AS place ORDER BY place) AS told
FROM counted c LEFT JOIN told t ON t.verdict = c.verdict
"""
# The month's number is that of the last event told about it, so its writers take it in turn.
TELL = """
WITH numbered AS (
  INSERT INTO usage_month AS m (org_id, month, version) VALUES ($1, $2, cardinality($3::text[]) + cardinality($4::text[]))
  ON CONFLICT (org_id, month) DO UPDATE SET version = m.version + excluded.version
  RETURNING m.version - cardinality($3) - cardinality($4) AS before)
INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, causation_id,
                    time, payload)
SELECT lane_of($1), uuidv7(), $9, $1, e.type, $10, n.before + e.place, $11, $12, $13, $14, $15,
  (e.beginning || '["' || e.rows || ']]}')::jsonb
FROM numbered n, (
  SELECT $5 AS type, $6 AS beginning, place, rows FROM unnest($3) WITH ORDINALITY AS p(rows, place)
  UNION ALL
  SELECT $7, $8, cardinality($3) + place, rows FROM unnest($4) WITH ORDINALITY AS p(rows, place)) e
ORDER BY e.place
"""
KNOWN = """
    SELECT c.customer_id, c.code FROM customer c LEFT JOIN organisation o ON o.org_id = c.responsible_org_id
    WHERE (c.code = ANY ($1) OR c.customer_id = ANY ($2))
      AND ($3::text IS NULL OR o.orgpath = $3 OR o.orgpath ^@ ($3 || '.'))
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of rows, and what is still to be told of new and of changed ones, piece by piece."""

    taken: Taken
    new: Sequence[str]
    changed: Sequence[str]


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
        """Write and tell rows of known customers that are new or differ; a second row for the same is not taken."""
        await self._tx.execute(ALONE, _month_of(batch))
        await self._tx.execute(STAGE + BY_KEYS)
        await self._tx.connection.copy_records_to_table(
            "usage_staged",
            records=[
                (row.number, row.customer_id, row.line, row.revenue, row.pieces, row.weight_kg, row.told)
                for row in rows
            ],
            columns=COLUMNS_BY_ID,
        )
        await self._tx.execute(NAME_BY_ID, batch.orgpath, sorted({row.customer_id for row in rows}))
        written = await self._write(batch, BY_ID, all_numbers=True)
        await self._tx.execute(AS_ELSE)
        await self.tell(batch, written)
        return written.taken

    async def queue(self, batch: Batch, file_id: UUID, upto: int) -> None:
        """Take the place of the portion that ends with a row: the one behind it waits for the end of this transaction."""
        await self._tx.execute(BESIDE_OTHERS, _month_of(batch), _place(file_id, upto))

    async def turn(self, file_id: UUID, behind: int) -> None:
        """Wait until the portion that ends with a row, and with it all before, has come to its end."""
        await self._tx.execute(TURN, _place(file_id, behind))

    async def stage(self, batch: Batch, text: bytes, customers: Sequence[str]) -> None:
        """Make the rows of a portion ready, given as COPY text in the order of `COLUMNS`, with the codes that they name."""
        await self._tx.execute(STAGE + BY_KEYS)
        # Closed, for the driver leaves what it read from in a cycle: a portion would stay until the next full collection.
        with BytesIO(text) as source:
            await self._tx.connection.copy_to_table(
                "usage_staged", source=source, columns=COLUMNS, format="text"
            )
        await self._tx.execute(NAME_BY_CODE, batch.orgpath, customers)

    async def write_staged(self, batch: Batch) -> Written:
        """Write the rows that are ready; portions with different customers may do so at once."""
        return await self._write(batch, BY_CODE, all_numbers=False)

    async def tell(self, batch: Batch, written: Written) -> None:
        """Tell what was written, behind all that was told of the month before; who has told last is waited for."""
        if not (written.new or written.changed):
            return
        moment = self._tx.moment
        await self._tx.execute(
            TELL, batch.org_id, batch.month, written.new, written.changed, UsageRecorded.TYPE, _payload(batch),
            UsageCorrected.TYPE, _payload(batch, reason=batch.reason.value), f"keypost.{moment.service}",
            f"usage:{batch.org_id}:{month_text(batch.month)}", batch.orgpath, moment.actor, moment.correlation_id,
            moment.causation_id, self._tx.now,
        )  # fmt: skip

    async def _write(self, batch: Batch, by: str, *, all_numbers: bool) -> Written:
        rows = await self._tx.fetch(
            WRITE.replace(":key", by), batch.org_id, batch.month, batch.file_id, batch.reason.value, Reason.LATE.value,
            self._tx.now, batch.rows_per_event, all_numbers, batch.loaded_before, faults.REPEATED.code,
        )  # fmt: skip
        told = {row["verdict"]: row["told"] for row in rows}
        return Written(_taken(rows), told.get("new", ()), told.get("changed", ()))


def _month_of(batch: Batch) -> str:
    return f"usage_month:{batch.org_id}:{batch.month}"


def _place(file_id: UUID, row: int) -> str:
    return f"usage_file:{file_id}:{row}"


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
        weight_kg=sum((row["weight_kg"] for row in rows), Decimal(0)),
    )
    return Taken(tally, new, {row["verdict"]: sorted(row["numbers"]) for row in rows if row["numbers"]})


ACCEPTED = ("new", "changed", "unchanged")
