"""Tells the event log once more, on command: a consumer that lost what it knew hears everything again.

Its own topic keeps what is told again apart from what happens: live events wait behind nothing, and consumers, which
hear both, find in their inbox what they know already.
"""

import asyncio

from chassis import points
from chassis.broker import Broker, BrokerUnavailable
from chassis.database import DATABASE_FAILURES, Connection, Database
from chassis.doorbell import Doorbell
from chassis.publishing import NotPublished, Publisher, Record
from chassis.records import COLUMNS, record_of, replay_topic
from chassis.settings import Settings
from chassis.telemetry import describe, log

OWNERSHIP = 0x6B72  # the advisory lock of the one process of a service that replays
NEXT = "SELECT id, since FROM replay WHERE state <> 'done' ORDER BY requested_at, id LIMIT 1"
TOLD = f"""
    SELECT {COLUMNS} FROM event_log WHERE topic = $1 AND ($2::date IS NULL OR day >= $2) ORDER BY seq
"""  # noqa: S608 - column names of our own
PROGRESS = "UPDATE replay SET state = $2, published = $3 WHERE id = $1"


class LogLost(ConnectionError):
    """The broker lost the log meanwhile: the replay begins again when the relay has laid it anew."""


BUS_FAILURES: tuple[type[Exception], ...] = (BrokerUnavailable, NotPublished, LogLost)


class Replayer:
    """One loop a process; one of a service works. A replay that is broken off begins again."""

    def __init__(self, settings: Settings, database: Database, bell: Doorbell) -> None:
        self._settings = settings
        self._database = database
        self._bell = bell
        self._topic = replay_topic(settings.topic)
        self._broker = Broker(settings)
        self._publisher = Publisher(settings)

    async def run(self) -> None:
        """Replay what is asked for until cancelled, through every failure of database and broker."""
        try:
            while True:
                try:
                    if await self._replay_next():
                        continue
                except (*BUS_FAILURES, *DATABASE_FAILURES) as error:
                    log().warning("replay.broken_off", error=describe(error))
                await self._bell.wait(self._settings.replay_poll_seconds)
        finally:
            await self._publisher.close()
            await self._broker.close()

    async def _replay_next(self) -> bool:
        """Tell the log for the oldest open request; tells whether there was one."""
        async with self._database.worker.acquire() as connection:
            asked = await connection.fetchrow(NEXT)
            if asked is None or not await connection.fetchval("SELECT pg_try_advisory_lock($1)", OWNERSHIP):
                return False
            try:
                await self._replay(connection, asked["id"], asked["since"])
            finally:
                await connection.execute("SELECT pg_advisory_unlock($1)", OWNERSHIP)
        return True

    async def _replay(self, connection: Connection, replay_id: object, since: object) -> None:
        if not await self._broker.holds_the_log():
            raise LogLost(self._topic)
        life, count = self._broker.life, 0
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            page: list[tuple[str, Record]] = []
            async for row in connection.cursor(
                TOLD, self._settings.topic, since, prefetch=self._settings.relay_page
            ):
                page.append((self._topic, record_of(row, life)))
                if len(page) == self._settings.relay_page:
                    count = await self._tell(replay_id, page, count)
                    page = []
            count = await self._tell(replay_id, page, count)
        if not await self._broker.holds_the_log() or self._broker.life != life:
            raise LogLost(self._topic)
        points.reach("replay.before-done")
        await connection.execute(PROGRESS, replay_id, "done", count)
        points.reach("replay.after-done")
        log().info("replay.done", events=count)

    async def _tell(self, replay_id: object, page: list[tuple[str, Record]], count: int) -> int:
        """Publish a page and note how far that is, beside the transaction that reads the log."""
        if page and not await self._publisher.publish(page):
            self._publisher.forget_offsets()
            raise LogLost(self._topic)
        await self._database.worker.execute(PROGRESS, replay_id, "running", count + len(page))
        points.reach("replay.after-page")
        await asyncio.sleep(0)
        return count + len(page)
