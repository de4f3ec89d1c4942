"""Moves events from the outbox to the broker and then to the event log: lost never, in order per key, twice at worst."""

import asyncio
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import asyncpg

from chassis import points
from chassis.broker import Broker, BrokerUnavailable
from chassis.clock import technical_now
from chassis.database import DATABASE_FAILURES, Connection
from chassis.doorbell import Doorbell
from chassis.publishing import NotPublished, Publisher, Record
from chassis.records import COLUMNS, record_of, replay_topic
from chassis.settings import Settings
from chassis.telemetry import BUS_UP, EVENTS_PUBLISHED, OUTBOX_OLDEST, describe, log

LANES = 8
SAME_BROKER_SECONDS = 0.03  # no broker dies and comes back within
OWNERSHIP = 0x6B70  # the advisory lock that the one relay of a service holds
PAGE = f"""
    SELECT o.* FROM generate_series(0, {LANES - 1}) AS l(lane),
    LATERAL (SELECT lane, {COLUMNS} FROM outbox WHERE lane = l.lane ORDER BY seq LIMIT $1) AS o
"""  # noqa: S608 - column names of our own
MOVE = f"""
    WITH moved AS (DELETE FROM outbox WHERE (lane, seq) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))
                   RETURNING lane, {COLUMNS})
    INSERT INTO event_log (lane, {COLUMNS}, day) SELECT lane, {COLUMNS}, $3 FROM moved
"""  # noqa: S608 - column names of our own
PUBLISHED = f"SELECT {COLUMNS} FROM event_log WHERE day >= $1 ORDER BY seq"  # noqa: S608 - column names of our own


class NotTheOwner(RuntimeError):
    """Another process relays for this service."""


class Relay:
    """The relay of one service; any number of processes may run one, one of them works."""

    def __init__(self, settings: Settings, bell: Doorbell) -> None:
        self._settings = settings
        self._bell = bell
        self._broker = Broker(settings)
        self._publisher = Publisher(settings)
        self._month: date | None = None
        self._heard_at = float("-inf")
        self.bus_up = False

    async def run(self) -> None:
        """Relay until cancelled, through every failure of database and broker."""
        try:
            while True:
                try:
                    await self._own_and_relay()
                except NotTheOwner:
                    await self._watch_the_bus()
                except (BrokerUnavailable, NotPublished) as error:
                    self._report(False, error)
                    await asyncio.sleep(self._settings.relay_poll_seconds)
                except DATABASE_FAILURES as error:
                    log().warning("relay.database", error=describe(error))
                    await asyncio.sleep(self._settings.relay_poll_seconds)
        finally:
            await self._publisher.close()
            await self._broker.close()

    async def _own_and_relay(self) -> None:
        """Everything happens on the connection that holds the lock: a zombie has neither."""
        connection = await asyncpg.connect(self._settings.worker_url)
        try:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", OWNERSHIP):
                raise NotTheOwner
            self._heard_at = float("-inf")
            while True:
                await self._hold_the_log(connection, self._settings.broker_check_seconds)
                if not await self._relay_page(connection):
                    await self._bell.wait(self._settings.relay_poll_seconds)
        finally:
            with suppress(*DATABASE_FAILURES):
                await connection.close(timeout=2)

    async def _relay_page(self, connection: Connection) -> bool:
        """Publish the oldest events of every lane; tells whether there were any."""
        rows = await connection.fetch(PAGE, max(1, self._settings.relay_page // LANES))
        OUTBOX_OLDEST.labels(self._settings.service).set(_age(rows))
        if not rows:
            return False
        if not self._settings.kafka_idempotent:
            await self._hold_the_log(connection, SAME_BROKER_SECONDS)
        points.reach("relay.before-publish")
        held = await self._publisher.publish(
            [(row["topic"], record_of(row, self._broker.life)) for row in rows]
        )
        points.reach("relay.after-publish")
        self._heard_at = asyncio.get_running_loop().time()
        today = await self._current_month(connection)
        await connection.execute(MOVE, [row["lane"] for row in rows], [row["seq"] for row in rows], today)
        points.reach("relay.after-move")
        EVENTS_PUBLISHED.labels(self._settings.service).inc(len(rows))
        self._report(True, None)
        if not held:
            await self._publish_again(connection)
        return True

    async def _hold_the_log(self, connection: Connection, unheard_of: float) -> None:
        """Look whether a broker unheard of for so many seconds still has the log, and give it back where it has not."""
        moment = asyncio.get_running_loop().time()
        if moment - self._heard_at < unheard_of:
            return
        if not await self._broker.holds_the_log():
            await self._publish_again(connection)
        self._heard_at = moment
        self._report(True, None)

    async def _publish_again(self, connection: Connection) -> None:
        topic = self._settings.topic
        await self._broker.lay([topic, f"{topic}.dlq", replay_topic(topic)])
        await self._broker.close()
        await self._publisher.close()
        self._publisher.forget_offsets()
        since = technical_now().date() - timedelta(days=self._settings.republish_days)
        count = 0
        async with connection.transaction(readonly=True):
            page: list[tuple[str, Record]] = []
            async for row in connection.cursor(PUBLISHED, since, prefetch=self._settings.relay_page):
                page.append((row["topic"], record_of(row, self._broker.life)))
                if len(page) == self._settings.relay_page:
                    await self._publisher.publish(page)
                    count += len(page)
                    page = []
            if page:
                await self._publisher.publish(page)
                count += len(page)
        points.reach("relay.after-republish")
        await self._broker.mark()
        log().info("relay.log_published_again", events=count, since=since.isoformat())

    async def _current_month(self, connection: Connection) -> date:
        today = technical_now().date()
        if self._month != today.replace(day=1):
            await connection.execute("SELECT ensure_event_log_month($1)", today)
            self._month = today.replace(day=1)
        return today

    async def _watch_the_bus(self) -> None:
        """The one who does not own still knows whether the bus is up."""
        try:
            await self._broker.holds_the_log()
        except BrokerUnavailable as error:
            self._report(False, error)
        else:
            self._report(True, None)
        await asyncio.sleep(self._settings.broker_check_seconds)

    def _report(self, up: bool, error: Exception | None) -> None:
        if up != self.bus_up:
            log().info("relay.bus", up=up, error=str(error) if error else None)
        self.bus_up = up
        BUS_UP.labels(self._settings.service).set(int(up))


def _age(rows: list[asyncpg.Record]) -> float:
    """Seconds since the oldest event got its id, which carries the real time it was made at."""
    if not rows:
        return 0.0
    oldest: float = min(row["event_id"].int >> 80 for row in rows) / 1000
    return max(0.0, datetime.now(UTC).timestamp() - oldest)
