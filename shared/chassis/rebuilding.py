"""Makes projections once more, on command, under live traffic: in a shadow, from exactly the events that were heard.

What a rebuild takes over is what the living tables would hold had today's handlers made them of the same events. It hears
nothing that the living consumer has not heard: whatever that has missed is a replay's to bring.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from uuid import UUID

import asyncpg
import orjson
from aiokafka.errors import KafkaError

from chassis import points, shadow
from chassis.broker import BrokerUnavailable
from chassis.clock import Clock
from chassis.database import DATABASE_FAILURES, Connection, Database, is_passing
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from chassis.leaving import apart
from chassis.records import replay_topic
from chassis.rereading import Rereader
from chassis.settings import Settings
from chassis.shadow import Projection
from chassis.shadowing import Shadowing
from chassis.telemetry import describe, log
from chassis.transaction import Moment
from contracts.envelope import Event

OWNERSHIP = 0x6B73  # the advisory lock of the one process of a service that rebuilds
LOOK_EVERY_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 1.0
NEXT = "SELECT id FROM rebuild WHERE state IN ('requested', 'running') ORDER BY requested_at LIMIT 1"
BEGIN = """
    UPDATE public.rebuild SET state = 'running', begun_at = COALESCE(begun_at, $2), heard = 0, missing = NULL
    WHERE id = $1 AND state IN ('requested', 'running')
"""
PROGRESS = "UPDATE public.rebuild SET heard = $2 WHERE id = $1 AND state = 'running'"
LACKS = "UPDATE public.rebuild SET missing = $2::jsonb WHERE id = $1 AND state = 'running'"
DONE = """
    UPDATE public.rebuild SET state = 'done', ended_at = $2, heard = $3, missing = '{}', changed = $4::jsonb
    WHERE id = $1 AND state = 'running'
"""
FAILED = """
    UPDATE public.rebuild SET state = 'failed', ended_at = $2, reason = $3 WHERE id = $1 AND state = 'running'
"""
UNTOUCHED = "UPDATE 0"
# Writers of the inbox wait, and with them every effect of an event; readers do not.
HOLD = "LOCK TABLE public.inbox IN SHARE ROW EXCLUSIVE MODE"


class Cancelled(RuntimeError):
    """Somebody has ended the rebuild meanwhile."""


class BegunAnew(ConnectionError):
    """What the shadow rests on is gone, such as what the broker held: it is made anew."""


BUS_FAILURES: tuple[type[Exception], ...] = (KafkaError, BrokerUnavailable, BegunAnew, OSError)


class Rebuilder:
    """One loop a process; one of a service works. A rebuild that is broken off begins again."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        projection: Projection,
        topics: Sequence[str],
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self.projection = projection
        self._sources = [*topics, *(replay_topic(topic) for topic in topics)]
        self.bell = Doorbell()

    async def run(self) -> None:
        """Rebuild what is asked for until cancelled, through every failure of database and broker."""
        while True:
            try:
                await self._rebuild_next()
            except (*BUS_FAILURES, *DATABASE_FAILURES) as error:
                log().warning("rebuild.broken_off", error=describe(error))
            await self.bell.wait(self._settings.rebuild_poll_seconds)

    async def _rebuild_next(self) -> None:
        asked: UUID | None = await self._database.worker.fetchval(NEXT)
        if asked is None:
            return
        async with self._apart() as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", OWNERSHIP):
                return
            try:
                await apart(self._rebuild(connection, asked))
            except Cancelled:
                await shadow.drop(connection)
                log().info("rebuild.cancelled")
            except Exception as error:  # as in the bus, any other failure means that it cannot be done
                if isinstance(error, BUS_FAILURES) or is_passing(error):
                    raise
                await shadow.drop(connection)  # first: what is said to have failed has left nothing
                log().error("rebuild.failed", error=describe(error))
                await connection.execute(FAILED, asked, self._clock.now(), describe(error))

    async def _rebuild(self, connection: Connection, asked: UUID) -> None:
        await shadow.lay(connection, self.projection)
        if await connection.execute(BEGIN, asked, self._clock.now()) == UNTOUCHED:
            raise Cancelled
        points.reach("rebuild.after-laying")
        shadowing = Shadowing(connection, self.projection, self._moment())
        async with Rereader(self._settings, self._sources, self.projection.handlers) as reader:
            await Rebuild(self._settings, self._clock, asked, shadowing, reader).run()

    @asynccontextmanager
    async def _apart(self) -> AsyncIterator[Connection]:
        """A connection for which there is nothing but the shadow, and which keeps none of the pool's waiting."""
        connection = await asyncpg.connect(
            self._settings.worker_url,
            server_settings={
                "application_name": f"keypost {self._settings.service} rebuild",
                "search_path": shadow.SEARCH_PATH,
                "lock_timeout": str(self._settings.lock_timeout_ms),
                "statement_timeout": str(self._settings.rebuild_statement_timeout_ms),
                "timezone": "Asia/Shanghai",
                # What a crash leaves of a shadow is thrown away: nothing waits for the disk before the end.
                "synchronous_commit": "off",
            },
        )
        try:
            yield connection
        finally:
            with suppress(*DATABASE_FAILURES, TimeoutError):
                await connection.close(timeout=5)

    def _moment(self) -> Moment:
        return Moment(
            service=self._settings.service,
            now=self._clock.now(),
            actor=f"system:{self._settings.service}",
            correlation_id=str(uuid7()),
        )


