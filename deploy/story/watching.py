"""Somebody who watches the event stream (SSE) all day, and takes it up again wherever it broke off."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from deploy.story.calling import Person

READ_SECONDS = 25.0
PAUSE_SECONDS = 0.3
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Seen:
    """An event as the stream showed it."""

    position: int
    id: str
    type: str
    aggregate: str
    version: int
    subject: str
    orgpath: str


class Watcher:
    """Reads `/v1/stream` from a position on; every reconnection goes on behind the last id."""

    def __init__(self, person: Person, after: int | None = None) -> None:
        self._person = person
        self._last = after
        self.seen: list[Seen] = []
        self.connections = 0
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> int:
        """Begin to watch; gives the position it begins behind."""
        self._task = asyncio.create_task(self._watch())
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            if self._last is not None or time.monotonic() > end:
                return self.position
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Look away."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def position(self) -> int:
        """How far the stream has been read, events of no interest included."""
        return self._last or 0

    async def until(self, ids: set[str]) -> set[str]:
        """Watch until all these events were seen; gives those that were not when patience ends."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            missing = ids - {one.id for one in self.seen}
            if not missing or time.monotonic() > end:
                return missing
            await asyncio.sleep(0.05)

    async def until_position(self, position: int) -> bool:
        """Watch until the stream has come to a position; tells whether it did."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            if self.position >= position or time.monotonic() > end:
                return self.position >= position
            await asyncio.sleep(0.05)

    async def _watch(self) -> None:
        timeout = httpx.Timeout(10.0, read=READ_SECONDS)
        async with httpx.AsyncClient(
            base_url=self._person.house.base, timeout=timeout, trust_env=False
        ) as http:
            while True:
                with suppress(httpx.HTTPError, ConnectionError):
                    await self._read(http)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _read(self, http: httpx.AsyncClient) -> None:
        headers = {"Authorization": self._person.authorization}
        if self._last is not None:
            headers["Last-Event-ID"] = str(self._last)
        async with http.stream("GET", "/v1/stream", headers=headers) as answer:
            answer.raise_for_status()
            self.connections += 1
            fields: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                self._take(fields)
                fields = {}

    def _take(self, fields: dict[str, str]) -> None:
        if "data" in fields:
            document: dict[str, Any] = orjson.loads(fields["data"])
            self.seen.append(
                Seen(
                    int(fields["id"]),
                    document["id"],
                    document["type"],
                    document["aggregate"],
                    document["aggregateversion"],
                    document["subject"],
                    document["orgpath"],
                )
            )
        if "id" in fields:
            self._last = int(fields["id"])
