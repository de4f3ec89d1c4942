"""Repeated complaints: looked for behind the intake, by the order of ids, which grow with time."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import orjson

from chassis.clock import technical_now
from chassis.ids import first_of
from chassis.transaction import Transaction
from contracts import service_desk as told
from regulations.provisions import Because
from service_desk.ports.requests import Alike

NOTHING = UUID(int=0)
BEGIN = "INSERT INTO repeat_mark (upto) VALUES ($1) ON CONFLICT DO NOTHING"
MARK = "SELECT upto FROM repeat_mark FOR UPDATE SKIP LOCKED"
MOVE = "UPDATE repeat_mark SET upto = $1"

# The nearest earlier complaint of each one looked at, and the nearest later one, which may have come first from elsewhere.
ALIKE = """
WITH range AS (SELECT c.id FROM complaint c WHERE c.id > $1 ORDER BY c.id LIMIT $2),
pending AS (DELETE FROM repeat_pending p USING complaint c WHERE c.id = p.complaint_id RETURNING c.id),
looked AS (
  SELECT c.id, c.customer_id, c.category, c.received_at, c.case_no, c.first_responder_org_id,
    same_customer(c.customer_id) AS same
  FROM complaint c JOIN (SELECT id FROM range UNION SELECT id FROM pending) l USING (id) WHERE c.customer_id IS NOT NULL),
pairs AS (
  SELECT l.id AS later_id, e.id AS earlier_id, e.case_no AS earlier_case_no, l.received_at AS later_received_at,
    e.received_at AS earlier_received_at, l.first_responder_org_id AS org_id
  FROM looked l, LATERAL (
    SELECT e.id, e.case_no, e.received_at FROM complaint e
    WHERE e.customer_id = ANY (l.same) AND e.category = l.category AND (e.received_at, e.id) < (l.received_at, l.id)
    ORDER BY e.received_at DESC, e.id DESC LIMIT 1) e
  UNION
  SELECT y.id, l.id, l.case_no, y.received_at, l.received_at, y.first_responder_org_id
  FROM looked l, LATERAL (
    SELECT y.id, y.received_at, y.first_responder_org_id FROM complaint y
    WHERE y.customer_id = ANY (l.same) AND y.category = l.category AND (y.received_at, y.id) > (l.received_at, l.id)
    ORDER BY y.received_at, y.id LIMIT 1) y)
SELECT p.*, (SELECT max(id::text) FROM range) AS reached FROM (SELECT 1) always LEFT JOIN pairs p ON NOT EXISTS (
  SELECT FROM complaint_repeat r WHERE r.complaint_id = p.later_id)
"""

STATE = """
SELECT c.id, c.case_no, c.customer_id, c.channel, c.category, c.cause, c.link, c.state, c.cycle, c.level, c.org_id,
  path_of(c.org_id) AS orgpath, c.first_responder_org_id, c.handler_org_id, c.received_at, c.satisfaction, c.subject
FROM complaint c WHERE c.id = $1
"""

LINK = """
WITH l AS (
  INSERT INTO complaint_repeat (complaint_id, earlier_id, linked_at, because) VALUES ($1, $2, $3, $4::json)
  ON CONFLICT DO NOTHING RETURNING complaint_id)
SELECT announce($5::jsonb) FROM l
"""


class Repeats:
    """Complaints recorded since the last look, as the worker reads them; `look_back` is longer than an intake lasts."""

    def __init__(self, tx: Transaction, look_back: timedelta, batch: int) -> None:
        self._tx = tx
        self._look_back = look_back
        self._batch = batch

    async def alike(self) -> Sequence[Alike]:
        """Give the pairs among what was recorded since the last look; nobody else looks at the same time."""
        await self._tx.execute(BEGIN, NOTHING)
        mark = await self._tx.fetchval(MARK)
        if mark is None:
            return ()
        rows = await self._tx.fetch(ALIKE, mark, self._batch)
        reached = rows[0]["reached"]
        if reached is not None:
            settled = min(UUID(reached), first_of(technical_now() - self._look_back))
            await self._tx.execute(MOVE, max(mark, settled))
        return [
            Alike(**{name: value for name, value in row.items() if name != "reached"})
            for row in rows
            if row["later_id"] is not None
        ]

    async def link(self, pair: Alike, because: Because) -> None:
        """Put a link on record and tell it, once."""
        row = await self._tx.fetchrow(STATE, pair.later_id)
        if row is None:
            return
        event = self._tx.event(
            told.ComplaintLinked(
                complaint_id=row["id"],
                first_responder=told.UnitFact(org_id=row["first_responder_org_id"]),
                handler=told.UnitFact(org_id=row["handler_org_id"]),
                because=dict(because.to_json()),
                repeats=pair.earlier_case_no,
                **{name: row[name] for name in SAME},
            ),
            aggregate=f"complaint-repeat:{row['id']}",
            version=1,
            subject=row["subject"],
            orgpath=row["orgpath"],
        )
        encoded = orjson.dumps(because.to_json()).decode()
        await self._tx.execute(
            LINK, pair.later_id, pair.earlier_id, self._tx.now, encoded, self._tx.encoded([event])
        )


SAME = (
    "case_no",
    "customer_id",
    "channel",
    "category",
    "cause",
    "link",
    "state",
    "cycle",
    "level",
    "org_id",
    "received_at",
    "satisfaction",
)
