"""Replays: an administrator has the event log of the service told once more to whoever lost what it knew of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.moments import Day
from chassis.http.paging import Limit, page
from chassis.http.problems import problems
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Transaction

router = APIRouter(tags=["replays"])
Administrator = Annotated[Caller, Depends(may("administrator"))]
MEMBERS = "id, since, requested_by, requested_at, state, published"


class ReplayRequest(Body):
    """From which day of publication on (by the real calendar); absent: everything there is."""

    since: Day | None = None


@router.post(
    "/v1/replays",
    status_code=202,
    operation_id="replay",
    summary="重播本服务的全部事件",
    responses=problems(400, 401, 403, 422),
)
async def replay(body: ReplayRequest, request: Request, caller: Administrator, edge: AtTheEdge) -> Response:
    """Have the log told once more on `keypost.<service>.replay`; who knows an event already skips it."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        row = await tx.fetchrow(
            f"""INSERT INTO replay (id, since, requested_by, requested_at) VALUES ($1, $2, $3, $4)
                RETURNING {MEMBERS}""",  # noqa: S608 - column names of our own
            uuid7(), body.since, caller.actor, tx.now,
        )  # fmt: skip
        return Answer(202, dict(row or {}), location="/v1/replays")

    answer = await edge.write(request, caller, run)
    runtime.replay_bell.ring()
    return answer


@router.get(
    "/v1/replays", operation_id="list_replays", summary="事件重播记录", responses=problems(401, 403, 422)
)
async def list_replays(
    request: Request, caller: Administrator, edge: AtTheEdge, limit: Limit = 50
) -> Response:
    """List replays, the newest first, with how far each is."""

    async def run(tx: Transaction) -> Answer:
        rows = await tx.fetch(
            f"SELECT {MEMBERS} FROM replay ORDER BY requested_at DESC, id DESC LIMIT $1",  # noqa: S608 - our own
            limit,
        )
        total = await tx.fetchval("SELECT count(*) FROM replay")
        return Answer(200, page([dict(row) for row in rows], None, total))

    return await edge.read(request, caller, run)
