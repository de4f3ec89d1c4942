"""Fires the steps of due deadlines: woken for the next one, each step exactly once, through every failure."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from chassis import points
from chassis.clock import Clock
from chassis.database import DATABASE_FAILURES, Database, is_passing
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from chassis.settings import Settings
from chassis.telemetry import DEADLINES_FIRED, describe, log
from chassis.transaction import Moment, Transaction, unscoped
from contracts.refusals import Refusal

Reaction = Callable[[Transaction, str], Awaitable[None]]
FIRE = "SELECT * FROM fire_deadlines($1, $2, $3, $4, $5, $6)"
# Where nothing reacts nobody asks which they were.
FIRE_AND_COUNT = "SELECT step, count(*) AS fired FROM fire_deadlines($1, $2, $3, $4, $5, $6) GROUP BY step"
FIRST_DUE = """
    SELECT id FROM deadline WHERE next_at <= $1 AND (kind = ANY ($2)) = $3 AND NOT id = ANY ($4)
    ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
UPCOMING = """
    SELECT (SELECT min(next_at) FROM deadline WHERE NOT id = ANY ($1)) AS next_at,
           (SELECT min(paused_until) FROM deadline) AS paused_until
"""
END_PAUSES = "SELECT end_pauses($1, $2, $3)"
SHORTEST_PAUSE_SECONDS = 0.005
"""What is due and locked belongs to another sweeper: it is not waited for in a busy loop."""
FAULTS = (Refusal, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, asyncpg.PostgresError)
"""What a reaction may die of; more than this ends the process, and the supervisor starts another."""


def warned(kind: str) -> str:
    """Give the name under which the warnings of a kind have a reaction."""
    return f"{kind}:warned"


def _name_of(row: asyncpg.Record) -> str:
    kind: str = row["fired_kind"]
    return kind if row["step"] == "breached" else f"{kind}:{row['step']}"


class Sweeper:
    """One per process; rows are claimed with SKIP LOCKED, so several work side by side.

    A reaction is what the breach of a kind does in the service (under the name `warned(kind)`: a warning of it, where
    its breach has a reaction too); it gets the subject's id and runs in the transaction of that step. One that fails
    is tried again a while later, and holds up nothing else; so is a row that cannot be fired.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        bell: Doorbell,
        reactions: Mapping[str, Reaction],
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._relay_bell = bell
        self._reactions = reactions
        self._skipped: dict[UUID, float] = {}
        self.bell = Doorbell()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                pause = await self.look()
                if pause:
                    await self.bell.wait(pause)
            except DATABASE_FAILURES as error:
                log().warning("deadlines.database", error=describe(error))
                await asyncio.sleep(self._settings.deadline_idle_seconds)

    async def look(self) -> float:
        """Fire what is due; gives the seconds to pause then, at most the idle pause: the business clock may be moved.

        What is due is asked first, for firing is planned anew at every call, also where it fires nothing.
        """
        async with self._database.worker.acquire() as connection:
            ahead = await connection.fetchrow(UPCOMING, self._skipping())
        next_at, paused_until = ahead or (None, None)
        now = self._clock.now()
        if next_at is not None and next_at <= now and await self._sweep():
            return 0
        if paused_until is not None and paused_until <= now:
            await self._end_pauses()
            return SHORTEST_PAUSE_SECONDS
        coming: list[datetime] = [at for at in (next_at, paused_until) if at is not None]
        idle = self._settings.deadline_idle_seconds
        if not coming:
            return idle
        return min(idle, max(SHORTEST_PAUSE_SECONDS, (min(coming) - now).total_seconds()))

    async def _sweep(self) -> int:
        fired = await self._fire_side_by_side()
        if self._reactions:
            fired += await self._fire(1, reacting=True)
        if fired:
            self._relay_bell.ring()
        return fired

    async def _fire_side_by_side(self) -> int:
        """Fire a batch; after a full one several hands go on, each for itself: while one commits, the others fire."""
        most = self._settings.deadline_batch
        fired = await self._fire(most, reacting=False)
        if fired < most:
            return fired
        hands = [self._fire_on(most) for _ in range(self._settings.deadline_hands)]
        outcomes = await asyncio.gather(*hands, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return fired + sum(one for one in outcomes if isinstance(one, int))

    async def _fire_on(self, most: int) -> int:
        """Fire batch after batch while they are full; not for ever, for breaches with an effect wait meanwhile."""
        total = 0
        for _ in range(self._settings.deadline_batches):
            fired = await self._fire(most, reacting=False)
            total += fired
            if fired < most:
                break
            self._relay_bell.ring()
        return total

    async def _fire(self, most: int, *, reacting: bool) -> int:
        rows: list[asyncpg.Record] = []
        fire = FIRE if reacting else FIRE_AND_COUNT
        try:
            async with unscoped(self._database.worker, self._moment()) as tx:
                rows = await tx.fetch(fire, self._settings.service, tx.now, most, *self._chosen(reacting))
                if reacting:
                    await self._react(tx, rows)
                points.reach("deadlines.before-commit")
        except FAULTS as error:
            if is_passing(error):
                raise
            return await self._find_the_fault(error, rows, most, reacting=reacting)
        points.reach("deadlines.after-commit")
        fired = {row["step"]: 1 if reacting else row["fired"] for row in rows}
        for step, count in fired.items():
            DEADLINES_FIRED.labels(self._settings.service, step).inc(count)
        return sum(fired.values())

    async def _react(self, tx: Transaction, rows: list[asyncpg.Record]) -> None:
        for row in rows:
            reaction = self._reactions.get(_name_of(row))
            if reaction is not None:
                await reaction(tx, row["subject_id"])

    async def _find_the_fault(
        self, error: Exception, rows: list[asyncpg.Record], most: int, *, reacting: bool
    ) -> int:
        """Set aside the one that failed; among several, fire one by one until it is the first."""
        if most > 1:
            return await self._fire(1, reacting=reacting)
        failed = rows[0]["fired_id"] if rows and reacting else await self._first_due(reacting)
        log().error("deadlines.failed", deadline=str(failed), error=describe(error))
        if failed is not None:
            until = asyncio.get_running_loop().time() + self._settings.deadline_retry_seconds
            self._skipped[failed] = until
        return 0

    async def _first_due(self, reacting: bool) -> UUID | None:
        async with self._database.worker.acquire() as connection:
            first: UUID | None = await connection.fetchval(
                FIRST_DUE, self._clock.now(), *self._chosen(reacting)
            )
        return first

    def _chosen(self, reacting: bool) -> tuple[list[str], bool, list[UUID]]:
        return list(self._reactions), reacting, self._skipping()

    def _skipping(self) -> list[UUID]:
        moment = asyncio.get_running_loop().time()
        self._skipped = {one: until for one, until in self._skipped.items() if until > moment}
        return list(self._skipped)

    async def _end_pauses(self) -> None:
        """Let run on what has stood still as long as it may; nothing of it is due before that."""
        async with unscoped(self._database.worker, self._moment()) as tx:
            await tx.fetchval(END_PAUSES, self._settings.service, tx.now, self._settings.deadline_batch)
        self._relay_bell.ring()

    def _moment(self) -> Moment:
        service = self._settings.service
        return Moment(
            service=service, now=self._clock.now(), actor=f"system:{service}", correlation_id=str(uuid7())
        )
