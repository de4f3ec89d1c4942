"""Tariff requests over HTTP."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, may
from chassis.http.paging import Filters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from pricing.api.context import CENTER, UNIT, asker, desk, reader, runtime_of
from pricing.api.texts import Customer, Lines, LongText, OrgFilter, Share
from pricing.commands import AnswerTariff, RequestTariff
from pricing.handlers import tariffs
from pricing.model.tariffs import Level, State, TariffRequest
from pricing.ports import Desk
from pricing.queries import tariffs as shown
from pricing.queries.tariffs import Wanted

router = APIRouter(tags=["tariff-requests"])
READERS = (*UNIT, *CENTER, "finance", "inspector")
MOVES = problems(400, 401, 403, 404, 409, 412, 422)
OK = 200
CREATED = 201
Unit = Annotated[Caller, Depends(may(*UNIT))]
Answering = Annotated[Caller, Depends(may(*UNIT, *CENTER))]
Reading = Annotated[Caller, Depends(may(*READERS))]


class TariffIn(Body):
    """A request for a discount, a share of 1 off the tariff, with its reason."""

    customer: Customer
    lines: Lines
    discount: Share
    reason: LongText


class Note(Body):
    """A note to the record; may be left out."""

    note: LongText | None = None


class Reasoned(Body):
    """A decision with its reason."""

    reason: LongText


class Withdrawal(Body):
    """A withdrawal; the reason is optional."""

    reason: LongText | None = None


class TariffFilters(Filters):
    """Which requests are listed; an organisation stands for all below it."""

    state: State | None = None
    level: Level | None = None
    org_id: OrgFilter = None
    customer_id: UUID | None = None
    late: bool | None = None


@router.post(
    "/v1/tariff-requests",
    status_code=CREATED,
    operation_id="request_tariff",
    summary="申请资费优惠",
    responses=problems(400, 401, 403, 409, 422),
)
async def request_tariff(body: TariffIn, request: Request, caller: Unit, edge: AtTheEdge) -> Response:
    """Ask for a discount; it goes to the level that may grant it, whose days begin."""
    command = RequestTariff(
        asker(caller), body.customer, tuple(body.lines), Decimal(body.discount), body.reason
    )

    async def run(tx: Transaction) -> Answer:
        asked = await tariffs.request_tariff(command, desk(request, tx))
        return await _answer(request, caller, tx, asked.id, CREATED)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/tariff-requests",
    operation_id="list_tariff_requests",
    summary="资费优惠申请清单",
    responses=problems(401, 403, 422),
)
async def list_tariff_requests(
    filters: Annotated[TariffFilters, Query()], request: Request, caller: Reading, edge: AtTheEdge
) -> Response:
    """List requests of the scope, the newest first; figures are shown only one by one."""
    wanted = Wanted(**filters.conditions())

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(OK, await shown.tariff_requests(tx, wanted, page, reader(request, caller)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/tariff-requests/{request_id}",
    operation_id="get_tariff_request",
    summary="资费优惠申请",
    responses=problems(401, 403, 404, 422),
)
async def get_tariff_request(
    request_id: UUID, request: Request, caller: Reading, edge: AtTheEdge
) -> Response:
    """Give one request; a look at its figures is recorded."""

    async def run(tx: Transaction) -> Answer:
        return await _answer(request, caller, tx, request_id, OK)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/tariff-requests/{request_id}/approve",
    operation_id="approve_tariff",
    summary="批准资费优惠",
    responses=MOVES,
)
async def approve_tariff(
    request_id: UUID, body: Note, request: Request, caller: Answering, edge: AtTheEdge
) -> Response:
    """Grant the discount, within the authority of the level at which it lies."""
    command = AnswerTariff(asker(caller), request_id, body.note)
    return await _move(request, caller, edge, tariffs.approve_tariff, command)


@router.post(
    "/v1/tariff-requests/{request_id}/refuse",
    operation_id="refuse_tariff",
    summary="不同意资费优惠",
    responses=MOVES,
)
async def refuse_tariff(
    request_id: UUID, body: Reasoned, request: Request, caller: Answering, edge: AtTheEdge
) -> Response:
    """Refuse the discount with a reason."""
    command = AnswerTariff(asker(caller), request_id, body.reason)
    return await _move(request, caller, edge, tariffs.refuse_tariff, command)


@router.post(
    "/v1/tariff-requests/{request_id}/send-up",
    operation_id="send_tariff_up",
    summary="上报上级审批",
    responses=MOVES,
)
async def send_tariff_up(
    request_id: UUID, body: Reasoned, request: Request, caller: Answering, edge: AtTheEdge
) -> Response:
    """Pass the request to the level above, whose own days begin."""
    command = AnswerTariff(asker(caller), request_id, body.reason)
    return await _move(request, caller, edge, tariffs.send_tariff_up, command)


@router.post(
    "/v1/tariff-requests/{request_id}/withdraw",
    operation_id="withdraw_tariff",
    summary="撤回资费优惠申请",
    responses=MOVES,
)
async def withdraw_tariff(
    request_id: UUID, body: Withdrawal, request: Request, caller: Unit, edge: AtTheEdge
) -> Response:
    """Take the request back, by who asked or the head of that unit."""
    command = AnswerTariff(asker(caller), request_id, body.reason)
    return await _move(request, caller, edge, tariffs.withdraw_tariff, command)


async def _move(
    request: Request,
    caller: Caller,
    edge: Edge,
    handle: Callable[[AnswerTariff, Desk], Awaitable[TariffRequest]],
    command: AnswerTariff,
) -> Response:
    async def run(tx: Transaction) -> Answer:
        moved = await handle(command, desk(request, tx))
        return await _answer(request, caller, tx, moved.id, OK)

    return await edge.write(request, caller, run)


async def _answer(request: Request, caller: Caller, tx: Transaction, request_id: UUID, status: int) -> Answer:
    vault = runtime_of(request).vault
    body, version = await shown.tariff_request(tx, vault, request_id, reader(request, caller))
    return Answer(status, body, version, f"/v1/tariff-requests/{request_id}")
