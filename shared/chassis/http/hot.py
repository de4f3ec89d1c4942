"""Operations that are asked most: found and read without the framework's general machinery, else the very same."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

B = TypeVar("B", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]
JSON = b"application/json"


class HotRoute(BaseRoute):
    """One method of one fixed path, asked before all others, where a request is of the plain sort.

    The operation itself is declared with FastAPI as every other is. That one documents it, and answers all that is not plain.
    """

    def __init__(self, method: str, path: str, endpoint: Endpoint, plain: Callable[[Scope], bool]) -> None:
        self.path = path
        self._method = method
        self._endpoint = endpoint
        self._plain = plain

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request is for this operation, and plain."""
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] != self._method:
            return Match.NONE, {}
        if not self._plain(scope):
            return Match.NONE, {}
        return Match.FULL, {"route": self, "endpoint": self._endpoint}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        response = await self._endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def is_json(scope: Scope) -> bool:
    """Tell whether a body comes as JSON and says nothing else of itself."""
    return (b"content-type", JSON) in scope["headers"]


def add_hot(app: FastAPI, *routes: HotRoute) -> None:
    """Ask these routes before all others."""
    app.router.routes[:0] = routes


async def json_body(request: Request) -> Any:
    """Give the body of a request as JSON; raises RequestValidationError for what is none."""
    raw = await request.body()
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _loosely(raw)


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
