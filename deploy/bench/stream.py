"""Stream: 2,000 subscribers that each see the events of their scope, beside bare SSE with the same fan-out."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

import httpx

from chassis.database import Connection
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench, floor_server

SUBSCRIBERS = 2_000
SEE_ALL = 100
STUCK = 20
CHUNK = 200
CHUNKS = 4
ROUNDS = 5
RATE, UNHURT = 0.5, 0.8
GIVE_UP_SECONDS = 120.0
PROVINCE = "420000"
MARK = b"data:"
SMALL_BUFFER = 4_096
OPENING_AT_ONCE = 100
SCOPES = """
    SELECT org_id, orgpath FROM organisation WHERE kind = 'county' AND orgpath ^@ 'CN.420000.' ORDER BY org_id LIMIT 19
"""
APPEND = """
    SELECT append_to_stream(json_agg(json_build_object('event_id', uuidv7(), 'source', '/keypost/registry',
      'type', 'registry.customer.corrected.v1', 'time', now(), 'subject', 'bench', 'sequence', g, 'aggregate', 'bench:' || g,
      'version', 1, 'orgpath', ($1::text[])[1 + g % cardinality($1::text[])], 'actor', 'system:bench',
      'correlation_id', uuidv7(), 'data', json_build_object('content', repeat('x', 300)))))
    FROM generate_series(1, $2::int) AS g
