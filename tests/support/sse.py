"""An ordinary reader of server-sent events, as a dashboard would write one."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

PATIENCE_SECONDS = 60.0


class Stream:
    """Frames of one connection; remembers the last id, also of frames without data."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id: int | None = None
        self.retry: int | None = None
        self._pieces = response.aiter_text()
        self._rest = ""
        self._events: list[dict[str, Any]] = []

    async def next(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Give the next event; raises TimeoutError, or StopAsyncIteration when the server ends the stream."""
        async with asyncio.timeout(seconds):
            while not self._events:
                await self._read()
        return self._events.pop(0)

    async def take(self, count: int, seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
        """Give this many events."""
        async with asyncio.timeout(seconds):
            return [await self.next(seconds) for _ in range(count)]

    async def _read(self) -> None:
        *frames, self._rest = (self._rest + await anext(self._pieces)).split("\n\n")
        for frame in frames:
            self._take(frame)

    def _take(self, frame: str) -> None:
        data = ""
        for line in frame.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "id":
                self.last_id = int(value)
            elif name == "retry":
                self.retry = int(value)
            elif name == "data":
                data += value
        if data:
            self._events.append(json.loads(data))


@asynccontextmanager
async def subscribed(
    base: str, token: str, params: Mapping[str, str] | None = None, last_event_id: int | None = None
) -> AsyncIterator[Stream]:
    """Subscribe and wait until the server has said where it begins."""
    headers = {"Authorization": f"Bearer {token}"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(PATIENCE_SECONDS)) as client,
        client.stream("GET", f"{base}/v1/stream", params=dict(params or {}), headers=headers) as response,
    ):
        response.raise_for_status()
        stream = Stream(response)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while stream.last_id is None:
                await stream._read()
        yield stream
