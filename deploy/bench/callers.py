"""A load of HTTP callers: each sends its next request when the last one was answered, or all at a pace that is given."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from deploy.bench.measures import Run

MakeBody = Callable[[int], bytes]


@dataclass(frozen=True)
class Target:
    """Where requests go; `headers` are whole lines, `numbered` adds an Idempotency-Key to each.

    Without a body it is a GET; a path may be made for each number.
    """

    port: int
    path: str | Callable[[int], str]
    make_body: MakeBody | None
    headers: tuple[str, ...] = ()
    numbered: str | None = None

    def request(self, number: int) -> bytes:
        """Give the bytes of one request."""
        path = self.path if isinstance(self.path, str) else self.path(number)
        if self.make_body is None:
            return "\r\n".join((f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *self.headers, "", "")).encode()
        body = self.make_body(number)
        key = (f"Idempotency-Key: {self.numbered}-{number}",) if self.numbered else ()
        head = (
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *self.headers,
            *key,
        )
        return "\r\n".join((*head, "", "")).encode() + body


class WrongAnswer(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


async def drive(target: Target, callers: int, seconds: float, start: int = 0) -> Run:
    """Let callers work for some seconds; raises WrongAnswer for any status but 201, of a GET but 200."""
    latencies: list[float] = []
    numbers = iter(range(start, 1 << 60))
    end = time.perf_counter() + seconds

    async def call() -> None:
        line = await Line.open(target)
        while (began := time.perf_counter()) < end:
            await line.ask(next(numbers))
            latencies.append(time.perf_counter() - began)
        line.close()

    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return Run.of(latencies, time.perf_counter() - began)


async def offer(target: Target, per_second: float, seconds: float, start: int = 0) -> Run:
    """Ask at a pace of its own, answered or not; what one waits for counts from the instant it was to be asked at."""
    latencies: list[float] = []
    free: list[Line] = []

    async def call(number: int, due: float) -> None:
        line = free.pop() if free else await Line.open(target)
        await line.ask(number)
        latencies.append(time.perf_counter() - due)
        free.append(line)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as calls:
        for ordinal in range(round(per_second * seconds)):
            due = began + ordinal / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            calls.create_task(call(start + ordinal, due))
    for line in free:
        line.close()
    return Run.of(latencies, time.perf_counter() - began)


class Line:
    """A connection of one caller, who asks on it time and again."""

    def __init__(self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer
        self._good = b"201" if target.make_body else b"200"

    @classmethod
    async def open(cls, target: Target) -> "Line":
        """Connect."""
        return cls(target, *await asyncio.open_connection("127.0.0.1", target.port))

    async def ask(self, number: int) -> None:
        """Send a request and read its answer; raises WrongAnswer."""
        self._writer.write(self._target.request(number))
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self._reader.readexactly(int(length))
        if head[9:12] != self._good:
            raise WrongAnswer(f"{head[:12].decode()} {body.decode(errors='replace')[:500]}")

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
