"""A small proxy before a server of an instance: it delays, cuts in the middle of a frame, and swallows what it is sent.

It runs a loop of its own in a thread, so that a test that blocks does not stop what it is to pass on.
"""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PIECE = 64 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Target = Path | int
"""A Unix socket, or a port of this machine."""


@dataclass
class Proxy:
    """What lies between; a change holds for the connections there are and for those to come."""

    target: Target
    port: int = 0
    delay_seconds: float = 0.0
    swallowing: bool = False
    cut_next: int = 0
    passed_on: int = 0
    swallowed: int = 0
    cuts: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _links: set["_Link"] = field(default_factory=set)
    _meetings: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"127.0.0.1:{self.port}"

    def delay(self, seconds: float) -> None:
        """Hold every piece back for up to so long."""
        self._loop.call_soon_threadsafe(setattr, self, "delay_seconds", seconds)

    def cut(self, links: int) -> None:
        """Let so many connections end in the middle of the next piece that they carry."""
        self._loop.call_soon_threadsafe(setattr, self, "cut_next", links)

    def swallow(self) -> None:
        """Take every byte and deliver none; connections stay open, and new ones are taken too."""
        self._loop.call_soon_threadsafe(setattr, self, "swallowing", True)

    def heal(self) -> None:
        """Deliver again what comes over new connections; those that lost bytes stay dead and say nothing of it."""

        def healed() -> None:
            self.swallowing, self.delay_seconds, self.cut_next = False, 0.0, 0

        self._loop.call_soon_threadsafe(healed)

    async def serve(self, listening: socket.socket, ready: Callable[[], None]) -> None:
        """Pass on until cancelled."""
        server = await asyncio.start_server(self._take, sock=listening)
        ready()
        async with server:
            try:
                await asyncio.Event().wait()
            finally:
                for link in list(self._links):
                    link.cut()
                await asyncio.gather(*self._meetings, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = asyncio.create_task(self._meet(reader, writer))
        self._meetings.add(meeting)
        meeting.add_done_callback(self._meetings.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.target, Path):
                theirs = await asyncio.open_unix_connection(self.target)
            else:
                theirs = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        link = _Link(self, (reader, theirs[1]), (theirs[0], writer), dead=self.swallowing)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)


@dataclass(eq=False)
class _Link:
    """One connection: two ways, each from a reader to a writer."""

    proxy: Proxy
    there: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    back: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    dead: bool = False
    is_cut: bool = False

    async def run(self) -> None:
        """Carry both ways until one side ends; of a dead connection no side ever hears that the other has ended."""
        ways = [asyncio.create_task(self._carry(*way)) for way in (self.there, self.back)]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if self.dead and not self.is_cut:
                await asyncio.wait(ways)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for _, writer in (self.there, self.back):
                writer.close()

    def cut(self) -> None:
        """End both sides at once, as a machine that fails does."""
        self.is_cut = True
        for _, writer in (self.there, self.back):
            raw = writer.get_extra_info("socket")
            if raw is not None and raw.family != socket.AF_UNIX:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            while piece := await reader.read(PIECE):
                if self.proxy.delay_seconds:
                    await asyncio.sleep(random.uniform(0, self.proxy.delay_seconds))
                self.dead = self.dead or self.proxy.swallowing
                if self.dead:
                    self.proxy.swallowed += len(piece)
                    continue
                if self.proxy.cut_next and len(piece) > 1:
                    self.proxy.cut_next -= 1
                    self.proxy.cuts += 1
                    writer.write(piece[: len(piece) // 2])
                    await writer.drain()
                    await asyncio.sleep(0.01)
                    self.cut()
                    return
                writer.write(piece)
                await writer.drain()
                self.proxy.passed_on += len(piece)


@contextmanager
def proxied(target: Target, port: int = 0) -> Iterator[Proxy]:
    """Run a proxy before a server, on a port of its own or the given one."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    proxy = Proxy(target, listening.getsockname()[1])
    ready = threading.Event()
    stopping = asyncio.Event()
    thread = threading.Thread(
        target=_run, args=(proxy._loop, _until(proxy.serve(listening, ready.set), stopping)), daemon=True
    )
    thread.start()
    assert ready.wait(10), "the proxy does not listen"
    try:
        yield proxy
    finally:
        proxy._loop.call_soon_threadsafe(stopping.set)
        thread.join(10)


async def _until(serving: Coroutine[Any, Any, None], stopping: asyncio.Event) -> None:
    task = asyncio.create_task(serving)
    await stopping.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _run(loop: asyncio.AbstractEventLoop, main: Coroutine[Any, Any, None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(main)
    finally:
        loop.close()
