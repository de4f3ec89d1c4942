"""Around every request: its chain, its size, its measure. Plain ASGI, for the hot paths' sake."""

import re
import time
from collections.abc import Mapping

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.encoding import dumps
from chassis.http.problems import MEDIA_TYPE, RequestRefused
from chassis.ids import uuid7
from chassis.telemetry import REQUESTS

CORRELATION = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
MB = 1024 * 1024


class Edgewise:
    """Gives each request a correlation id, refuses oversize bodies, and measures the answer.

    `passed_on` are beginnings of paths whose uploads are streamed on unread, with the bytes that they may have.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        max_body: int,
        max_upload: int,
        passed_on: Mapping[str, int],
    ) -> None:
        self._app = app
        self._service = service
        self._max_body = max_body
        self._max_upload = max_upload
        self._passed_on = passed_on
        self._measures: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        correlation = _correlation(headers)
        scope.setdefault("state", {})["correlation_id"] = correlation
        limit = self._limit(scope["path"], headers)
        declared = _declared_length(headers)
        if declared > limit:
            await _answer_too_large(send, correlation, limit)
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

    def _limit(self, path: str, headers: dict[bytes, bytes]) -> int:
        if not headers.get(b"content-type", b"").startswith(b"multipart/form-data"):
            return self._max_body
        passed_on = (most for beginning, most in self._passed_on.items() if path.startswith(beginning))
        return next(passed_on, self._max_upload)


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
            raise RequestRefused(413, "body-too-large", *_too_large(limit))
        return message

    return counting


def _too_large(limit: int) -> tuple[str, str]:
    """Say in Chinese and in English how large a body may be."""
    whole = limit % MB == 0
    zh, en = (f"{limit // MB} MB",) * 2 if whole else (f"{limit} 字节", f"{limit} bytes")
    return f"请求体超过上限 {zh}", f"The body is larger than {en}, the most that is taken here"


async def _answer_too_large(send: Send, correlation: str, limit: int) -> None:
    zh, en = _too_large(limit)
    body = dumps(
        {
            "type": "urn:keypost:problem:body-too-large",
            "title": "内容过大",
            "status": 413,
            "detail": zh,
            "code": "body-too-large",
            "zh": {"title": "内容过大", "detail": zh},
            "en": {"title": "Content too large", "detail": en},
            "trace_id": correlation,
        }
    )
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
