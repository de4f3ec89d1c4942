"""Customers and assignments over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, if_match, may
from chassis.http.moments import Day, Instant
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, Q, desk, eyes, law_of, person
from registry.api.declarations import Reader
from registry.api.texts import Phone, Text
from registry.commands.customers import ChangeCustomer
from registry.handlers.customers import change_customer
from registry.model.customers import CustomerState
from registry.model.staff import Role
from registry.queries import customers as shown
from registry.queries import history
from registry.queries.as_of import AsOf
from registry.settings import LONGEST_CODE, PHONES_MOST

router = APIRouter(tags=["customers"])
Keeper = Annotated[
    Caller,
    Depends(may(Role.ACCOUNT_MANAGER, Role.UNIT_HEAD, Role.CENTER_OFFICER, Role.CENTER_DIRECTOR)),
]
LineFilter = Annotated[str | None, Field(max_length=LONGEST_CODE)]


class CustomerChange(Body):
    """What changes; absent members stay as they are."""

    name: Text | None = None
    address: Text | None = None
    phones: Annotated[list[Phone], Field(max_length=PHONES_MOST)] | None = None
    vip: bool | None = None

    def facts(self) -> dict[str, Any]:
        """Give what changes."""
        facts = self.model_dump(exclude_unset=True, exclude_none=True)
        return facts | ({"phones": tuple(self.phones)} if self.phones is not None else {})


class CustomerFilters(SortedFilters):
    """Which customers are listed."""

    q: Q = None
    org_id: OrgFilter = None
    state: CustomerState | None = None
    class_: Annotated[int | None, Field(alias="class", ge=1)] = None
    line: LineFilter = None
    valid: Day | None = None
    known: Instant | None = None
    sort: Literal["name", "-name", "code", "-code", "division", "-division"] | None = None


class AssignmentFilters(SortedFilters):
    """Which assignments are listed."""

    customer_id: UUID | None = None
    org_id: OrgFilter = None
    manager_id: UUID | None = None
    valid: Day | None = None
    known: Instant | None = None
    sort: Literal["valid_from", "-valid_from"] | None = None


class AsOfAsked(Body):
    """A day, and a time as known at which."""

    valid: Day | None = None
    known: Instant | None = None


class HistoryFilters(SortedFilters):
    """Which of what happened is listed: a part of the type, such as `claim` or `customer.merged`, and the days."""

    kind: Annotated[str | None, Field(max_length=LONGEST_CODE)] = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    sort: Literal["at", "-at"] | None = None


@router.get(
    "/v1/customers", operation_id="list_customers", summary="客户清单", responses=problems(401, 403, 422)
)
async def list_customers(
    filters: Annotated[CustomerFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List customers of the scope, found by part of the name, pinyin initials or code; phones masked."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.customers(tx, eyes(request, caller), filters.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/customers/{key}",
    operation_id="get_customer",
    summary="客户",
    responses=problems(401, 403, 404, 422),
)
async def get_customer(
    key: str, asked: Annotated[AsOfAsked, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Show one customer by code (blanks, hyphens, full width allowed) or id; a look at phones is recorded.

    The code or id of one that was merged leads to its survivor. As of a day, or as known at a time, it is shown as it was.
    """

    async def run(tx: Transaction) -> Answer:
        at = AsOf.asked(asked.valid, asked.known, tx.now)
        body, version = await shown.one_customer(tx, key, eyes(request, caller), at)
        return Answer(200, body, version)

    return await edge.write(request, caller, run)


@router.patch(
    "/v1/customers/{key}",
    operation_id="change_customer",
    summary="变更客户资料",
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def change_customer_(
    key: str, body: CustomerChange, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """Change name, address, phones or the VIP flag."""
    command = ChangeCustomer(person(caller), key, if_match(request), body.facts())

    async def run(tx: Transaction) -> Answer:
        changed = await change_customer(command, desk(request, tx))
        return Answer(200, shown.customer(changed, (), eyes(request, caller)), changed.version)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/customers/{key}/history",
    operation_id="get_customer_history",
    summary="客户历史",
    responses=problems(401, 403, 404, 422),
)
async def get_history(
    key: str, filters: Annotated[HistoryFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Show everything that happened to a customer, newest first: who changed what, when, from what, and why."""

    async def run(tx: Transaction) -> Answer:
        told = await history.history(tx, key, filters.conditions(), filters.paging(request), law_of(request))
        return Answer(200, told)

    return await edge.read(request, caller, run)


@router.get(
    "/v1/assignments", operation_id="list_assignments", summary="客户归属", responses=problems(401, 403, 422)
)
async def list_assignments(
    filters: Annotated[AssignmentFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List who serves which customers of the scope."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.assignments(tx, filters.conditions(), page))

    return await edge.read(request, caller, run)
