"""The ledger between units: entries, balances, payments and corrections."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import Filters, Paging
from chassis.http.problems import problems
from chassis.http.workbooks import XLSX_ANSWER, download
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from service_desk.api.compensations import official_of
from service_desk.api.complaints import OK
from service_desk.api.intake import CREATED
from service_desk.api.money_bodies import CorrectionIn, SettlementIn
from service_desk.handlers import settlements
from service_desk.queries import settlements as read
from service_desk.queries.settlement_sheet import TITLE, draw
from service_desk.repository.liability import Ledger
from service_desk.settings import LONGEST_REFERENCE, MOST_EXPORTED

router = APIRouter(tags=["settlements"])
READING_ROLES = ("finance", "center-officer", "center-director", "unit-head", "inspector")
Bookkeeper = Annotated[Caller, Depends(may("finance"))]
Looker = Annotated[Caller, Depends(may(*READING_ROLES))]
Unit = Annotated[str | None, Query(max_length=LONGEST_REFERENCE)]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
CHANGES = problems(400, 401, 403, 404, 409, 413, 422, 503)


class EntryFilters(Filters):
    """What entries are listed by."""

    kind: Literal["charge", "payment", "correction"] | None = None
    period: Month | None = None
    debtor: Unit = None
    creditor: Unit = None
    case_no: Unit = None


@router.get(
    "/v1/settlements",
    operation_id="list_settlements",
    summary="内部结算分录",
    responses=problems(401, 403, 422),
)
async def list_settlements(
    asked: Annotated[EntryFilters, Query()], request: Request, caller: Looker, edge: AtTheEdge
) -> Response:
    """List the entries in which a unit of the caller's scope has a part, the newest first."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await read.entries(tx, runtime.vault, asked.conditions(), asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/settlements/balances",
    operation_id="list_settlement_balances",
    summary="内部结算余额",
    responses=problems(401, 403, 422),
)
async def list_settlement_balances(
    request: Request, caller: Looker, edge: AtTheEdge, period: Month, org_id: Unit = None
) -> Response:
    """Give the balance of each unit of the scope with each other at the end of a month; positive is owed to it."""

    async def run(tx: Transaction) -> Answer:
        items = await read.balances(tx, period, org_id)
        return Answer(OK, {"period": period, "items": items, "next_cursor": None, "total": len(items)})

    return await edge.read(request, caller, run)


@router.get(
    "/v1/settlements/export",
    operation_id="export_settlements",
    summary="导出内部结算",
    responses={**problems(401, 403, 422), **XLSX_ANSWER},
)
async def export_settlements(request: Request, caller: Looker, edge: AtTheEdge, period: Month) -> Response:
    """Give the entries of a month as a workbook."""
    runtime: Runtime = request.app.state.runtime
    kept: list[dict[str, object]] = []

    async def run(tx: Transaction) -> Answer:
        page = await read.entries(tx, runtime.vault, {"period": period}, Paging(None, MOST_EXPORTED, 0))
        kept.extend(page["items"])
        return Answer(OK, {})

    await edge.read(request, caller, run)
    return download(await runtime.workbooks.write(lambda: draw(kept)), f"{TITLE}{period}.xlsx")


@router.post(
    "/v1/settlements",
    status_code=CREATED,
    operation_id="record_settlement",
    summary="登记内部付款",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def record_settlement(
    body: SettlementIn, request: Request, caller: Bookkeeper, edge: AtTheEdge
) -> Response:
    """Record what another unit paid to one's own; never more than it owes."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        ledger, law = Ledger(tx, runtime.vault), runtime.directory.current
        entry = await settlements.record_payment(body.command(), official_of(caller), tx.now, ledger, law)
        return Answer(CREATED, await read.one(tx, runtime.vault, entry.id))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/settlements/{entry_id}/corrections",
    status_code=CREATED,
    operation_id="correct_settlement",
    summary="更正内部结算",
    responses=CHANGES,
)
async def correct_settlement(
    entry_id: UUID, body: CorrectionIn, request: Request, caller: Bookkeeper, edge: AtTheEdge
) -> Response:
    """Take an entry back by one of its own, and post the right amount behind it; nothing is changed or removed."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        ledger, law = Ledger(tx, runtime.vault), runtime.directory.current
        command = body.command(entry_id)
        entry = await settlements.correct(command, official_of(caller), tx.now, ledger, law)
        return Answer(CREATED, await read.one(tx, runtime.vault, entry.id))

    return await edge.write(request, caller, run)
