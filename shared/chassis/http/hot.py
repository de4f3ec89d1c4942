"""Operations that are asked most: found, read and answered without the framework's general machinery, else the very same."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

B = TypeVar("B", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]
JSON = b"application/json"


@dataclass(frozen=True, slots=True)
class HotRoute:
    """One method of one fixed path, asked before all others, where a request is of the plain sort.

    The operation itself is declared with FastAPI as every other is. That one documents it, and answers all that is not plain.
    """

    method: str
    path: str
    endpoint: Endpoint
    plain: Callable[[Scope], bool]


class HotApp(FastAPI):
    """An application some of whose operations are answered past its middlewares; `around` is what stands around both."""

    def __init__(self, *, around: Callable[[ASGIApp], ASGIApp], **options: Any) -> None:
        super().__init__(**options)
        self._hot: dict[tuple[str, str], HotRoute] = {}
        self._quickly = around(self._answer)

    def add_hot(self, *routes: HotRoute) -> None:
        """Ask these routes before all others."""
        self._hot.update({(route.method, route.path): route for route in routes})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            route = self._hot.get((scope["method"], scope["path"]))
            if route is not None and route.plain(scope):
                scope["app"], scope["route"] = self, route
                await self._quickly(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is refused, or goes wrong, is answered as everywhere else."""
        route: HotRoute = scope["route"]
        request = Request(scope, receive, send)
        try:
            response = await route.endpoint(request)
        except ClientDisconnect:
            return  # nobody is there to read an answer
        except Exception as error:
            handler = self._handler(error)
            response = await handler(request, error)
            await response(scope, receive, send)
            if handler is self.exception_handlers[Exception]:
                raise
            return
        await response(scope, receive, send)

    def _handler(self, error: Exception) -> Callable[[Request, Exception], Any]:
        return next(
            self.exception_handlers[kind] for kind in type(error).__mro__ if kind in self.exception_handlers
        )


def is_json(scope: Scope) -> bool:
    """Tell whether a body comes as JSON and says nothing else of itself."""
    return (b"content-type", JSON) in scope["headers"]


async def json_body(request: Request) -> Any:
    """Give the body of a request as JSON; raises RequestValidationError for what is none."""
    raw = await _whole(request)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _loosely(raw)


async def _whole(request: Request) -> bytes:
    """Give the bytes of a body; nearly always they come in one piece, which is spared the framework's stream."""
    message = await request.receive()
    if message["type"] != "http.request":
        raise ClientDisconnect
    pieces: list[bytes] = [message.get("body", b"")]
    while message.get("more_body", False):
        message = await request.receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
    # Where the framework looks for a body that was read before.
    request._body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return request._body


def _loosely(raw: bytes) -> Any:
    """Read what the framework reads too, such as lone surrogates, which the fields then refuse each at its place."""
    try:
        return json.loads(raw)
    except ValueError as error:
        at = getattr(error, "pos", 0)
        raise RequestValidationError(
            [{"type": "json_invalid", "loc": ("body", at), "msg": str(error)}]
        ) from error


def validated(model: type[B], given: Any) -> B:
    """Read a body; raises RequestValidationError with the place of each field that is wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from error
