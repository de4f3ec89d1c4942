"""Who is signed in, and the cookie for readers of the stream that cannot send a header."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.clock import technical_now
from chassis.encoding import dumps
from chassis.http.bodies import Body
from chassis.http.problems import RequestRefused, problems
from chassis.runtime import Runtime
from console.api.stream import COOKIE, Reader, expiry
from console.model import inside
from console.settings import ConsoleSettings

router = APIRouter(tags=["session"])


class SessionIn(Body):
    """A bearer token to be kept as a cookie."""

    token: str = Field(min_length=1)


@router.get("/v1/session", operation_id="get_session", summary="当前登录", responses=problems(401))
async def get_session(request: Request, caller: Reader) -> Response:
    """Tell who is signed in, at which organisation, and the business time."""
    return _answer(_described(request, caller))


@router.get(
    "/v1/session/organisations",
    operation_id="list_session_organisations",
    summary="本机构及下级的名称",
    responses=problems(401),
)
async def list_session_organisations(request: Request, caller: Reader) -> Response:
    """List the organisations of the caller's subtree, for names and choices."""
    runtime: Runtime = request.app.state.runtime
    items = [
        {"org_id": node.org_id, "name": node.name, "kind": node.kind, "orgpath": node.orgpath}
        for node in runtime.directory.current.organisations.values()
        if inside(node.orgpath, caller.orgpath)
    ]
    items.sort(key=lambda item: str(item["orgpath"]))
    return _answer({"items": items, "next_cursor": None, "total": len(items)})


@router.post(
    "/v1/session",
    operation_id="open_session",
    summary="以 Cookie 登录（供 EventSource 使用）",
    status_code=HTTPStatus.CREATED,
    responses=problems(400, 401, 413, 422),
)
async def open_session(body: SessionIn, request: Request) -> Response:
    """Keep a token in a cookie that scripts cannot read and other sites cannot send; it opens reading alone."""
    settings: ConsoleSettings = request.app.state.settings
    if len(body.token) > settings.longest_cookie:
        raise RequestRefused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "token-too-long",
            "令牌太长，不能放进 Cookie；请用 Authorization 请求头",
            "The token is too long for a cookie; use the Authorization header",
            pointer="/token",
        )
    caller = await request.app.state.authenticator.caller(body.token)
    answer = _answer(_described(request, caller), HTTPStatus.CREATED)
    answer.set_cookie(
        COOKIE,
        body.token,
        path="/v1",
        httponly=True,
        samesite="strict",
        secure=settings.profile == "production",
        max_age=max(0, int(expiry(body.token) - technical_now().timestamp())),
    )
    return answer


@router.delete(
    "/v1/session", operation_id="close_session", summary="退出登录", status_code=HTTPStatus.NO_CONTENT
)
async def close_session() -> Response:
    """Drop the cookie."""
    answer = Response(status_code=HTTPStatus.NO_CONTENT)
    answer.delete_cookie(COOKIE, path="/v1", httponly=True, samesite="strict")
    return answer


def _described(request: Request, caller: Caller) -> dict[str, Any]:
    runtime: Runtime = request.app.state.runtime
    node = runtime.directory.current.organisations.get(caller.org_id)
    return {
        "staff_id": caller.staff_id,
        "name": caller.name,
        "roles": sorted(caller.roles),
        "orgpath": caller.orgpath,
        "organisation": {"org_id": caller.org_id, "name": node.name if node else caller.org_id},
        "now": runtime.clock.now(),
        "development": request.app.state.development,
    }


def _answer(body: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    return Response(dumps(body), status, {"Cache-Control": "no-store"}, media_type="application/json")
