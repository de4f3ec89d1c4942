"""Blind checks over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, check_desk, person
from registry.api.declarations import DECLARERS, Declarer
from registry.api.forms import CustomerIn
from registry.api.texts import OrgId, Text
from registry.commands.checking import CheckBlindly
from registry.handlers.checks import check_blindly
from registry.model.staff import Role
from registry.queries import checks as shown
from registry.settings import LINES_MOST

router = APIRouter(tags=["checks"])
Auditor = Annotated[Caller, Depends(may(*DECLARERS, Role.INSPECTOR))]


class CheckIn(Body):
    """For whom is asked, as a declaration would name it; `lines` where one line may be free."""

    customer: CustomerIn
    lines: Annotated[list[Text], Field(default_factory=list, max_length=LINES_MOST)]
    org_id: OrgId | None = None

    def command(self, caller: Caller) -> CheckBlindly:
        """Give it as the registry's command; the unit is the caller's own unless named."""
        who = person(caller)
        org_id = self.org_id or who.org_id
        return CheckBlindly(who, org_id, self.customer.prospect(), tuple(self.lines))


class CheckFilters(SortedFilters):
    """Which checks are listed."""

    org_id: OrgFilter = None
    asked_by: UUID | None = None
    sort: Literal["asked_at", "-asked_at"] | None = None


@router.post(
    "/v1/checks",
    status_code=201,
    operation_id="check_blindly",
    summary="查重",
    responses=problems(400, 401, 403, 404, 422, 429),
)
async def check(body: CheckIn, request: Request, caller: Declarer, edge: AtTheEdge) -> Response:
    """Ask whether somebody has a customer: says by which unit, since and until when, and which keys matched."""
    command = body.command(caller)

    async def run(tx: Transaction) -> Answer:
        made, because = await check_blindly(command, check_desk(request, tx))
        return Answer(201, shown.check(made, because.to_json()), location=f"/v1/checks/{made.check_id}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/checks", operation_id="list_checks", summary="查重记录清单", responses=problems(401, 403, 422)
)
async def list_checks(
    filters: Annotated[CheckFilters, Query()], request: Request, caller: Auditor, edge: AtTheEdge
) -> Response:
    """List who of the scope asked when, newest first."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.checks(tx, filters.conditions(), filters.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/checks/{check_id}",
    operation_id="get_check",
    summary="查重记录",
    responses=problems(401, 403, 404, 422),
)
async def get_check(check_id: UUID, request: Request, caller: Auditor, edge: AtTheEdge) -> Response:
    """Show what was asked and answered; the look is recorded."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.one_check(tx, check_id, runtime.vault))

    return await edge.write(request, caller, run)