"""
Tell = Callable[[], Awaitable[object]]


class NotAllSeen(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


@dataclass
class Audience:
    """What all subscribers together have seen of a chunk."""

    expected: int
    seen: int = 0
    first: float = 0.0
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, events: int) -> None:
        """Some of them have got events."""
        self.first = self.first or time.perf_counter()
        self.seen += events
        if self.seen >= self.expected:
            self.complete.set()


class Subscriber(asyncio.Protocol):
    """One connection; counts events without reading them."""

    def __init__(self, request: bytes, audience: Callable[[], Audience | None]) -> None:
        self._request = request
        self._audience = audience
        self._rest = b""
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        transport.write(self._request)  # type: ignore[attr-defined]  # a transport that can be written to

    def data_received(self, data: bytes) -> None:
        """Count."""
        if not self.open.done():
            if not data.startswith(b"HTTP/1.1 200"):
                self.open.set_exception(NotAllSeen(data[:300].decode(errors="replace")))
                return
            self.open.set_result(None)
        text = self._rest + data
        self._rest = text[1 - len(MARK) :]
        audience = self._audience()
        if audience is not None and (events := text.count(MARK)):
            audience.see(events)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so to whoever waits for the answer."""
        if not self.open.done():
            self.open.set_exception(NotAllSeen(f"closed: {exc}"))


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Run the floor, ours, and ours with stuck readers in turn; raises NotAllSeen."""
    token = bench.token("center-director", PROVINCE)
    bench.leave_running("console")
    _allow_files(3 * SUBSCRIBERS)
    ours: list[Run] = []
    floor: list[Run] = []
    beside: list[Run] = []
    async with bench.superuser("console") as root:
        scopes = {row["org_id"]: row["orgpath"] for row in await root.fetch(SCOPES)}
        port = bench.instance.layout.ports["console"]
        requests = [_request(f"/v1/stream?organisation={one}", token) for one in _spread(scopes)]
        whole = _request("/v1/stream", token)
        with floor_server(bench) as bare:
            plain = [_request(f"/stream?scope={one}") for one in _spread(scopes)]
            for number in range(1, ROUNDS + 1):
                say(f"stream, round {number} of {ROUNDS}")
                floor.append(await _round(bare, plain, lambda: _tell_bare(bare, list(scopes))))
                ours.append(await _round(port, requests, lambda: _append(root, list(scopes.values()))))
                async with _stuck(port, whole):
                    beside.append(await _round(port, requests, lambda: _append(root, list(scopes.values()))))
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    unhurt = middle(beside, "per_second") / middle(ours, "per_second")
    return Comparison(
        bench="stream",
        does="log → every subscriber whose scope holds the event, by the console",
        setting=f"{SUBSCRIBERS} subscribers, {SEE_ALL} of the province and the rest of {len(scopes)} counties; "
        f"{CHUNKS} × {CHUNK} events a round, {ROUNDS} rounds in turn; then {STUCK} that read nothing among them; "
        "floor: FastAPI, a queue a subscriber; deliveries from the first to the last",
        ours=ours,
        floor=floor,
        to_reach=f"deliveries/s ≥ {RATE}; beside stuck readers ≥ {UNHURT} of that",
        ratios={"deliveries/s": round(rate, 2), "beside stuck readers": round(unhurt, 2)},
        reached=rate >= RATE and unhurt >= UNHURT,
    )


def _spread(scopes: dict[str, str]) -> list[str]:
    """Give each subscriber its organisation."""
    counties = list(scopes)
    rest = range(SUBSCRIBERS - SEE_ALL)
    return [PROVINCE] * SEE_ALL + [counties[number % len(counties)] for number in rest]


async def _round(port: int, requests: list[bytes], tell: Tell) -> Run:
    audience: Audience | None = None
    expected = _deliveries(requests)
    seconds = 0.0
    async with _subscribed(port, requests, lambda: audience):
        for _ in range(CHUNKS):
            audience = Audience(expected)
            await tell()
            try:
                async with asyncio.timeout(GIVE_UP_SECONDS):
                    await audience.complete.wait()
            except TimeoutError as error:
                raise NotAllSeen(f"{audience.seen} of {expected}") from error
            seconds += time.perf_counter() - audience.first
        if audience is not None and audience.seen != expected:
            raise NotAllSeen(f"{audience.seen} instead of {expected}")
    return Run.counted(expected * CHUNKS, seconds)


def _deliveries(requests: list[bytes]) -> int:
    """Of a chunk: who sees the province sees every event, who sees a county those of its turn."""
    lines = [request.partition(b"\r\n")[0] for request in requests]
    counties = sorted({line for line in lines if PROVINCE.encode() + b" " not in line})
    turns = [len(range(number or len(counties), CHUNK + 1, len(counties))) for number in range(len(counties))]
    of_county = dict(zip(counties, turns, strict=True))
    return sum(of_county.get(line, CHUNK) for line in lines)


@asynccontextmanager
async def _subscribed(
    port: int, requests: list[bytes], audience: Callable[[], Audience | None]
) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    transports = []
    try:
        for start in range(0, len(requests), OPENING_AT_ONCE):
            opening = [
                loop.create_connection(partial(Subscriber, one, audience), "127.0.0.1", port)
                for one in requests[start : start + OPENING_AT_ONCE]
            ]
            for transport, subscriber in await asyncio.gather(*opening):
                transports.append(transport)
                await subscriber.open
        yield
    finally:
        for transport in transports:
            transport.abort()


@asynccontextmanager
async def _stuck(port: int, request: bytes) -> AsyncIterator[None]:
    """Keep connections open that ask for everything and take nothing."""
    sockets = []
    for _ in range(STUCK):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        one.connect(("127.0.0.1", port))
        one.sendall(request)
        sockets.append(one)
    try:
        yield
    finally:
        for one in sockets:
            one.close()


async def _append(root: Connection, paths: list[str]) -> None:
    await root.execute(APPEND, paths, CHUNK)


async def _tell_bare(port: int, scopes: list[str]) -> None:
    async with httpx.AsyncClient() as client:
        (
            await client.post(f"http://127.0.0.1:{port}/tell", json={"scopes": scopes, "events": CHUNK})
        ).raise_for_status()


def _request(path: str, token: str | None = None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


def _allow_files(most: int) -> None:
    """Each subscriber is an open file, here and in the server, which inherits the limit."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    if soft < most:
        setrlimit(RLIMIT_NOFILE, (min(most, hard), hard))
