"""The events that a score rests on, opened one by one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.problems import problems
from chassis.transaction import Transaction
from scoring.queries import events

router = APIRouter(tags=["events"])
OK = 200
# Evidence names customers and their revenue: for those who answer for them, and for inspectors.
Reader = Annotated[Caller, Depends(may("unit-head", "center-officer", "center-director", "inspector"))]


@router.get(
    "/v1/events/{event_id}",
    operation_id="get_evidence_event",
    summary="考评依据的事件",
    responses=problems(401, 403, 404, 422),
)
async def get_event(event_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give a stored event of the caller's scope."""

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await events.event(tx, event_id))

    return await edge.read(request, caller, run)
