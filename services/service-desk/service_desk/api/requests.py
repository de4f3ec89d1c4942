"""Service requests and the queue of what a unit has open."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis import audit
from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match, may
from chassis.http.paging import ListFilters, SortedFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from service_desk.api.callers import phone_keys
from service_desk.api.compensations import official_of
from service_desk.api.complaints import HANDLING_ROLES, OK, PROBLEMS, Asked, CaseNo
from service_desk.api.intake import CREATED, INTAKE_ROLES
from service_desk.api.reading import Single
from service_desk.api.request_bodies import MoveIn, RequestIn
from service_desk.handlers.requests import RequestAsked, move_request, open_request
from service_desk.model.requests import RequestMove, RequestState
from service_desk.queries import requests as read
from service_desk.queries.lists import CaseSort
from service_desk.queries.readers import Reader
from service_desk.repository.numbers import Numbers
from service_desk.repository.requests import Requests
from service_desk.settings import LONGEST_REFERENCE, DeskSettings

router = APIRouter(tags=["service-requests"])
Word = Annotated[str | None, Query(max_length=LONGEST_REFERENCE)]
Taker = Annotated[Caller, Depends(may(*INTAKE_ROLES))]
Handler = Annotated[Caller, Depends(may(*HANDLING_ROLES))]


class RequestFilters(SortedFilters):
    """What requests are listed by."""

    state: RequestState | None = None
    kind: Word = None
    priority: Word = None
    org_id: Word = None
    customer_id: UUID | None = None
    open: bool | None = None
    sort: CaseSort | None = None


class QueueFilters(ListFilters):
    """What the queue is cut down to."""

    org_id: Word = None
    type: Literal["complaint", "compensation", "service-request"] | None = None
    vip: bool | None = None
    service_class: int | None = None


async def by_handler(case_no: CaseNo, request: Request, caller: Handler, edge: AtTheEdge) -> Asked:
    """Give a request of who handles service requests."""
    return Asked(case_no, request, caller, edge)


ByHandler = Annotated[Asked, Depends(by_handler)]


@router.post(
    "/v1/service-requests",
    status_code=CREATED,
    operation_id="open_service_request",
    summary="受理服务要求",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def open_service_request(body: RequestIn, request: Request, caller: Taker, edge: AtTheEdge) -> Response:
    """Take down what a customer asks for: a priority of the VIP channel, or an urgent or one-off service."""
    runtime: Runtime = request.app.state.runtime
    if body.caller.phone is not None:
        phone_keys(runtime.phones, body.caller.phone, "/caller/phone")
    numbers = _numbers(request)

    async def run(tx: Transaction) -> Answer:
        rows = Requests(tx, runtime.vault, runtime.phones)
        law = runtime.directory.current
        opened = await open_request(body.command(caller.org_id), tx.now, rows, numbers, law)
        reader = Reader.of(caller.roles, full_phone=False)
        shown = await read.request(tx, runtime.vault, opened.case_no, reader)
        return Answer(CREATED, shown, etag=1, location=f"/v1/service-requests/{opened.case_no}")

    return await edge.write(request, caller, run)


@router.post(
    "/v1/service-requests/{case_no}/accept",
    operation_id="accept_service_request",
    summary="接办服务要求",
    responses=PROBLEMS,
)
async def accept_service_request(body: MoveIn, asked: ByHandler) -> Response:
    """Take it on; open → accepted."""
    return await _move(asked, RequestMove.ACCEPT, body)


@router.post(
    "/v1/service-requests/{case_no}/done",
    operation_id="finish_service_request",
    summary="完成服务要求",
    responses=PROBLEMS,
)
async def finish_service_request(body: MoveIn, asked: ByHandler) -> Response:
    """Say what was done; accepted → done."""
    return await _move(asked, RequestMove.FINISH, body)


@router.post(
    "/v1/service-requests/{case_no}/decline",
    operation_id="decline_service_request",
    summary="婉拒服务要求",
    responses=PROBLEMS,
)
async def decline_service_request(body: MoveIn, asked: ByHandler) -> Response:
    """Say why it cannot be done; open or accepted → declined."""
    return await _move(asked, RequestMove.DECLINE, body)


@router.get(
    "/v1/service-requests",
    operation_id="list_service_requests",
    summary="服务要求清单",
    responses=problems(401, 422),
)
async def list_service_requests(
    asked: Annotated[RequestFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List requests of the caller's scope, the newest first unless sorted; also as a sheet."""

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await read.requests(tx, asked.conditions(), asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/service-requests/{case_no}",
    operation_id="get_service_request",
    summary="服务要求详情",
    responses=problems(401, 404, 422),
)
async def get_service_request(asked: Single) -> Response:
    """Give one request; its number in full only where the look can be recorded."""
    runtime: Runtime = asked.request.app.state.runtime
    reader = Reader.of(asked.caller.roles, full_phone=asked.full_phone)

    async def run(tx: Transaction) -> Answer:
        body = await read.request(tx, runtime.vault, asked.case_no, reader)
        if reader.full_phone:
            look = audit.Look("full-phone", f"service-request:{body['id']}", ["caller.phone"])
            await audit.record(tx, look)
        return Answer(OK, body, etag=body["version"])

    ask = asked.edge.write if reader.full_phone else asked.edge.read
    return await ask(asked.request, asked.caller, run)


@router.get("/v1/queue", operation_id="list_queue", summary="优先队列", responses=problems(401, 422))
async def list_queue(
    asked: Annotated[QueueFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List what is open for a unit: the VIP channel first, then by class, then by what is due first."""

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await read.queue(tx, asked.conditions(), asked.paging(request)))

    return await edge.read(request, caller, run)


async def _move(asked: Asked, move: RequestMove, body: MoveIn) -> Response:
    runtime: Runtime = asked.request.app.state.runtime
    caller, version = asked.caller, if_match(asked.request)

    async def run(tx: Transaction) -> Answer:
        of = RequestAsked(asked.case_no, version, official_of(caller), tx.now)
        rows = Requests(tx, runtime.vault, runtime.phones)
        await move_request(move, body.text, of, rows, runtime.directory.current)
        reader = Reader.of(caller.roles, full_phone=False)
        shown = await read.request(tx, runtime.vault, asked.case_no, reader)
        return Answer(OK, shown, etag=shown["version"])

    return await asked.edge.write(asked.request, caller, run)


def _numbers(request: Request) -> Numbers:
    """Give the running numbers of this process for requests; blocks of the sequence that intake draws from too."""
    state = request.app.state
    if not hasattr(state, "request_numbers"):
        settings: DeskSettings = state.settings
        runtime: Runtime = state.runtime
        state.request_numbers = Numbers(runtime.database.app, settings.case_numbers_a_block)
    numbers: Numbers = state.request_numbers
    return numbers
