"""Brings what was committed to the log to the hub, whichever process of the console has consumed it."""

import asyncio
from collections.abc import Sequence

from chassis.database import PASSING, Database, Pool
from chassis.doorbell import Doorbell
from chassis.telemetry import describe, log
from console import queries
from console.hub import Hub
from console.settings import ConsoleSettings
from contracts.envelope import Event


class Feed:
    """The only writer of the hub. The consumer rings after each commit; a slow look catches other processes'."""

    def __init__(self, settings: ConsoleSettings, hub: Hub) -> None:
        self._settings = settings
        self._pool: Pool | None = None
        self._hub = hub
        self._bell = Doorbell()
        self._started = asyncio.Event()

    async def started(self) -> None:
        """Wait until the hub knows where the log ends."""
        await self._started.wait()

    async def ring(self, _applied: Sequence[Event]) -> None:
        """Say that a batch is committed."""
        self._bell.ring()

    async def run(self, database: Database) -> None:
        """Follow the log until cancelled, through every failure of the database."""
        self._pool = database.worker
        while True:
            try:
                if not self._started.is_set():
                    self._hub.start(await queries.last_position(self._pool))
                    self._started.set()
                await self.catch_up()
                await self._bell.wait(self._settings.tail_poll)
            except PASSING as error:
                log().warning("feed.failed", error=describe(error))
                await asyncio.sleep(self._settings.tail_back_off)

    async def catch_up(self) -> None:
        """Hand to the hub all that the log has beyond it."""
        while self._pool is not None:
            entries = await queries.behind(self._pool, self._hub.last, self._settings.tail_events)
            await self._hub.publish(entries)
            if len(entries) < self._settings.tail_events:
                return
