"""Usage by hand, its corrections, and what is on record."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, Edge
from chassis.http.moments import Instant
from chassis.http.paging import SortedFilters, page
from chassis.http.problems import problems
from chassis.transaction import Transaction
from tiering.api.usage_bodies import CorrectionsIn, UsageIn, month_of
from tiering.api.usage_context import (
    Corrector,
    Filer,
    MonthFilter,
    OrgFilter,
    Reader,
    asking,
    manager_alone,
)
from tiering.commands.usage import RecordUsage
from tiering.handlers.usage import record_usage
from tiering.model.months import month_text
from tiering.queries import usage as shown
from tiering.repository.usage_rows import UsageRowsInTables
from tiering.settings import LONGEST_REFERENCE

router = APIRouter(tags=["usage"])
CREATED = 201
OK = 200
UsageSort = Literal["month", "-month", "revenue", "-revenue", "pieces", "-pieces", "recorded", "-recorded"]
PROBLEMS = problems(400, 401, 403, 404, 409, 413, 422, 503)


class UsageFilters(SortedFilters):
    """What figures are listed by; `known` shows them as they were known at a time."""

    customer: Annotated[str | None, Query(max_length=LONGEST_REFERENCE)] = None
    org_id: OrgFilter = None
    month: MonthFilter = None
    line: Annotated[str | None, Query(max_length=LONGEST_REFERENCE)] = None
    history: bool = False
    known: Instant | None = None
    sort: UsageSort | None = None


@router.post(
    "/v1/usage",
    status_code=201,
    operation_id="record_usage",
    summary="登记用邮量收",
    responses=PROBLEMS,
)
async def record(body: UsageIn, request: Request, caller: Filer, edge: AtTheEdge) -> Response:
    """Take rows of a unit's month, all or none; what differs from the record becomes its next version."""
    return await _write(body.command(), request, caller, edge)


@router.post(
    "/v1/usage/corrections",
    status_code=201,
    operation_id="correct_usage",
    summary="更正用邮量收",
    responses=PROBLEMS,
)
async def correct(body: CorrectionsIn, request: Request, caller: Corrector, edge: AtTheEdge) -> Response:
    """Replace rows with a reason; the former figures stay on record."""
    return await _write(body.correction(), request, caller, edge)


@router.get(
    "/v1/usage",
    operation_id="list_usage",
    summary="用邮量收",
    responses=problems(401, 403, 422),
)
async def list_usage(
    filters: Annotated[UsageFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List figures of the scope, for a manager those of their own customers.

    Current ones, as known at a time, or with `history` every version.
    """
    month = month_of(filters.month) if filters.month is not None else None

    async def run(tx: Transaction) -> Answer:
        customer = None
        if filters.customer is not None:
            customer = await shown.customer_named(tx, filters.customer)
            if customer is None:
                return Answer(OK, page([], None, 0))
        wanted = {
            "customer_id": customer,
            "org_id": filters.org_id,
            "month": month,
            "line": filters.line,
            "known": filters.known,
            "manager": manager_alone(caller),
        }
        paging = filters.paging(request)
        return Answer(OK, await shown.usage(tx, wanted, paging, history=filters.history))

    return await edge.read(request, caller, run)


async def _write(command: RecordUsage, request: Request, caller: Caller, edge: Edge) -> Response:
    async def run(tx: Transaction) -> Answer:
        taken = await record_usage(command, asking(request, caller, tx), UsageRowsInTables(tx))
        tally = taken.tally
        body = {
            "org_id": command.org_id or caller.org_id,
            "month": month_text(command.month),
            "rows": len(command.rows),
            "recorded": taken.new,
            "corrected": tally.corrected,
            "unchanged": tally.unchanged,
            "revenue": str(tally.revenue),
        }
        return Answer(CREATED, body)

    return await edge.write(request, caller, run)
