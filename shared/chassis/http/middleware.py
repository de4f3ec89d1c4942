"""Around every request: its chain, its size, its measure. Plain ASGI, for the hot paths' sake."""

import re
import time

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.encoding import dumps
from chassis.http.problems import MEDIA_TYPE, RequestRefused
from chassis.ids import uuid7
from chassis.telemetry import REQUESTS

CORRELATION = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
TOO_LARGE_ZH, TOO_LARGE_EN = "请求体超过上限", "The body is larger than allowed"


class Edgewise:
    """Gives each request a correlation id, refuses oversize bodies, and measures the answer."""

    def __init__(self, app: ASGIApp, *, service: str, max_body: int, max_upload: int) -> None:
        self._app = app
        self._service = service
        self._max_body = max_body
        self._max_upload = max_upload
        self._measures: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        correlation = _correlation(headers)
        scope.setdefault("state", {})["correlation_id"] = correlation
        limit = self._limit(headers)
        declared = _declared_length(headers)
        if declared > limit:
            await _answer_too_large(send, correlation)
            return
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-correlation-id", correlation.encode())]
            await send(message)

        try:
            # A body of a declared length is cut there by the server.
            await self._app(
                scope,
                receive if declared and b"transfer-encoding" not in headers else _counted(receive, limit),
                sending,
            )
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            self._measure(scope["method"], route, status).observe(time.perf_counter() - started)

    def _measure(self, method: str, route: str, status: int) -> Histogram:
        """Give the measure of an operation's answers; looking it up by its labels costs more than what it counts."""
        known = self._measures.get((method, route, status))
        if known is None:
            known = self._measures[method, route, status] = REQUESTS.labels(
                self._service, method, route, str(status)
            )
        return known

    def _limit(self, headers: dict[bytes, bytes]) -> int:
        upload = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        return self._max_upload if upload else self._max_body


def _correlation(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-correlation-id", b"")
    return given.decode() if CORRELATION.match(given) else str(uuid7())


def _declared_length(headers: dict[bytes, bytes]) -> int:
    declared = headers.get(b"content-length", b"0")
    return int(declared) if declared.isdigit() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise RequestRefused(413, "body-too-large", TOO_LARGE_ZH, TOO_LARGE_EN)
        return message

    return counting


async def _answer_too_large(send: Send, correlation: str) -> None:
    body = dumps(
        {
            "type": "urn:keypost:problem:body-too-large",
            "title": "内容过大",
            "status": 413,
            "detail": TOO_LARGE_ZH,
            "code": "body-too-large",
            "zh": {"title": "内容过大", "detail": TOO_LARGE_ZH},
            "en": {"title": "Content too large", "detail": TOO_LARGE_EN},
            "trace_id": correlation,
        }
    )
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
