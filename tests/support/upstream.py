"""A small service that answers with what reached it, to see what a gateway makes of requests."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


class Upstream:
    """The service and what it is told to say of itself."""

    def __init__(self) -> None:
        self.ready = True
        self.clock_revision = 10**9
        self.pieces_sent = 0
        self.may_go_on = False
        self.deadlines: list[dict[str, Any]] = []

    async def echo(self, request: Request) -> Response:
        """Tell method, target, headers and body."""
        body = await request.body()
        told: dict[str, Any] = {
            "method": request.method,
            "target": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode("latin-1")] for name, value in request.headers.raw],
            "size": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        return JSONResponse(told, 201 if request.method == "POST" else 200)

    async def many_headers(self, _request: Request) -> Response:
        """Answer with repeated headers and some that belong to the connection."""
        answer = Response(b"made", 412, media_type="application/problem+json")
        answer.raw_headers += [
            (b"etag", b'"7"'),
            (b"set-cookie", b"a=1"),
            (b"set-cookie", b"b=2"),
            (b"connection", b"x-private"),
            (b"x-private", b"1"),
            (b"keep-alive", b"timeout=1"),
        ]
        return answer

    async def drip(self, _request: Request) -> Response:
        """Answer in pieces, all but the first when it is allowed."""

        async def pieces() -> AsyncIterator[bytes]:
            for number in range(10):
                self.pieces_sent = number + 1
                yield b"%d\n" % number
                while not self.may_go_on:
                    await asyncio.sleep(0.02)

        return StreamingResponse(pieces(), media_type="text/plain")

    async def list_deadlines(self, request: Request) -> Response:
        """List the deadlines that it was given, by state."""
        items = [one for one in self.deadlines if one["state"] == request.query_params.get("state")]
        return JSONResponse({"items": items, "next_cursor": None, "total": len(items)})

    async def health(self, _request: Request) -> Response:
        """Say which setting of the clock this service goes by."""
        return JSONResponse({"clock_revision": self.clock_revision})

    async def readiness(self, _request: Request) -> Response:
        """Say whether this service is ready."""
        return JSONResponse({"ready": self.ready, "bus": "up"}, 200 if self.ready else 503)

    @contextmanager
    def serving(self, port: int) -> Iterator["Upstream"]:
        """Serve on a port, in a thread of its own."""
        every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        app = Starlette(
            routes=[
                Route("/readyz", self.readiness),
                Route("/healthz", self.health),
                Route("/v1/deadlines", self.list_deadlines),
                Route("/v1/drip", self.drip),
                Route("/v1/many-headers", self.many_headers),
                Route("/v1/{rest:path}", self.echo, methods=every),
            ]
        )
        server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.02)
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(10)
