"""Proposals at work: the one that waits, its lines written portion by portion in one transaction, how far it is."""

from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

from chassis.database import Pool
from chassis.transaction import Transaction

# Who works on a review holds it; whoever dies lets go.
WAITING = """
SELECT id, org_id FROM review WHERE state = 'proposing' ORDER BY proposed_at, id FOR NO KEY UPDATE SKIP LOCKED LIMIT 1
"""
PROPOSED = """
UPDATE review SET state = 'proposed', customers = $2, changed = $3, version = version + 1 WHERE id = $1
"""
GIVEN_UP = """
UPDATE review SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3, withdrawn_reason = $4, version = version + 1
WHERE id = $1 AND state = 'proposing'
"""
TOLD = """
INSERT INTO review_progress (review_id, org_id, share) VALUES ($1, $2, $3)
ON CONFLICT (review_id) DO UPDATE SET share = excluded.share
"""


class Proposals:
    """What the proposer reads and writes."""

    def __init__(self, tx: Transaction, portion: int, timeout_ms: int) -> None:
        self._tx = tx
        self._portion = portion
        self._timeout_ms = timeout_ms

    async def next(self) -> tuple[UUID, str] | None:
        """Give and hold a review that is to be proposed and that nobody works on, with its organisation."""
        row = await self._tx.fetchrow(WAITING)
        return (row["id"], row["org_id"]) if row else None

    async def propose(self, review_id: UUID) -> AsyncIterator[Decimal]:
        """Rate everybody, then write the lines; gives the share of them that is written, 0 where all are rated."""
        await self._tx.take_time(self._timeout_ms)
        blocks: int = await self._tx.fetchval("SELECT rate_review($1)", review_id)
        yield Decimal(0)
        await self._tx.fetchval("SELECT open_lines($1)", review_id)
        customers = changed = 0
        for first in range(0, blocks, self._portion):
            last = min(first + self._portion, blocks)
            row = await self._tx.fetchrow("SELECT * FROM write_lines($1, $2, $3)", review_id, first, last - 1)
            if row is None:
                raise LookupError("an aggregate gave no row")
            customers, changed = customers + row["customers"], changed + row["changed"]
            yield Decimal(last) / Decimal(blocks)
        await self._tx.fetchval("SELECT close_lines($1)", review_id)
        await self._tx.execute(PROPOSED, review_id, customers, changed)


async def give_up(tx: Transaction, review_id: UUID, reason: str) -> None:
    """Take back a review that cannot be proposed, so that it blocks no other and says why."""
    await tx.execute(GIVEN_UP, review_id, tx.moment.actor, tx.now, reason)


async def tell_progress(pool: Pool, review_id: UUID, org_id: str, share: Decimal) -> None:
    """Write how far a proposal is, beside its transaction."""
    await pool.execute(TOLD, review_id, org_id, share)
