"""Moves events from the outbox to the broker and then to the event log: lost never, in order per key, twice at worst."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from chassis import points
from chassis.broker import Broker, BrokerUnavailable
from chassis.clock import technical_now
from chassis.database import DATABASE_FAILURES, Connection, connect_as_worker
from chassis.doorbell import Doorbell
from chassis.publishing import NotPublished, Publisher, Record, TooLargeForTheBroker
from chassis.records import COLUMNS, record_of, replay_topic
from chassis.settings import Settings
from chassis.telemetry import BUS_UP, EVENTS_PUBLISHED, KEYS_WITHHELD, OUTBOX_OLDEST, describe, log

LANES = 8
LONGEST_PAUSE_SECONDS = 5.0  # what cannot be moved for want of room is published again after every pause
SAME_BROKER_SECONDS = 0.03  # no broker dies and comes back within
OWNERSHIP = 0x6B70  # the advisory lock that the one relay of a service holds
PAGE = f"""
    SELECT o.* FROM generate_series(0, {LANES - 1}) AS l(lane),
    LATERAL (SELECT lane, {COLUMNS} FROM outbox WHERE lane = l.lane AND NOT seq = ANY ($2::bigint[])
             AND NOT key = ANY ($3::text[]) ORDER BY seq LIMIT $1) AS o
"""  # noqa: S608 - column names of our own
MOVE = f"""
    WITH moved AS (DELETE FROM outbox WHERE (lane, seq) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))
                   RETURNING lane, {COLUMNS})
    INSERT INTO event_log (lane, {COLUMNS}, day) SELECT lane, {COLUMNS}, $3 FROM moved
"""  # noqa: S608 - column names of our own
Page = list[asyncpg.Record]
PUBLISHED = f"SELECT {COLUMNS} FROM event_log WHERE day >= $1 ORDER BY seq"  # noqa: S608 - column names of our own


class NotTheOwner(RuntimeError):
    """Another process relays for this service."""


class Relay:
    """The relay of one service; any number of processes may run one, one of them works."""

    def __init__(self, settings: Settings, bell: Doorbell) -> None:
        self._settings = settings
        self._bell = bell
        self._share = max(1, settings.relay_page // LANES)
        self._broker = Broker(settings)
        self._publisher = Publisher(settings)
        self._month: date | None = None
        self._acknowledged: Page = []
        self._heard_at = float("-inf")
        self._pause = settings.relay_poll_seconds
        self.bus_up = False

    async def run(self) -> None:
        """Relay until cancelled, through every failure of database and broker."""
        try:
            while True:
                try:
                    await self._own_and_relay()
                except NotTheOwner:
                    await self._watch_the_bus()
                except TooLargeForTheBroker as error:
                    log().error("relay.too_large", error=str(error))
                except (BrokerUnavailable, NotPublished) as error:
                    self._report(False, error)
                    await asyncio.sleep(self._settings.relay_poll_seconds)
                except DATABASE_FAILURES as error:
                    log().warning("relay.database", error=describe(error))
                    await asyncio.sleep(self._pause)
                    self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        finally:
            await self._publisher.close()
            await self._broker.close()

    async def _own_and_relay(self) -> None:
        """Everything happens on the connection that holds the lock: a zombie has neither."""
        connection = await connect_as_worker(self._settings)
        try:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", OWNERSHIP):
                raise NotTheOwner
            self._heard_at, self._acknowledged = float("-inf"), []
            while True:
                await self._hold_the_log(connection, self._settings.broker_check_seconds)
                published = await self._relay_all(connection)
                if not published:
                    await self._bell.wait(self._settings.relay_poll_seconds)
                elif published > self._settings.relay_few:
                    # Many come at once: a page costs nearly as much for few as for hundreds.
                    await asyncio.sleep(self._settings.relay_gather_seconds)
        finally:
            with suppress(*DATABASE_FAILURES):
                await connection.close(timeout=2)

    async def _relay_all(self, connection: Connection) -> int:
        """Publish page by page until nothing waits; gives how many events there were.

        While the broker takes a page, the database moves the one before and reads the next.
        """
        page = await self._read(connection, [])
        published = 0
        while page:
            if not self._settings.kafka_idempotent:
                await self._hold_the_log(connection, SAME_BROKER_SECONDS)
            points.reach("relay.before-publish")
            following, held = await _both(self._move_and_read(connection, page), self._publish(page))
            points.reach("relay.after-publish")
            self._heard_at = asyncio.get_running_loop().time()
            published += len(page)
            self._acknowledged, page = page, following
            self._report(True, None)
            if not held:
                await self._publish_again(connection)
        await self._move(connection)
        return published

    async def _publish(self, page: Page) -> bool:
        life = self._broker.life
        return await self._publisher.publish((row["topic"], record_of(row, life)) for row in page)

    async def _move_and_read(self, connection: Connection, page: Page) -> Page:
        """Give the page behind one that is being published, if that is as long as the share of a lane.

        It leaves out just these rows, not all up to them: a smaller `seq` may have been committed since.
        """
        await self._move(connection)
        return await self._read(connection, page) if len(page) >= self._share else []

    async def _read(self, connection: Connection, published: Page) -> Page:
        """Read the oldest events of every lane but those that are being published."""
        withheld = self._publisher.withheld()
        KEYS_WITHHELD.labels(self._settings.service).set(len(withheld))
        page = await connection.fetch(PAGE, self._share, [row["seq"] for row in published], withheld)
        OUTBOX_OLDEST.labels(self._settings.service).set(_age(published or page))
        return page

    async def _move(self, connection: Connection) -> None:
        """Put what is acknowledged into the event log."""
        rows = self._acknowledged
        if rows:
            today = await self._current_month(connection)
            await connection.execute(MOVE, [row["lane"] for row in rows], [row["seq"] for row in rows], today)
            self._acknowledged = []
            self._pause = self._settings.relay_poll_seconds
            points.reach("relay.after-move")
            EVENTS_PUBLISHED.labels(self._settings.service).inc(len(rows))

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
        """Lay the topics anew and tell the log once more, with what the lost broker had acknowledged last."""
        await self._move(connection)
        topic = self._settings.topic
        await self._broker.lay([topic, f"{topic}.dlq", replay_topic(topic)])
        await self._broker.close()
        await self._publisher.close()
        self._publisher.forget_offsets()
        points.reach("relay.before-republish")
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
        points.reach("relay.after-mark")
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


async def _both(
    working: Coroutine[Any, Any, Page], publishing: Coroutine[Any, Any, bool]
) -> tuple[Page, bool]:
    """Wait for both, also where one fails: a connection takes one statement at a time."""
    page, held = await asyncio.gather(working, publishing, return_exceptions=True)
    for outcome in (page, held):
        if isinstance(outcome, BaseException):
            raise outcome
    return page, held


def _age(rows: Page) -> float:
    """Seconds since the oldest event got its id, which carries the real time it was made at."""
    if not rows:
        return 0.0
    oldest: float = min(row["event_id"].int >> 80 for row in rows) / 1000
    return max(0.0, datetime.now(UTC).timestamp() - oldest)
