"""A month beside the one before and the year before."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from contracts.refusals import Forbidden, InvalidValue
from tiering.api.months_context import SeerOrManager, asked_of
from tiering.api.usage_context import MonthFilter, OrgFilter
from tiering.handlers.usage import line_names
from tiering.queries import comparisons as shown
from tiering.queries.comparisons import By, Who, survivor_named
from tiering.queries.tiers import REVENUE_READERS
from tiering.settings import LONGEST_ORG_ID, LONGEST_REFERENCE

router = APIRouter(tags=["comparisons"])
OK = 200
NOBODY = UUID(int=0)
Sort = Literal[
    "revenue", "-revenue", "cumulative", "-cumulative", "change_month", "-change_month", "change_year", "-change_year",
    "growth_month", "-growth_month", "growth_year", "-growth_year",
]  # fmt: skip
ONLY_OF = {"class_": By.CUSTOMER, "customer": By.CUSTOMER, "kind": By.UNIT}


class ComparisonFilters(SortedFilters):
    """What is compared; `class` and `customer` only by customer, `kind` (of organisations) only by unit."""

    by: By = By.CUSTOMER
    org_id: OrgFilter = None
    month: MonthFilter = None
    class_: Annotated[int | None, Field(alias="class", ge=1)] = None
    customer: Annotated[str | None, Query(max_length=LONGEST_REFERENCE)] = None
    kind: Annotated[str | None, Query(max_length=LONGEST_ORG_ID)] = None
    sort: Sort | None = None

    def check(self) -> None:
        """Refuse what cannot be asked together; raises InvalidValue."""
        for name, by in ONLY_OF.items():
            if getattr(self, name) is not None and self.by is not by:
                raise InvalidValue(
                    f"此条件只用于 by={by}",
                    f"This filter is for by={by} only",
                    pointer=f"?{name.rstrip('_')}",
                )


@router.get(
    "/v1/comparisons",
    operation_id="list_comparisons",
    summary="量收与上月、上年同期的比较",
    responses=problems(401, 403, 404, 422),
)
async def list_comparisons(
    filters: Annotated[ComparisonFilters, Query()], request: Request, caller: SeerOrManager, edge: AtTheEdge
) -> Response:
    """Compare revenue, pieces and weight of a month with the month before, the same a year before, and both years so far.

    Growth is a share of 1, null where there was nothing before. The month is the last that is over unless named. An
    account manager compares their own customers.
    """
    filters.check()
    _check_reader(caller, filters.by)

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await _compared(tx, filters, request, caller))

    return await edge.read(request, caller, run)


def _check_reader(caller: Caller, by: By) -> None:
    if by is not By.CUSTOMER and not caller.may(*REVENUE_READERS):
        raise Forbidden(
            "您的角色只能查看本人客户的比较",
            "Your role may compare its own customers only",
            extra={"needs_one_of": sorted(REVENUE_READERS)},
        )


async def _compared(
    tx: Transaction, filters: ComparisonFilters, request: Request, caller: Caller
) -> dict[str, Any]:
    runtime: Runtime = request.app.state.runtime
    unit, asked = asked_of(request, caller, tx, filters.org_id, filters.month)
    paging = filters.paging(request)
    if filters.by is not By.CUSTOMER:
        names = line_names(unit.org_id, tx.now.date(), runtime.directory.current)
        return await shown.groups(tx, filters.by, replace(asked, names=names), {"kind": filters.kind}, paging)
    manager = None if caller.may(*REVENUE_READERS) else UUID(caller.staff_id)
    customer = None
    if filters.customer is not None:
        # One that is not in scope is nobody: the list is empty.
        customer = await survivor_named(tx, filters.customer) or NOBODY
    return await shown.customers(tx, asked, Who(manager, customer, filters.class_), paging)
