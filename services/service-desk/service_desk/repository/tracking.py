"""Daily tracking: clocks of customers with something open, and the feedback that meets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from chassis.deadlines import Deadline, encode
from chassis.ids import uuid7
from chassis.transaction import Transaction
from chassis.vault import Vault
from service_desk.ports.requests import Untracked

CLASS = (
    "CASE WHEN k.tier_version > 0 THEN k.service_class ELSE COALESCE(k.service_class, k.initial_class) END"
)

# The next day's clock follows the last one that has run its course, swept or not; the first follows the receipt of the
# oldest open case.
WITHOUT_CLOCK = f"""
SELECT k.customer_id, k.responsible_org_id AS org_id, k.manager_id::text AS manager_id, {CLASS} AS service_class,
  GREATEST(o.first, t.due_at - interval '1 microsecond') AS since
FROM customer k
JOIN organisation n ON n.org_id = k.responsible_org_id
JOIN LATERAL (
  SELECT min(x.received_at) AS first FROM (
    SELECT c.received_at FROM complaint c WHERE c.customer_id = k.customer_id AND c.ended_at IS NULL
    UNION ALL
    SELECT r.received_at FROM service_request r WHERE r.customer_id = k.customer_id AND r.ended_at IS NULL) x) o
  ON o.first IS NOT NULL
LEFT JOIN LATERAL (
  SELECT y.id, y.due_at FROM tracking_day y WHERE y.customer_id = k.customer_id ORDER BY y.due_on DESC LIMIT 1) t ON true
WHERE {CLASS} = ANY ($1::int[]) AND NOT EXISTS (
  SELECT FROM deadline d WHERE d.subject_type = 'tracking-day' AND d.subject_id = t.id::text AND (d.state = 'paused' OR
    d.state = 'running' AND d.due_at > $3))
ORDER BY k.customer_id LIMIT $2
"""  # noqa: S608 - constants

START = """
WITH t AS (
  INSERT INTO tracking_day (id, customer_id, org_id, due_on, due_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING RETURNING id)
SELECT start_deadlines($6::jsonb) FROM t
"""

GIVE = """
WITH f AS (
  INSERT INTO tracking_feedback (id, customer_id, org_id, at, actor, cases, words) VALUES ($1, $2, $3, $4, $5, $6, $7)
  RETURNING customer_id)
SELECT (SELECT sum(settle_deadlines('service-desk', 'tracking-day', t.id::text, ARRAY['daily-feedback'], $4))
        FROM tracking_day t WHERE t.customer_id = f.customer_id AND t.due_on = $8) AS met FROM f
"""

OPEN_CASES = """
SELECT x.case_no FROM (
  SELECT c.case_no, c.received_at FROM complaint c WHERE c.customer_id = $1 AND c.ended_at IS NULL
  UNION ALL
  SELECT r.case_no, r.received_at FROM service_request r WHERE r.customer_id = $1 AND r.ended_at IS NULL) x
ORDER BY x.received_at, x.case_no
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was fed back to a customer today, about which open cases."""

    id: UUID
    cases: tuple[str, ...]
    met: bool


class Tracking:
    """The daily clocks, as the worker keeps them and as feedback meets them."""

    def __init__(self, tx: Transaction, vault: Vault, batch: int) -> None:
        self._tx = tx
        self._vault = vault
        self._batch = batch

    async def without_clock(self, classes: Sequence[int]) -> Sequence[Untracked]:
        """Give customers of these classes that are owed feedback and have no clock for it."""
        rows = await self._tx.fetch(WITHOUT_CLOCK, list(classes), self._batch, self._tx.now)
        return [Untracked(**dict(row)) for row in rows]

    async def start(self, customer: Untracked, tracking_id: UUID, clock: Deadline) -> bool:
        """Start the clock of a day; tells whether it did, for another process may have started it."""
        encoded = encode([clock], self._tx.moment.correlation_id)
        ids = (tracking_id, customer.customer_id, customer.org_id)
        return bool(await self._tx.fetchval(START, *ids, clock.due_on, clock.due_at, encoded))

    async def give(self, customer_id: UUID, org_id: str, text: str, at: datetime) -> Feedback:
        """Put feedback on record; it meets the clock of its day and of no other."""
        cases = tuple(row["case_no"] for row in await self._tx.fetch(OPEN_CASES, customer_id))
        feedback_id = uuid7()
        words = self._vault.seal(orjson.dumps({"text": text}).decode())
        met = await self._tx.fetchval(
            GIVE, feedback_id, customer_id, org_id, at, self._tx.moment.actor, list(cases), words, at.date()
        )
        return Feedback(feedback_id, cases, bool(met))
