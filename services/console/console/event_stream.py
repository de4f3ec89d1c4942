"""One subscriber's connection: what the log has, then what happens, until either side ends it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.clock import technical_now
from chassis.database import Database
from chassis.transaction import Moment, scoped
from console import queries
from console.hub import Hub
from console.model import Entry, Interest
from console.settings import ConsoleSettings

ABORT = "keypost.abort"


class Subscription:
    """What one subscriber gets: everything of interest behind a position, once, in order, and then live."""

    def __init__(self, settings: ConsoleSettings, database: Database, hub: Hub, interest: Interest) -> None:
        self._settings = settings
        self._database = database
        self._hub = hub
        self._interest = interest

    async def pieces(self, after: int, moment: Moment) -> AsyncIterator[bytes]:
        """Give pieces of the stream; an id without data moves the position past events of no interest."""
        yield b"retry: %d\nid: %d\n\n" % (self._retry(), after)
        position = after
        while (kept := self._hub.kept_since(position)) is None:
            found, position = await self._replayed(position, moment)
            yield self._frames(found) + b"id: %d\n\n" % position
        subscriber = self._hub.join(self._interest)
        try:
            wanted = [entry for entry in kept if self._interest.covers(entry)]
            for start in range(0, len(wanted), self._settings.replay_events):
                yield self._frames(wanted[start : start + self._settings.replay_events])
            while not subscriber.closed:
                piece = await subscriber.take(self._settings.keep_alive)
                yield piece or b": still here\nid: %d\n\n" % self._hub.last
        finally:
            self._hub.leave(subscriber)

    async def _replayed(self, position: int, moment: Moment) -> tuple[list[Entry], int]:
        upto = min(position + self._settings.replay_window, self._hub.last)
        most = self._settings.replay_events
        async with scoped(self._database.app, moment, readonly=True) as tx:
            found = await queries.forward(tx, self._interest, (position, upto), most)
        return found, found[-1].position if len(found) == most else upto

    def _frames(self, entries: list[Entry]) -> bytes:
        return b"".join(self._interest.frame(entry) for entry in entries)

    def _retry(self) -> int:
        return self._settings.retry_ms + random.randint(0, self._settings.retry_jitter_ms)  # noqa: S311 - jitter


class EventStream(Response):
    """Sends pieces as they come; ends with the reader, with its token, or when the reader takes nothing for a while."""

    media_type = "text/event-stream"

    def __init__(self, pieces: AsyncIterator[bytes], *, stall: float, expires_at: float) -> None:
        super().__init__()
        self._pieces = pieces
        self._stall = stall
        self._expires_at = expires_at
        self.raw_headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the connection until one side ends it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_all(send))
        gone = asyncio.create_task(_disconnected(receive))
        try:
            left = max(0.0, self._expires_at - technical_now().timestamp())
            await asyncio.wait({sending, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await gone
        try:
            stuck = await sending
        except asyncio.CancelledError:
            stuck = False
        if stuck:
            abort = scope.get("state", {}).get(ABORT)
            if abort is not None:
                abort()
            return
        await _bounded(send, {"type": "http.response.body", "body": b"", "more_body": False}, self._stall)

    async def _send_all(self, send: Send) -> bool:
        """Send until the pieces end; tells whether the reader got stuck."""
        try:
            async for piece in self._pieces:
                if not await _bounded(
                    send, {"type": "http.response.body", "body": piece, "more_body": True}, self._stall
                ):
                    return True
            return False
        finally:
            await self._pieces.aclose()  # type: ignore[attr-defined]  # an async generator


async def _bounded(send: Send, message: Message, patience: float) -> bool:
    """Send, and tell whether it went within the time."""
    try:
        async with asyncio.timeout(patience):
            await send(message)
    except TimeoutError:
        return False
    return True


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


class Abortable:
    """Remembers how to drop a connection whose reader takes nothing: closing it in order would wait for the reader."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the server's transport noted where the server shows it."""
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        abort: Callable[[], Awaitable[None] | None] | None = getattr(transport, "abort", None)
        if abort is not None and scope["type"] == "http":
            scope.setdefault("state", {})[ABORT] = abort
        await self._app(scope, receive, send)
