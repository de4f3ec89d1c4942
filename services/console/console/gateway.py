"""Passes requests on to the services: one origin for the browser, nothing kept in memory but what is in flight."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console.model import ServiceUnavailable, UnknownService

RawHeaders = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
REWRITTEN = frozenset(
    (
        b"host",
        b"expect",
        b"cookie",
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
    )
)
OWN = frozenset((b"x-correlation-id", b"date", b"server"))  # the console's own edge and server add these
VERSIONED = re.compile(r"v\d+")


@dataclass(frozen=True, slots=True)
class Limits:
    """Technical limits: an answer up to `whole` bytes is passed on in one piece; times in seconds."""

    whole: int
    connections: int
    connect: float
    answer: float
    idle: float


class Gateway:
    """A streaming reverse proxy to the services, found by their names."""

    def __init__(self, services: Mapping[str, str], limits: Limits) -> None:
        self._services = {name: httpx.URL(url) for name, url in services.items()}
        self._limits = limits
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False,
            limits=httpx.Limits(
                max_connections=limits.connections,
                max_keepalive_connections=limits.connections,
                keepalive_expiry=limits.idle,
            ),
        )

    @property
    def services(self) -> Mapping[str, httpx.URL]:
        """The services by name, with their addresses."""
        return self._services

    async def until_cancelled(self) -> None:
        """Keep connections until the process stops, then close them."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._transport.aclose()

    async def forward(self, service: str, request: Request, marks: Mapping[str, str]) -> Response:
        """Pass one request on and its answer back; `marks` are the headers that tie them together in the logs."""
        outgoing = self._outgoing(service, request, marks)
        if request.headers.get("content-length") or "transfer-encoding" in request.headers:
            outgoing.stream = _Body(request.stream())
        return await self._answer(service, await self._sent(service, outgoing))

    async def ask(self, service: str, path: str, patience: float) -> httpx.Response:
        """Ask a service itself, for its health; raises ServiceUnavailable when it does not answer in time."""
        timeout = httpx.Timeout(patience).as_dict()
        question = httpx.Request("GET", self._services[service].join(path), extensions={"timeout": timeout})
        answer = await self._sent(service, question)
        try:
            await answer.aread()
        except httpx.TransportError as error:
            raise unavailable(service) from error
        return answer

    async def _sent(self, service: str, outgoing: httpx.Request) -> httpx.Response:
        """Give the beginning of an answer; raises ServiceUnavailable."""
        try:
            return await self._transport.handle_async_request(outgoing)
        except httpx.TransportError as error:
            raise unavailable(service) from error
        except AttributeError as error:
            # A service that dies just after it took the connection leaves the transport without its socket.
            if error.name != "getpeername":
                raise
            raise unavailable(service) from error

    def _outgoing(self, service: str, request: Request, marks: Mapping[str, str]) -> httpx.Request:
        base = self._services.get(service)
        target = _target(request, service)
        if base is None or target is None:
            raise unknown(service)
        timeout = httpx.Timeout(self._limits.answer, connect=self._limits.connect).as_dict()
        return httpx.Request(
            request.method,
            base.copy_with(raw_path=target),
            headers=_passed_on(request, marks),
            extensions={"timeout": timeout},
        )

    async def _answer(self, service: str, answer: httpx.Response) -> Response:
        headers = [(n, v) for n, v in _without_hops(answer.headers.raw) if n not in OWN]
        length = answer.headers.get("content-length", "")
        if length.isdecimal() and int(length) <= self._limits.whole:
            try:
                body = b"".join([piece async for piece in answer.aiter_raw()])
            except httpx.TransportError as error:
                raise unavailable(service) from error
            finally:
                await answer.aclose()
            whole = Response(body, answer.status_code)
            whole.raw_headers = headers
            return whole
        passed = StreamingResponse(_pieces(answer), answer.status_code)
        passed.raw_headers = headers
        return passed


class _Body(httpx.AsyncByteStream):
    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


def _target(request: Request, service: str) -> bytes | None:
    """Give the path and query as the service shall see them, byte for byte, or None for what is not its API."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    rest = path.removeprefix(f"/api/{service}".encode())
    labels = unquote(rest.decode("latin-1")).split("/")[1:]
    if not labels or not VERSIONED.fullmatch(labels[0]) or not {".", ".."}.isdisjoint(labels):
        return None
    query: bytes = request.scope["query_string"]
    return rest + b"?" + query if query else rest


def _passed_on(request: Request, marks: Mapping[str, str]) -> RawHeaders:
    marked = {name.encode() for name in marks}
    headers = [
        (n, v) for n, v in _without_hops(request.headers.raw) if n not in REWRITTEN and n not in marked
    ]
    client = request.client.host if request.client else "unknown"
    added = {
        **marks,
        "host": request.headers.get("host", "keypost"),
        "x-forwarded-for": client,
        "x-forwarded-host": request.headers.get("host", ""),
        "x-forwarded-proto": request.url.scheme,
    }
    if "transfer-encoding" in request.headers and "content-length" not in request.headers:
        added["transfer-encoding"] = "chunked"
    return headers + [(name.encode(), value.encode("latin-1", "replace")) for name, value in added.items()]


def _without_hops(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """Leave out what belongs to one connection only, the headers that `Connection` names included."""
    lowered = [(name.lower(), value) for name, value in headers]
    named = {token.strip().lower() for n, v in lowered if n == b"connection" for token in v.split(b",")}
    return [(n, v) for n, v in lowered if n not in HOP_BY_HOP and n not in named]


def unavailable(service: str) -> ServiceUnavailable:
    """Say that a service does not answer now."""
    return ServiceUnavailable(
        f"服务 {service} 暂时没有应答,请稍后重试;带 Idempotency-Key 的请求可以放心重发。",
        f"The service {service} does not answer now; try again soon. "
        "A request with an Idempotency-Key can be sent again safely.",
        extra={"service": service},
    )


def unknown(service: str) -> UnknownService:
    """Say that there is nothing under this path."""
    return UnknownService(
        f"没有服务“{service}”的这个路径;路径形如 /api/registry/v1/customers。",
        f"There is nothing of a service “{service}” here; paths look like /api/registry/v1/customers.",
        extra={"service": service},
    )
