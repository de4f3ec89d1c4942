"""An ordinary consumer of the bus, with no database: it reads everything, and each event counts once by its id."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from contracts.envelope import Event, MalformedEvent, from_record

TOPICS = tuple(
    f"keypost.{service}" for service in ("registry", "tiering", "pricing", "service-desk", "scoring")
)
FETCH_MS = 200
QUIET_SECONDS = 4.0
PATIENCE_SECONDS = 90.0
REQUEST_MS = 5_000
Wanted = Callable[[Event], bool]


class Ear:
    """Hears the topics from their beginning; a broker that came back is heard from its beginning again."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._heard: dict[str, Event] = {}
        self._anew = asyncio.Event()
        self._moved_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen."""
        logging.getLogger("aiokafka").setLevel(
            logging.CRITICAL
        )  # it tells every retry, and we retry on purpose
        self._task = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def events(self, wanted: Wanted) -> list[Event]:
        """Give what was heard so far and is wanted, by record and version."""
        found = [event for event in self._heard.values() if wanted(event)]
        return sorted(found, key=lambda event: (event.aggregate, event.version))

    async def wait(self, wanted: Wanted, count: int = 1) -> list[Event]:
        """Wait for so many events; gives what there is when patience ends."""
        began = time.monotonic()
        while True:
            found = self.events(wanted)
            now = time.monotonic()
            if len(found) >= count or now > began + PATIENCE_SECONDS:
                return found
            # A long log is read to its end first, however slowly.
            if now > max(began, self._moved_at) + QUIET_SECONDS:
                self._anew.set()
                self._moved_at = now
            await asyncio.sleep(0.05)

    async def _listen(self) -> None:
        while True:
            with suppress(KafkaError, OSError):
                await self._listen_once()
            await asyncio.sleep(FETCH_MS / 1000)

    async def _listen_once(self) -> None:
        self._anew.clear()
        client = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, auto_offset_reset="earliest", request_timeout_ms=REQUEST_MS
        )
        try:
            await client.start()
            known = await client.topics()
            wanted = [topic for topic in TOPICS if topic in known]
            if wanted:
                client.subscribe(wanted)
            while wanted and not self._anew.is_set():
                records = await client.getmany(timeout_ms=FETCH_MS)
                if records:
                    self._moved_at = time.monotonic()
                for record in (one for page in records.values() for one in page):
                    with suppress(MalformedEvent):
                        event = from_record(record.headers, record.value)
                        self._heard[str(event.id)] = event
        finally:
            await client.stop()
