"""The steps of a compensation, and of the liability for it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match, may
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from service_desk.api.complaints import OK, PROBLEMS, Asked, CaseNo
from service_desk.api.money_bodies import AppealIn, ChargeIn, DecideAppealIn, DecideIn, HandleIn, PayIn
from service_desk.commands import Official
from service_desk.handlers import compensations, liability
from service_desk.handlers.compensations import Asked as AskedOf
from service_desk.handlers.liability import Charged
from service_desk.ports.money import Compensations as CompensationsPort
from service_desk.ports.money import Liabilities as LiabilitiesPort
from service_desk.queries import compensations as read
from service_desk.queries.readers import Reader
from service_desk.repository.compensations import Compensations
from service_desk.repository.liability import Liabilities

router = APIRouter(tags=["compensations"])
CENTER = ("center-officer", "center-director")
# Said of what changes the liability: its If-Match is the version of what stands there behind the case.
OF_LIABILITY = {"x-version-of": "liability"}
C = TypeVar("C")
Step = Callable[[C, AskedOf, CompensationsPort, Snapshot], Awaitable[None]]
LiabilityStep = Callable[[C, Charged, LiabilitiesPort, Snapshot], Awaitable[None]]


async def by_handler(
    case_no: CaseNo,
    request: Request,
    caller: Annotated[Caller, Depends(may("unit-head", *CENTER))],
    edge: AtTheEdge,
) -> Asked:
    """Give a request of who handles claims, or bears a share of one."""
    return Asked(case_no, request, caller, edge)


async def by_center(
    case_no: CaseNo, request: Request, caller: Annotated[Caller, Depends(may(*CENTER))], edge: AtTheEdge
) -> Asked:
    """Give a request of a center."""
    return Asked(case_no, request, caller, edge)


async def by_director(
    case_no: CaseNo,
    request: Request,
    caller: Annotated[Caller, Depends(may("center-director"))],
    edge: AtTheEdge,
) -> Asked:
    """Give a request of a director."""
    return Asked(case_no, request, caller, edge)


async def by_cashier(
    case_no: CaseNo, request: Request, caller: Annotated[Caller, Depends(may("finance"))], edge: AtTheEdge
) -> Asked:
    """Give a request of finance."""
    return Asked(case_no, request, caller, edge)


ByHandler = Annotated[Asked, Depends(by_handler)]
ByCenter = Annotated[Asked, Depends(by_center)]
ByDirector = Annotated[Asked, Depends(by_director)]
ByCashier = Annotated[Asked, Depends(by_cashier)]


@router.post(
    "/v1/compensations/{case_no}/handle",
    operation_id="handle_compensation",
    summary="处理索赔，核定金额",
    responses=PROBLEMS,
)
async def handle_compensation(body: HandleIn, asked: ByHandler) -> Response:
    """Grant an amount; filed → handled. The limit counts by this amount from now on."""
    return await _take(asked, compensations.handle, body.command())


@router.post(
    "/v1/compensations/{case_no}/refuse",
    operation_id="refuse_compensation",
    summary="拒赔",
    responses=PROBLEMS,
)
async def refuse_compensation(body: DecideIn, asked: ByHandler) -> Response:
    """Refuse: filed → refused by who handles it, reported → refused by the level above."""
    return await _take(asked, compensations.refuse, body.command())


@router.post(
    "/v1/compensations/{case_no}/report",
    operation_id="report_compensation",
    summary="超限额报省审批",
    responses=PROBLEMS,
)
async def report_compensation(body: DecideIn, asked: ByCenter) -> Response:
    """Report what is above the limit; handled → reported."""
    return await _take(asked, compensations.report, body.command())


@router.post(
    "/v1/compensations/{case_no}/approve",
    operation_id="approve_compensation",
    summary="批准超限额赔偿",
    responses=PROBLEMS,
)
async def approve_compensation(body: DecideIn, asked: ByDirector) -> Response:
    """Approve what was reported; reported → approved."""
    return await _take(asked, compensations.approve, body.command())


@router.post(
    "/v1/compensations/{case_no}/pay",
    operation_id="pay_compensation",
    summary="赔付",
    responses=PROBLEMS,
)
async def pay_compensation(body: PayIn, asked: ByCashier) -> Response:
    """Pay what was granted, once for an item and its cause; liability comes after."""
    return await _take(asked, compensations.pay, body.command())


@router.post(
    "/v1/compensations/{case_no}/assign-liability",
    operation_id="assign_liability",
    summary="定责",
    responses=PROBLEMS,
    openapi_extra=OF_LIABILITY,
)
async def assign_liability(body: ChargeIn, asked: ByCenter) -> Response:
    """Share liability among the links of the chain; pending → assigned. If-Match is the version of the liability."""
    return await _charge(asked, liability.assign, body.command())


@router.post(
    "/v1/compensations/{case_no}/appeal-liability",
    operation_id="appeal_liability",
    summary="对定责申诉",
    responses=PROBLEMS,
    openapi_extra=OF_LIABILITY,
)
async def appeal_liability(body: AppealIn, asked: ByHandler) -> Response:
    """Appeal as a charged unit, in time; assigned → appealed. If-Match is the version of the liability."""
    return await _charge(asked, liability.appeal, body.command())


@router.post(
    "/v1/compensations/{case_no}/decide-appeal",
    operation_id="decide_liability_appeal",
    summary="裁定定责申诉",
    responses=PROBLEMS,
    openapi_extra=OF_LIABILITY,
)
async def decide_liability_appeal(body: DecideAppealIn, asked: ByCenter) -> Response:
    """Uphold or replace the shares as the level above. If-Match is the version of the liability."""
    return await _charge(asked, liability.decide, body.command())


@router.post(
    "/v1/compensations/{case_no}/settle",
    operation_id="settle_liability",
    summary="责任入账结算",
    responses=PROBLEMS,
    openapi_extra=OF_LIABILITY,
)
async def settle_liability(body: AppealIn, asked: ByCashier) -> Response:
    """Write what each charged unit owes into the ledger; final. If-Match is the version of the liability."""
    return await _charge(asked, liability.settle, body.command())


@router.get(
    "/v1/compensations/{case_no}/liability",
    operation_id="get_liability",
    summary="责任认定",
    responses=problems(401, 404, 422),
)
async def get_liability(
    case_no: CaseNo, request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """Give who is liable: all to those who see the case, and to a charged unit its own share."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        body = await read.liability(tx, runtime.vault, case_no, reader)
        return Answer(OK, body, etag=body["version"])

    return await edge.read(request, caller, run)


