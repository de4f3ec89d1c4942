"""A center's figures on one screen."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from chassis.http.edge import Answer, AtTheEdge
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.api.months_context import Seer, asked_of
from tiering.api.usage_context import MonthFilter, OrgFilter, settings_of
from tiering.queries import filings
from tiering.queries import overview as shown
from tiering.queries.filings import Wanted
from tiering.queries.overview import Screen

router = APIRouter(tags=["comparisons"])
OK = 200


class OverviewFilters(BaseModel):
    """Of whom, and of which month; absent are the caller's own organisation and the last month that is over."""

    model_config = ConfigDict(extra="forbid")
    org_id: OrgFilter = None
    month: MonthFilter = None


@router.get(
    "/v1/overview",
    operation_id="get_overview",
    summary="中心概览",
    responses=problems(401, 403, 404, 422),
)
async def get_overview(
    asked_for: Annotated[OverviewFilters, Query()], request: Request, caller: Seer, edge: AtTheEdge
) -> Response:
    """Give customers, revenue, share of key accounts, filings, open reviews, movers and the series of months.

    Units and classes come from sums that follow what is recorded within seconds; `pending` tells that some still do.
    """
    runtime: Runtime = request.app.state.runtime
    settings = settings_of(request)
    screen = Screen(settings.overview_months, settings.overview_movers)

    async def run(tx: Transaction) -> Answer:
        unit, asked = asked_of(request, caller, tx, asked_for.org_id, asked_for.month)
        body = await shown.overview(tx, unit, asked, screen)
        wanted = Wanted(unit.org_id, asked.span.month)
        body["filings"] = await filings.counted(tx, wanted, runtime.directory.current)
        return Answer(OK, body)

    return await edge.read(request, caller, run)
