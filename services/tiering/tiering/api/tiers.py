"""Classes over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.moments import Day, Instant
from chassis.http.paging import JSON, Format, SortedFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.spreadsheets.exporting import Exported
from chassis.transaction import Transaction
from tiering.queries import tiers as shown
from tiering.queries.tiers import AsOf, Eyes
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
ClassOrNone = Annotated[str, Field(pattern=r"^([1-9]|none)$", description="级别，none 为不定级")]
OrgFilter = Annotated[str | None, Field(max_length=LONGEST_ORG_ID, description="单位及其下属单位")]


Known = Annotated[Instant | None, Field(description="当时所知：只看此刻之前记录的内容")]


class KnownAt(Body):
    """As known at which time; absent is now."""

    known: Known = None


class OnDay(KnownAt):
    """For which day, and as known at which time; a time alone asks for its own day, neither for today."""

    valid: Day | None = None


class TierFilters(OnDay, SortedFilters):
    """Which customers are listed."""

    org_id: OrgFilter = None
    class_: Annotated[int | None, Field(alias="class", ge=1)] = None
    sort: Literal["name", "-name", "code", "-code", "class", "-class"] | None = None


class HistoryFilters(KnownAt):
    """As known at which time, and as what."""

    format: Format = "json"


@router.get("/v1/tiers", operation_id="list_tiers", summary="客户级别清单", responses=problems(401, 403, 422))
async def list_tiers(
    asked: Annotated[TierFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List registered customers of the scope with their class on a day, as known at a time; open facts only."""
    filters = asked.conditions()
    for name in OnDay.model_fields:
        filters.pop(name, None)
    paging = asked.paging(request)

    async def run(tx: Transaction) -> Answer:
        at = AsOf.asked(asked.valid, asked.known, tx.now)
        return Answer(200, await shown.tiers(tx, at, filters, paging))

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
        at = AsOf.asked(asked.valid, asked.known, tx.now)
        return Answer(200, await shown.one_tier(tx, customer, at, _eyes(request, caller)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/tiers/{customer}/history",
    operation_id="get_tier_history",
    summary="客户级别历史",
    responses=problems(401, 403, 404, 422),
)
async def get_tier_history(
    customer: CustomerKey,
    asked: Annotated[HistoryFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """Give every class of a customer with its beginning and when it was recorded, as known at a time."""

    async def run(tx: Transaction) -> Answer:
        at = AsOf.asked(None, asked.known, tx.now)
        body = await shown.history(tx, customer, at, _eyes(request, caller))
        return Answer(200, body if asked.format == JSON else Exported(body["items"], asked.format))

    return await edge.read(request, caller, run)


def _eyes(request: Request, caller: Caller) -> Eyes:
    runtime: Runtime = request.app.state.runtime
    return Eyes(caller, runtime.directory.current, request.app.state.standings)