def official_of(caller: Caller) -> Official:
    """Give who decides."""
    return Official(caller.actor, caller.org_id, frozenset(caller.roles))


async def _take(asked: Asked, step: Step[C], command: C) -> Response:
    runtime: Runtime = asked.request.app.state.runtime
    caller, version = asked.caller, if_match(asked.request)

    async def run(tx: Transaction) -> Answer:
        of = AskedOf(asked.case_no, version, official_of(caller), tx.now)
        await step(command, of, Compensations(tx, runtime.vault), runtime.directory.current)
        reader = Reader.of(caller.roles, full_phone=False)
        body = await read.compensation(tx, runtime.vault, asked.case_no, reader)
        return Answer(OK, body, etag=body["version"])

    return await asked.edge.write(asked.request, caller, run)


async def _charge(asked: Asked, step: LiabilityStep[C], command: C) -> Response:
    runtime: Runtime = asked.request.app.state.runtime
    caller, version = asked.caller, if_match(asked.request)

    async def run(tx: Transaction) -> Answer:
        of = Charged(asked.case_no, version, official_of(caller), tx.now)
        await step(command, of, Liabilities(tx, runtime.vault), runtime.directory.current)
        reader = Reader.of(caller.roles, full_phone=False)
        body = await read.liability(tx, runtime.vault, asked.case_no, reader)
        return Answer(OK, body, etag=body["version"])

    return await asked.edge.write(asked.request, caller, run)
