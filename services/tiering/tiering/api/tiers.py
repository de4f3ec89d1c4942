"""Classes over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import Filters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.queries import tiers as shown
from tiering.queries.tiers import Eyes
from tiering.settings import LONGEST_ORG_ID, LONGEST_REFERENCE

router = APIRouter(tags=["tiers"])
OPEN_READERS = (
    "account-manager",
    "unit-head",
    "center-officer",
    "center-director",
    "hotline-agent",
    "finance",
    "inspector",
    "observer",
    "system",
)
Reader = Annotated[Caller, Depends(may(*OPEN_READERS))]
CustomerKey = Annotated[str, Path(max_length=LONGEST_REFERENCE, description="客户编码或 customer_id")]
OrgFilter = Annotated[str | None, Field(max_length=LONGEST_ORG_ID, description="单位及其下属单位")]


class OnDay(Body):
    """For which day; absent is today."""

    valid: date | None = None


class TierFilters(OnDay, Filters):
    """Which customers are listed."""

    org_id: OrgFilter = None
    class_: Annotated[int | None, Field(alias="class", ge=1)] = None


@router.get("/v1/tiers", operation_id="list_tiers", summary="客户级别清单", responses=problems(401, 403, 422))
async def list_tiers(
    asked: Annotated[TierFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List registered customers of the scope with their class on a day; open facts only."""
    filters = asked.conditions()
    filters.pop("valid", None)
    paging = asked.paging(request)

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.tiers(tx, asked.valid or tx.now.date(), filters, paging))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/tiers/{customer}",
    operation_id="get_tier",
    summary="客户级别",
    responses=problems(401, 403, 404, 422),
)
async def get_tier(
    customer: CustomerKey,
    asked: Annotated[OnDay, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """Give a customer's class on a day; the reasons and the class of the year so far to those who see revenue."""

    async def run(tx: Transaction) -> Answer:
        day = asked.valid or tx.now.date()
        return Answer(200, await shown.one_tier(tx, customer, day, _eyes(request, caller)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/tiers/{customer}/history",
    operation_id="get_tier_history",
    summary="客户级别历史",
    responses=problems(401, 403, 404, 422),
)
async def get_tier_history(
    customer: CustomerKey, request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Give every class of a customer with its beginning and when it was recorded."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.history(tx, customer, tx.now.date(), _eyes(request, caller)))

    return await edge.read(request, caller, run)


def _eyes(request: Request, caller: Caller) -> Eyes:
    runtime: Runtime = request.app.state.runtime
    return Eyes(caller, runtime.directory.current)
