"""Filed analyses."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.http.edge import Answer, AtTheEdge
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from tiering.api.usage_bodies import ReportIn, month_of
from tiering.api.usage_context import MonthFilter, OrgFilter, Reader, Reporter, asking
from tiering.handlers.reports import file_report
from tiering.model.months import month_text
from tiering.model.usage import ReportKind
from tiering.queries import reports as shown
from tiering.repository.reports import ReportsInTables
from tiering.repository.usage_rows import UsageRowsInTables

router = APIRouter(tags=["reports"])
CREATED = 201
OK = 200


class ReportFilters(SortedFilters):
    """What reports are listed by."""

    org_id: OrgFilter = None
    month: MonthFilter = None
    kind: ReportKind | None = None
    customer_id: UUID | None = None
    sort: Literal["month", "-month", "filed_on", "-filed_on"] | None = None


@router.post(
    "/v1/reports",
    status_code=201,
    operation_id="file_report",
    summary="报送分析报告",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def file(body: ReportIn, request: Request, caller: Reporter, edge: AtTheEdge) -> Response:
    """File a monthly analysis or a KPI report, with the customers of the unit that it covers."""
    command = body.command()

    async def run(tx: Transaction) -> Answer:
        report = await file_report(
            command, asking(request, caller, tx), UsageRowsInTables(tx), ReportsInTables(tx)
        )
        body = {
            "id": report.report_id,
            "org_id": report.org_id,
            "kind": command.kind,
            "month": month_text(command.month),
            "customers": report.customers,
            "filed_on": tx.now.date(),
            "filed_with_province": command.filed_with_province,
            "note": command.note,
        }
        return Answer(CREATED, body)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/reports",
    operation_id="list_reports",
    summary="分析报告清单",
    responses=problems(401, 403, 422),
)
async def list_reports(
    filters: Annotated[ReportFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List reports of the scope, the newest months first."""
    month = month_of(filters.month) if filters.month is not None else None
    wanted = {
        "org_id": filters.org_id,
        "month": month,
        "kind": filters.kind,
        "customer_id": filters.customer_id,
    }

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await shown.reports(tx, wanted, filters.paging(request)))

    return await edge.read(request, caller, run)
