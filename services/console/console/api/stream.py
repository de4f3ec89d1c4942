"""The event stream, its history as pages, and who reads them."""

import base64
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller, Unauthenticated
from chassis.http.edge import Answer, authenticated
from chassis.http.paging import Limit
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from console import queries
from console.event_stream import EventStream, Subscription
from console.feed import Feed
from console.history import History
from console.hub import Hub
from console.model import Interest, UnknownPosition, inside, interest
from console.settings import LONGEST_TYPES, LONGEST_WORD, USUAL_PAGE, ConsoleSettings
from contracts.refusals import InvalidValue, NotFound

router = APIRouter(tags=["stream"])
COOKIE = "keypost_session"
LONGEST_PADDING = "==="  # of base64; what is too much of it is ignored

Types = Annotated[
    str,
    Query(
        max_length=LONGEST_TYPES, description="事件类型，逗号分隔；registry.declaration.* 为前缀，空为全部"
    ),
]
Organisation = Annotated[str | None, Query(max_length=LONGEST_WORD, description="只看该机构及其下级")]
Position = Annotated[int | None, Query(ge=0)]


async def reader(request: Request) -> Caller:
    """Give who reads: by bearer token, or by the cookie that a page without headers of its own sends."""
    return await authenticated(request) if "authorization" in request.headers else await _by_cookie(request)


Reader = Annotated[Caller, Depends(reader)]


async def _by_cookie(request: Request) -> Caller:
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated("a bearer token is missing")
    caller: Caller = await request.app.state.authenticator.caller(token)
    return caller


@router.get(
    "/v1/stream",
    operation_id="stream_events",
    summary="事件流（SSE），可从任一位置接续",
    response_class=EventStream,
    responses={200: {"content": {"text/event-stream": {}}}, **problems(401, 404, 409, 422)},
)
async def stream_events(
    request: Request,
    caller: Reader,
    types: Types = "",
    organisation: Organisation = None,
    after: Annotated[int | None, Query(ge=0, description="从该位置之后接续；Last-Event-ID 优先")] = None,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,18}$")] = None,
) -> Response:
    """Stream what happens from now on, or from behind a position; every event of interest once and in order."""
    settings, feed, hub = _parts(request)
    wanted = _interest(request, caller, types, organisation)
    position = int(last_event_id) if last_event_id is not None else after
    start = hub.last if position is None else await _reached(position, feed, hub)
    runtime: Runtime = request.app.state.runtime
    subscription = Subscription(settings, runtime.database, hub, wanted)
    moment = request.app.state.edge.moment(request, caller)
    return EventStream(
        subscription.pieces(start, moment), stall=settings.stall, expires_at=expiry(_token(request))
    )


@router.get(
    "/v1/events",
    operation_id="list_events",
    summary="事件历史",
    responses=problems(401, 404, 409, 422),
)
async def list_events(
    request: Request,
    caller: Reader,
    types: Types = "",
    organisation: Organisation = None,
    after: Annotated[int, Query(ge=0, description="顺序读时：从该位置之后")] = 0,
    before: Position = None,
    order: Literal["asc", "desc"] = "asc",
    limit: Limit = USUAL_PAGE,
) -> Response:
    """List events of the log; `next_cursor` goes into `after` (`before` with order=desc)."""
    settings, feed, hub = _parts(request)
    wanted = _interest(request, caller, types, organisation)
    await _reached(after, feed, hub)
    history = History(settings, wanted)

    async def run(tx: Transaction) -> Answer:
        last = hub.last
        if order == "asc":
            stretch = await history.onward(tx, after, last, limit)
            seen = last if stretch.following is None else stretch.following
        else:
            stretch = await history.backward(tx, min(before or last + 1, last + 1), limit)
            seen = last
        return Answer(
            200,
            {
                "items": [orjson.Fragment(wanted.shown(entry)) for entry in stretch.entries],
                "next_cursor": None if stretch.following is None else str(stretch.following),
                "total": await queries.total(tx, wanted, settings.total_exact_to),
                "last_position": seen,
            },
        )

    answer: Response = await request.app.state.edge.read(request, caller, run)
    return answer


def _parts(request: Request) -> tuple[ConsoleSettings, Feed, Hub]:
    state = request.app.state
    return state.settings, state.feed, state.hub


async def _reached(position: int, feed: Feed, hub: Hub) -> int:
    """Give back a position that the log has reached; another process may have brought it there just now."""
    await feed.started()
    if position > hub.last:
        await feed.catch_up()
    if position > hub.last:
        raise UnknownPosition(
            f"事件流还没有到位置 {position}（目前 {hub.last}），请不带 Last-Event-ID 重新订阅。",
            f"The stream has not reached position {position} (it is at {hub.last}); "
            "subscribe again without Last-Event-ID.",
            extra={"last_position": hub.last},
        )
    return position


def _interest(request: Request, caller: Caller, types: str, organisation: str | None) -> Interest:
    patterns = types.split(",")
    most = request.app.state.settings.most_patterns
    if len(patterns) > most:
        raise InvalidValue(f"最多 {most} 个事件类型", f"At most {most} event types", pointer="?types")
    return interest(_root(request, caller, organisation), patterns, caller.roles)


def _root(request: Request, caller: Caller, org_id: str | None) -> str:
    """Give the subtree to show. An organisation outside the caller's is as unknown as one that is not there."""
    if org_id is None:
        return caller.orgpath
    runtime: Runtime = request.app.state.runtime
    found = runtime.directory.current.organisations.get(org_id)
    if found is None or not inside(found.orgpath, caller.orgpath):
        raise NotFound("没有这个机构", "No such organisation", pointer="?organisation")
    return found.orgpath


def _token(request: Request) -> str:
    header = request.headers.get("authorization")
    if header is None:
        return request.cookies[COOKIE]
    _, _, token = header.partition(" ")
    return token.strip()


def expiry(token: str) -> float:
    """Read when a token that was already verified ends, in seconds of the epoch."""
    part = token.split(".")[1]
    claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(part + LONGEST_PADDING))
    return float(claims["exp"])
