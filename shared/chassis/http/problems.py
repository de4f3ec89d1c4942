"""Refusals and faults as RFC 9457 problems, always in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from chassis.auth import Unauthenticated
from chassis.database import PASSING, is_passing, out_of_room
from chassis.directory import UnknownOrganisation
from chassis.encoding import dumps
from chassis.http.statuses import STATUSES, status_in
from chassis.http.words import field_error, prefers_english, status_words
from chassis.telemetry import describe, log
from contracts.refusals import Refusal
from regulations.rulebook import AmbiguousAdoption, NoLaw

MEDIA_TYPE = "application/problem+json"
OUTBOX_LIMIT = "outbox_event_size"
UNAVAILABLE = 503
COLLISIONS: tuple[type[Exception], ...] = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
OCCUPIED: tuple[type[Exception], ...] = (
    asyncpg.UniqueViolationError,
    asyncpg.ExclusionViolationError,
    asyncpg.ForeignKeyViolationError,
)


class ProblemDocument(BaseModel):
    """What every refusal looks like."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    zh: dict[str, str]
    en: dict[str, str]
    pointer: str | None = None
    errors: list[dict[str, Any]] = []
    because: dict[str, Any] | None = None
    trace_id: str | None = None


class RequestRefused(Refusal):
    """A request that HTTP itself makes refusable; knows its status."""

    def __init__(self, status: int, code: str, zh: str, en: str, *, pointer: str | None = None) -> None:
        super().__init__(zh, en, pointer=pointer)
        self.status = status
        self.request_code = code


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare the problems that an operation can answer, for its documentation: the database may always be away."""
    return {
        status: {
            "model": ProblemDocument,
            "description": status_words(status)[1],
            "content": {MEDIA_TYPE: {}},
        }
        for status in sorted({*statuses, UNAVAILABLE})
    }


def install(app: FastAPI, statuses: Mapping[type[Refusal], int]) -> None:
    """Answer every exception that can reach the edge with a problem."""
    table = {**STATUSES, **statuses}

    async def refused(request: Request, error: Exception) -> Response:
        return _of_refusal(request, error, table)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_http)
    for collision in COLLISIONS:
        app.add_exception_handler(collision, _in_progress)
    for occupied in OCCUPIED:
        app.add_exception_handler(occupied, _occupied)
    for failure in PASSING:
        if failure not in COLLISIONS:
            app.add_exception_handler(failure, _unavailable)
    app.add_exception_handler(asyncpg.InternalServerError, _of_the_server)
    app.add_exception_handler(asyncpg.DataError, _not_storable)
    app.add_exception_handler(asyncpg.CheckViolationError, _too_large_to_tell)
    # Another process has entered the organisation a moment ago, and this one has not read it yet.
    app.add_exception_handler(UnknownOrganisation, _in_progress)
    app.add_exception_handler(NoLaw, _no_law)
    app.add_exception_handler(AmbiguousAdoption, _no_law)
    app.add_exception_handler(Exception, _fault)


def problem(
    request: Request,
    said: RequestRefused,
    *,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build a problem answer in the request's language, with both languages beside."""
    title_zh, title_en = status_words(said.status)
    english = prefers_english(request.headers.get("accept-language", ""))
    body = {
        "type": f"urn:keypost:problem:{said.request_code}",
        "title": title_en if english else title_zh,
        "status": said.status,
        "detail": said.en if english else said.zh,
        "code": said.request_code,
        "zh": {"title": title_zh, "detail": said.zh},
        "en": {"title": title_en, "detail": said.en},
        "trace_id": request.scope.get("state", {}).get("correlation_id"),
        **(members or {}),
    }
    return Response(dumps(body), said.status, headers, media_type=MEDIA_TYPE)


def _of_refusal(request: Request, error: Exception, table: Mapping[type[Refusal], int]) -> Response:
    if not isinstance(error, Refusal):
        raise error
    said = error if isinstance(error, RequestRefused) else _translated(error, table)
    members: dict[str, Any] = dict(error.extra)
    if error.pointer is not None:
        members["pointer"] = error.pointer
        members["errors"] = [
            {"pointer": error.pointer, "code": said.request_code, "zh": error.zh, "en": error.en}
        ]
    if error.because is not None:
        members["because"] = error.because
    wait = error.extra.get("retry_after")
    return problem(request, said, members=members, headers={"Retry-After": str(wait)} if wait else None)


def _translated(error: Refusal, table: Mapping[type[Refusal], int]) -> RequestRefused:
    return RequestRefused(status_in(type(error), table), error.code, error.zh, error.en)


async def _unauthenticated(request: Request, error: Exception) -> Response:
    return problem(
        request,
        RequestRefused(401, "unauthenticated", "请先登录：令牌缺失、过期或不可信", f"Sign in first: {error}"),
        headers={"WWW-Authenticate": 'Bearer realm="keypost"'},
    )


