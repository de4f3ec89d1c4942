"""What a caller adds to an open complaint, instead of a second one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from service_desk.api.bodies import AdditionIn
from service_desk.api.complaints import OK, CaseNo
from service_desk.api.intake import INTAKE_ROLES
from service_desk.handlers.additions import add_words
from service_desk.handlers.steps import Post, Target
from service_desk.queries import cases
from service_desk.queries.readers import Reader
from service_desk.repository.complaints import Complaints

router = APIRouter(tags=["complaints"])


@router.post(
    "/v1/complaints/{case_no}/additions",
    operation_id="add_to_complaint",
    summary="补充投诉内容",
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 503),
)
async def add_to_complaint(
    case_no: CaseNo,
    body: AdditionIn,
    request: Request,
    caller: Annotated[Caller, Depends(may(*INTAKE_ROLES))],
    edge: AtTheEdge,
) -> Response:
    """Add what a caller says to an open complaint; its number, clocks and first responder stay.

    It needs no If-Match: the caller on the line is not kept waiting because somebody has worked on the case meanwhile.
    """
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        target = Target(case_no, None, Post(caller.org_id, caller.roles), tx.now)
        complaints = Complaints(tx, runtime.vault)
        await complaints.hold(case_no)
        await add_words(body.command(), target, complaints)
        shown = await cases.complaint(tx, runtime.vault, case_no, Reader.of(caller.roles, full_phone=False))
        return Answer(OK, shown, etag=shown["version"])

    return await edge.write(request, caller, run)
