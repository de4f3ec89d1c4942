"""Who has filed, and who has not."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.http.edge import Answer, AtTheEdge
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.api.usage_bodies import month_of
from tiering.api.usage_context import FileReader, MonthFilter, OrgFilter
from tiering.queries import filings as shown
from tiering.queries.filings import FilingState, Wanted

router = APIRouter(tags=["usage-files"])
OK = 200
Sort = Literal[
    "month", "-month", "org_id", "-org_id", "days_late", "-days_late", "customers", "-customers", "reported", "-reported"
]  # fmt: skip


class FilingFilters(SortedFilters):
    """Which filings are listed."""

    org_id: OrgFilter = None
    month: MonthFilter = None
    state: FilingState | None = None
    sort: Sort | None = None


@router.get(
    "/v1/usage-filings",
    operation_id="list_usage_filings",
    summary="用邮信息表报送情况",
    responses=problems(401, 403, 422),
)
async def list_filings(
    filters: Annotated[FilingFilters, Query()], request: Request, caller: FileReader, edge: AtTheEdge
) -> Response:
    """List the months that each city has to file: when it was due, when and by what it was filed, and how late.

    `missing`: not filed though the day is over; `open`: not filed yet; `late`: filed after the day. A city that has never
    filed is listed from the month on that anybody first filed for.
    """
    runtime: Runtime = request.app.state.runtime
    month = month_of(filters.month) if filters.month is not None else None

    async def run(tx: Transaction) -> Answer:
        wanted = Wanted(filters.org_id, month)
        law = runtime.directory.current
        return Answer(OK, await shown.filings(tx, wanted, law, filters.state, filters.paging(request)))

    return await edge.read(request, caller, run)