async def _invalid(request: Request, error: Exception) -> Response:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else []
    if any(one["type"] == "json_invalid" for one in found):
        return problem(
            request,
            RequestRefused(400, "malformed-json", "请求体不是合法的 JSON", "The body is not valid JSON"),
        )
    errors = [field_error(one) for one in found]
    members = {"errors": errors, "pointer": errors[0]["pointer"]}
    zh = ";".join(f"{one['pointer']} {one['zh']}" for one in errors)
    en = "; ".join(f"{one['pointer']} {one['en']}" for one in errors)
    return problem(request, RequestRefused(422, "invalid-request", zh, en), members=members)


async def _of_http(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, Refusal):
        return _of_refusal(request, error.__cause__, STATUSES)
    status = error.status_code if isinstance(error, HTTPException) else 500
    title_zh, title_en = status_words(status)
    code = title_en.lower().replace(" ", "-")
    headers = error.headers if isinstance(error, HTTPException) else None
    return problem(request, RequestRefused(status, code, title_zh, title_en), headers=headers)


async def _in_progress(request: Request, _error: Exception) -> Response:
    return problem(
        request,
        RequestRefused(
            409,
            "request-in-progress",
            "同一记录正在被另一个请求处理，请稍后重试",
            "Another request is working on the same record: try again",
        ),
        headers={"Retry-After": "1"},
    )


async def _occupied(request: Request, error: Exception) -> Response:
    """Two requests wanted the same at once, and the service has no word of its own for it."""
    log().warning("request.occupied", error=describe(error))
    return problem(
        request,
        RequestRefused(
            409,
            "changed-meanwhile",
            "另一个请求刚刚做了同样的事，请重新读取后再试",
            "Another request has just done the same: read again, then try again",
        ),
    )


async def _unavailable(request: Request, error: Exception) -> Response:
    if not is_passing(error):
        return await _not_storable(request, error)
    if out_of_room(error):
        return await _no_room(request, error)
    log().error("request.database", error=describe(error))
    return problem(
        request,
        RequestRefused(
            503,
            "database-unavailable",
            "数据库暂时不可用，请稍后重试；未作任何更改，或已完整保存",
            "The database is not available: try again with the same idempotency key",
        ),
        headers={"Retry-After": "2"},
    )


async def _of_the_server(request: Request, error: Exception) -> Response:
    """What the database calls an internal error: no room for some of its files, or a fault."""
    return await (_no_room if out_of_room(error) else _fault)(request, error)


async def _no_room(request: Request, error: Exception) -> Response:
    log().critical("request.no_room", error=describe(error))
    return problem(
        request,
        RequestRefused(
            503,
            "storage-full",
            "存储空间已满，未作任何更改；请联系管理员腾出空间，之后用同一 Idempotency-Key 重试",
            "The storage is full and nothing was changed: have room made, then try again with the same idempotency key",
        ),
        headers={"Retry-After": "30"},
    )


async def _not_storable(request: Request, error: Exception) -> Response:
    log().info("request.not_storable", error=describe(error))
    return problem(
        request,
        RequestRefused(
            422, "not-storable", "请求中有无法保存的值", "The request holds a value that cannot be stored"
        ),
    )


async def _too_large_to_tell(request: Request, error: Exception) -> Response:
    """The one rule of the outbox; any other that a value breaks should have been refused before."""
    if getattr(error, "constraint_name", None) != OUTBOX_LIMIT:
        return await _fault(request, error)
    return problem(
        request,
        RequestRefused(
            413,
            "event-too-large",
            "内容过大：它的事件超过 4 MiB，无法通知其他服务；请拆成几次提交。未作任何更改",
            "Too large: its event is above 4 MiB and could not be told to the other services; split it. Nothing was changed",
        ),
    )


async def _no_law(request: Request, error: Exception) -> Response:
    return problem(
        request, RequestRefused(409, "no-law", f"没有可适用的规定：{error}", f"No provision applies: {error}")
    )


async def _fault(request: Request, error: Exception) -> Response:
    log().error("request.fault", exc_info=error)
    return problem(
        request,
        RequestRefused(500, "fault", "系统内部错误，已记录", "An internal fault; it has been recorded"),
    )


def item_problem(refusal: Refusal) -> dict[str, Any]:
    """Give the problem of one item among many: code, both languages, and what else the refusal says."""
    members: dict[str, Any] = {"code": refusal.code, "zh": refusal.zh, "en": refusal.en, **refusal.extra}
    if refusal.pointer is not None:
        members["pointer"] = refusal.pointer
    if refusal.because is not None:
        members["because"] = refusal.because
    return members
