"""Reading cases: lists, one whole, its steps, and the words that a form offers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis import audit
from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, Authenticated, Edge
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from chassis.vault import Vault
from service_desk.api.complaints import OK, CaseNo
from service_desk.model.cases import Category, Channel, CompensationState, State
from service_desk.queries import cases, compensations, lists, words
from service_desk.queries.lists import Cases, CaseSort
from service_desk.queries.readers import Reader
from service_desk.queries.timelines import View, timeline
from service_desk.settings import LONGEST_REFERENCE

router = APIRouter(tags=["reading"])
Organisation = Annotated[str | None, Query(max_length=LONGEST_REFERENCE)]
FullPhone = Annotated[bool, Query(description="显示完整电话,查看被记录")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request for one case."""

    case_no: str
    full_phone: bool
    request: Request
    caller: Caller
    edge: Edge


async def wanted(
    case_no: CaseNo, request: Request, caller: Authenticated, edge: AtTheEdge, full_phone: FullPhone = False
) -> Wanted:
    """Give a request for one case."""
    return Wanted(case_no, full_phone, request, caller, edge)


Single = Annotated[Wanted, Depends(wanted)]
Show = Callable[[Transaction, Vault, str, Reader], Awaitable[dict[str, Any]]]


class ComplaintFilters(SortedFilters):
    """What complaints are listed by."""

    state: State | None = None
    channel: Channel | None = None
    category: Category | None = None
    first_responder: Organisation = None
    handler: Organisation = None
    customer_id: UUID | None = None
    open: bool | None = None
    sort: CaseSort | None = None


class CompensationFilters(SortedFilters):
    """What compensations are listed by."""

    state: CompensationState | None = None
    channel: Channel | None = None
    first_responder: Organisation = None
    customer_id: UUID | None = None
    open: bool | None = None
    sort: CaseSort | None = None


@router.get(
    "/v1/complaints",
    operation_id="list_complaints",
    summary="投诉清单",
    responses=problems(401, 422),
)
async def list_complaints(
    asked: Annotated[ComplaintFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List complaints of the caller's scope, the newest first unless sorted; also as a sheet."""
    return await _listed(request, caller, edge, lists.COMPLAINTS, asked)


@router.get(
    "/v1/compensations",
    operation_id="list_compensations",
    summary="索赔清单",
    responses=problems(401, 422),
)
async def list_compensations(
    asked: Annotated[CompensationFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List compensations of the caller's scope, the newest first unless sorted; also as a sheet."""
    return await _listed(request, caller, edge, lists.COMPENSATIONS, asked)


@router.get(
    "/v1/complaints/{case_no}",
    operation_id="get_complaint",
    summary="投诉详情",
    responses=problems(401, 404, 422),
)
async def get_complaint(asked: Single) -> Response:
    """Give one complaint; its number in full only where the look can be recorded."""
    return await _read(asked, cases.complaint)


@router.get(
    "/v1/compensations/{case_no}",
    operation_id="get_compensation",
    summary="索赔详情",
    responses=problems(401, 404, 422),
)
async def get_compensation(asked: Single) -> Response:
    """Give one compensation; its number in full only where the look can be recorded."""
    return await _read(asked, compensations.compensation)


@router.get(
    "/v1/complaints/{case_no}/timeline",
    operation_id="get_complaint_timeline",
    summary="投诉办理过程",
    responses=problems(401, 404, 422),
)
async def get_complaint_timeline(
    case_no: CaseNo, request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """Give every step with its time and person, and what happened to the clocks."""
    runtime: Runtime = request.app.state.runtime
    view = View(Reader.of(caller.roles, full_phone=False), runtime.vault, runtime.directory.current)

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await timeline(tx, case_no, view))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/complaint-words",
    operation_id="get_complaint_words",
    summary="投诉用语",
    responses=problems(401, 409),
)
async def get_complaint_words(request: Request, caller: Authenticated) -> Response:
    """Give the categories, links and causes that forms offer, in both languages."""
    runtime: Runtime = request.app.state.runtime
    law = runtime.directory.current
    return Answer(OK, words.complaint_words(law, caller.org_id, runtime.clock.today())).response()


async def _listed(
    request: Request,
    caller: Caller,
    edge: Edge,
    of: Cases,
    asked: SortedFilters,
) -> Response:
    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await lists.cases(tx, of, asked.conditions(), asked.paging(request)))

    return await edge.read(request, caller, run)


async def _read(asked: Wanted, show: Show) -> Response:
    runtime: Runtime = asked.request.app.state.runtime
    reader = Reader.of(asked.caller.roles, full_phone=asked.full_phone)

    async def run(tx: Transaction) -> Answer:
        body = await show(tx, runtime.vault, asked.case_no, reader)
        if reader.full_phone:
            await audit.record(tx, audit.Look("full-phone", f"{body['type']}:{body['id']}", ["caller.phone"]))
        return Answer(OK, body, etag=body["version"])

    # A look that is recorded writes; without that it is a query like any other.
    ask = asked.edge.write if reader.full_phone else asked.edge.read
    return await ask(asked.request, asked.caller, run)
