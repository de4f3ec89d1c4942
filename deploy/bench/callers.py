"""A load of HTTP callers: each sends its next request when the last one was answered."""

import asyncio
import time
from collections import Counter
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
    good = b"201" if target.make_body else b"200"
    latencies: list[float] = []
    statuses: Counter[bytes] = Counter()
    numbers = iter(range(start, 1 << 60))
    end = time.perf_counter() + seconds

    async def call() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        while (began := time.perf_counter()) < end:
            writer.write(target.request(next(numbers)))
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            latencies.append(time.perf_counter() - began)
            statuses[head[9:12]] += 1
            if head[9:12] != good and statuses[head[9:12]] == 1:
                raise WrongAnswer(f"{head[:12].decode()} {body.decode(errors='replace')[:500]}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return Run.of(latencies, time.perf_counter() - began)
