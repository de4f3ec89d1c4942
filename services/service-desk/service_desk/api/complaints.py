"""The steps of a complaint after its intake."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.http.edge import Answer, AtTheEdge, Edge, if_match, may
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from service_desk.api.bodies import (
    AnswerIn,
    CloseIn,
    EscalateIn,
    InvestigationIn,
    PauseIn,
    ReopenIn,
    ResolveIn,
    ResumeIn,
    TransferIn,
    WithdrawIn,
)
from service_desk.handlers import pausing, reopening, steps
from service_desk.handlers.steps import Post, Target
from service_desk.ports.desk import Complaints as ComplaintsPort
from service_desk.queries import cases
from service_desk.queries.readers import Reader
from service_desk.repository.complaints import Complaints
from service_desk.settings import LONGEST_REFERENCE

router = APIRouter(tags=["complaints"])
HANDLING_ROLES = ("account-manager", "unit-head", "center-officer", "center-director")
APPROVING_ROLES = ("unit-head", "center-director")
OK = 200
PROBLEMS = problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 503)
CaseNo = Annotated[str, Path(max_length=LONGEST_REFERENCE, description="案件编号(15 位)或 id")]
C = TypeVar("C")
Step = Callable[[C, Target, ComplaintsPort, Snapshot], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a step: of whom, on which complaint."""

    case_no: str
    request: Request
    caller: Caller
    edge: Edge


async def by_handler(
    case_no: CaseNo,
    request: Request,
    caller: Annotated[Caller, Depends(may(*HANDLING_ROLES))],
    edge: AtTheEdge,
) -> Asked:
    """Give a request for a step that handlers take."""
    return Asked(case_no, request, caller, edge)


async def by_desk_or_handler(
    case_no: CaseNo,
    request: Request,
    caller: Annotated[Caller, Depends(may("hotline-agent", *HANDLING_ROLES))],
    edge: AtTheEdge,
) -> Asked:
    """Give a request for a step that the hotline may take too."""
    return Asked(case_no, request, caller, edge)


async def by_approver(
    case_no: CaseNo,
    request: Request,
    caller: Annotated[Caller, Depends(may(*APPROVING_ROLES))],
    edge: AtTheEdge,
) -> Asked:
    """Give a request for a step that heads and directors take."""
    return Asked(case_no, request, caller, edge)


ByApprover = Annotated[Asked, Depends(by_approver)]
ByHandler = Annotated[Asked, Depends(by_handler)]
ByDeskOrHandler = Annotated[Asked, Depends(by_desk_or_handler)]


@router.post(
    "/v1/complaints/{case_no}/answer",
    operation_id="answer_complaint",
    summary="首次回应",
    responses=PROBLEMS,
)
async def answer_complaint(body: AnswerIn, asked: ByHandler) -> Response:
    """Record the first answer to the caller; recorded → answered."""
    return await _take(asked, steps.answer_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/investigation",
    operation_id="record_investigation",
    summary="调查结果",
    responses=PROBLEMS,
)
async def record_investigation(body: InvestigationIn, asked: ByHandler) -> Response:
    """Record cause, link and responsibility; answered → investigated."""
    return await _take(asked, steps.record_investigation, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/resolve",
    operation_id="resolve_complaint",
    summary="解决并答复",
    responses=PROBLEMS,
)
async def resolve_complaint(body: ResolveIn, asked: ByHandler) -> Response:
    """Record the result and the reply; investigated → resolved."""
    return await _take(asked, steps.resolve_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/close",
    operation_id="close_complaint",
    summary="回访并办结",
    responses=PROBLEMS,
)
async def close_complaint(body: CloseIn, asked: ByDeskOrHandler) -> Response:
    """Record the follow-up; resolved → closed."""
    return await _take(asked, steps.close_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/escalate",
    operation_id="escalate_complaint",
    summary="上报上级",
    responses=PROBLEMS,
)
async def escalate_complaint(body: EscalateIn, asked: ByHandler) -> Response:
    """Add the organisation above as handler; the first responder stays."""
    return await _take(asked, steps.escalate_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/withdraw",
    operation_id="withdraw_complaint",
    summary="撤回投诉",
    responses=PROBLEMS,
)
async def withdraw_complaint(body: WithdrawIn, asked: ByDeskOrHandler) -> Response:
    """Take the complaint back at the caller's wish, before it is resolved."""
    return await _take(asked, steps.withdraw_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/reopen",
    operation_id="reopen_complaint",
    summary="重新受理",
    responses=PROBLEMS,
)
async def reopen_complaint(body: ReopenIn, asked: ByDeskOrHandler) -> Response:
    """Take up a closed complaint again: a new cycle with new clocks, its verdict a level up; closed → recorded."""
    return await _take(asked, reopening.reopen_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/pause",
    operation_id="pause_complaint",
    summary="中止计时",
    responses=PROBLEMS,
)
async def pause_complaint(body: PauseIn, asked: ByApprover) -> Response:
    """Let the clocks stand still, within what the pack in force allows; the approver is not who asked."""
    return await _take(asked, pausing.pause_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/resume",
    operation_id="resume_complaint",
    summary="恢复计时",
    responses=PROBLEMS,
)
async def resume_complaint(body: ResumeIn, asked: ByHandler) -> Response:
    """Let paused clocks run on: due instants and later warnings have moved by the whole paused time."""
    return await _take(asked, pausing.resume_complaint, body.command(), if_match(asked.request))


@router.post(
    "/v1/complaints/{case_no}/transfer",
    operation_id="transfer_complaint",
    summary="转办（不允许）",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def transfer_complaint(body: TransferIn, asked: ByDeskOrHandler) -> Response:
    """Refuse to pass a complaint on sideways, with the article that forbids it."""
    return await _take(asked, steps.transfer_complaint, body.command(), None)


async def _take(asked: Asked, step: Step[C], command: C, version: int | None) -> Response:
    runtime: Runtime = asked.request.app.state.runtime
    caller = asked.caller

    async def run(tx: Transaction) -> Answer:
        target = Target(asked.case_no, version, Post(caller.org_id, caller.roles), tx.now, caller.staff_id)
        await step(command, target, Complaints(tx, runtime.vault), runtime.directory.current)
        reader = Reader.of(caller.roles, full_phone=False)
        body = await cases.complaint(tx, runtime.vault, asked.case_no, reader)
        return Answer(OK, body, etag=body["version"])

    return await asked.edge.write(asked.request, caller, run)
