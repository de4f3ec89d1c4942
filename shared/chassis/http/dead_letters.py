"""Dead letters: what a consumer could not apply, for an administrator to look at and release."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import Limit, page
from chassis.http.problems import problems
from chassis.releasing import release
from chassis.runtime import Runtime
from chassis.transaction import Transaction, unscoped
from contracts.refusals import NotFound

router = APIRouter(tags=["dead-letters"])
Administrator = Annotated[Caller, Depends(may("administrator"))]
LISTED = """
    SELECT id, topic, key, event_id, error, attempts, parked_at FROM parked
    WHERE consumer = $1 ORDER BY position LIMIT $2
"""


@router.get(
    "/v1/dead-letters",
    operation_id="list_dead_letters",
    summary="未能处理的消息",
    responses=problems(401, 403, 422),
)
async def list_dead_letters(
    request: Request, _caller: Administrator, edge: AtTheEdge, limit: Limit = 50
) -> Response:
    """List parked records, the oldest first, without their contents."""
    runtime: Runtime = request.app.state.runtime
    service = runtime.settings.service
    async with unscoped(runtime.database.worker, edge.moment(request, _caller)) as tx:
        rows = await tx.fetch(LISTED, service, limit)
        total = await tx.fetchval("SELECT count(*) FROM parked WHERE consumer = $1", service)
    return Answer(200, page([dict(row) for row in rows], None, total)).response()


@router.post(
    "/v1/dead-letters/{key}/release",
    operation_id="release_dead_letters",
    summary="重新处理某一键的消息",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def release_dead_letters(
    key: str, request: Request, caller: Administrator, edge: AtTheEdge
) -> Response:
    """Apply the parked records of a key again, in order; all of them or none."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        if runtime.consumer is None:
            raise NotFound("本服务不接收消息", "This service consumes nothing")
        released = await release(runtime.consumer, tx, key)
        if not released:
            raise NotFound("没有该键的待处理消息", "Nothing is parked under this key", pointer="path:key")
        return Answer(200, {"key": key, "released": released})

    return await edge.write(request, caller, run, as_worker=True)
