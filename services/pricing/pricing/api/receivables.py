"""Bills, settlements and arrears over HTTP."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.moments import Day
from chassis.http.paging import Filters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from pricing.api.context import CENTER, asker, desk, runtime_of
from pricing.api.texts import Amount, Customer, Month, OrgFilter
from pricing.commands import BillCustomer, SettleBill
from pricing.handlers import receivables
from pricing.queries import arrears as shown
from pricing.queries.arrears import Wanted
from pricing.settings import IMPORT_MOST, LONGEST_AGE_DAYS

router = APIRouter(tags=["receivables"])
OK = 200
CREATED = 201
Keeping = Annotated[Caller, Depends(may("finance", "system"))]
Reading = Annotated[Caller, Depends(may("finance", "unit-head", *CENTER, "inspector"))]


class BillIn(Body):
    """A customer's bill of a month in yuan; `due_on` absent: by the agreement that covers the month."""

    customer: Customer
    month: Month
    amount: Amount
    due_on: Day | None = None


class Bills(Body):
    """Bills, all or none."""

    items: Annotated[list[BillIn], Field(min_length=1, max_length=IMPORT_MOST)]


class SettlementIn(Body):
    """A payment on a month's bill in yuan; parts are allowed."""

    customer: Customer
    month: Month
    amount: Amount
    paid_on: Day


class Settlements(Body):
    """Payments, all or none."""

    items: Annotated[list[SettlementIn], Field(min_length=1, max_length=IMPORT_MOST)]


class ArrearsFilters(Filters):
    """Which accounts are listed: of an organisation with all below it, overdue for more than so many days."""

    org_id: OrgFilter = None
    over_days: Annotated[int | None, Field(ge=0, le=LONGEST_AGE_DAYS, description="逾期超过的天数")] = None


@router.post(
    "/v1/receivables",
    status_code=CREATED,
    operation_id="bill_customers",
    summary="登记月度账单",
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def bill_customers(body: Bills, request: Request, caller: Keeping, edge: AtTheEdge) -> Response:
    """Record monthly bills; one that is on record alike changes nothing."""
    commands = [
        BillCustomer(item.customer, item.month, Decimal(item.amount), item.due_on) for item in body.items
    ]

    async def run(tx: Transaction) -> Answer:
        new = await receivables.bill_customers(commands, asker(caller), desk(request, tx))
        return Answer(CREATED, {"recorded": new, "unchanged": len(commands) - new})

    return await edge.write(request, caller, run)


@router.post(
    "/v1/settlements",
    status_code=CREATED,
    operation_id="settle_bills",
    summary="登记结算",
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def settle_bills(body: Settlements, request: Request, caller: Keeping, edge: AtTheEdge) -> Response:
    """Record payments on bills."""
    commands = [
        SettleBill(item.customer, item.month, Decimal(item.amount), item.paid_on) for item in body.items
    ]

    async def run(tx: Transaction) -> Answer:
        await receivables.settle_bills(commands, asker(caller), desk(request, tx))
        return Answer(CREATED, {"recorded": len(commands)})

    return await edge.write(request, caller, run)


@router.get(
    "/v1/arrears",
    operation_id="list_arrears",
    summary="欠费清单",
    responses=problems(401, 403, 409, 422),
)
async def list_arrears(
    filters: Annotated[ArrearsFilters, Query()], request: Request, caller: Reading, edge: AtTheEdge
) -> Response:
    """List accounts with open bills by age, the longest overdue first."""
    wanted = Wanted(**filters.conditions())
    law = runtime_of(request).directory.current

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await shown.arrears(tx, law, wanted, filters.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/arrears/{customer}",
    operation_id="get_arrears",
    summary="客户欠费",
    responses=problems(401, 403, 404, 409, 422),
)
async def get_arrears(customer: str, request: Request, caller: Reading, edge: AtTheEdge) -> Response:
    """Give one customer's open bills and what it has paid."""
    law = runtime_of(request).directory.current

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await shown.arrears_of(tx, law, customer))

    return await edge.read(request, caller, run)