class Rebuild:
    """One rebuild at work: reads, makes, and takes over when nothing is missing."""

    def __init__(
        self, settings: Settings, clock: Clock, asked: UUID, shadowing: Shadowing, reader: Rereader
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._asked = asked
        self._shadowing = shadowing
        self._connection = shadowing.connection
        self._reader = reader
        self._expected = 0
        self._looked_at = 0.0

    async def run(self) -> None:
        """Go on until it is taken over; raises Cancelled, BegunAnew."""
        loop = asyncio.get_running_loop()
        moved_at = loop.time()
        self._expected = await self._shadowing.expected()
        while True:
            events = await self._reader.fetch()
            await self._advance(events)
            if events:
                moved_at = loop.time()
            if self._may_be_complete(loop.time(), idle=not events):
                self._looked_at = loop.time()
                if await self._lacks_nothing_old() and await self._take_over():
                    return
            if loop.time() - moved_at > self._settings.watchdog_seconds:
                moved_at = loop.time()
                if await self._reader.is_behind():
                    raise BegunAnew("there were records to read and none came")

    async def _advance(self, events: Sequence[Event]) -> None:
        async with self._connection.transaction():
            await self._shadowing.apply(events)
            if await self._connection.execute(PROGRESS, self._asked, self._shadowing.heard) == UNTOUCHED:
                raise Cancelled
        if events:
            points.reach("rebuild.after-effect")

    def _may_be_complete(self, moment: float, *, idle: bool) -> bool:
        """Tell whether to look: everything known of is there, or nothing more comes; under traffic something always does."""
        near = self._shadowing.heard >= self._expected
        return (near or idle) and moment - self._looked_at > (
            LOOK_AGAIN_SECONDS if near else LOOK_EVERY_SECONDS
        )

    async def _lacks_nothing_old(self) -> bool:
        """Count what is missing; what came since the look before is on its way."""
        await self._shadowing.analyse()
        lack = await self._shadowing.lack()
        self._expected = self._shadowing.heard + sum(lack.missing.values())
        await self._connection.execute(LACKS, self._asked, orjson.dumps(lack.missing).decode())
        if lack.missing and self._shadowing.has_forgotten:
            self._shadowing.has_forgotten = False
            await self._reader.from_the_beginning()
        return not lack.since_before

    async def _take_over(self) -> bool:
        """Hold the living consumer for a moment, hear the last events, and take over; tells whether that could be."""
        async with self._connection.transaction():
            try:
                async with self._connection.transaction():
                    await self._connection.execute(HOLD)
            except asyncpg.LockNotAvailableError:
                return False
            if not await self._hears_the_last():
                return False
            if await self._shadowing.holds_more():
                raise BegunAnew("the inbox has lost entries meanwhile")
            points.reach("rebuild.before-taking-over")
            changes = await self._shadowing.take_over()
            changed = {table: asdict(one) for table, one in changes.items()}
            await self._connection.execute("SET LOCAL synchronous_commit = on")
            done = (DONE, self._asked, self._clock.now(), self._shadowing.heard)
            if await self._connection.execute(*done, orjson.dumps(changed).decode()) == UNTOUCHED:
                raise Cancelled
            points.reach("rebuild.before-commit")
        points.reach("rebuild.after-commit")
        log().info("rebuild.done", events=self._shadowing.heard, changed=changed)
        return True

    async def _hears_the_last(self) -> bool:
        """Hear what the living consumer heard before it was held; tells whether that came in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.rebuild_hold_seconds
        await self._shadowing.apply([])
        target = self._shadowing.heard + sum((await self._shadowing.lack()).missing.values())
        while self._shadowing.heard < target:
            if loop.time() > end:
                return False
            await self._shadowing.apply(await self._reader.fetch())
        return True
