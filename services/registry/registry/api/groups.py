"""Groups of target markets over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, Q, group_desk, law_of, person
from registry.api.declarations import Decider, Reader
from registry.api.texts import Division, OrgId, Text
from registry.api.visits import CustomerKey
from registry.commands.groups import JoinGroup, MakeGroup
from registry.handlers.groups import join_group, leave_group, make_group
from registry.model.groups import Group
from registry.ports.checks import GroupDesk
from registry.queries import groups as shown

router = APIRouter(tags=["groups"])
MOVES = problems(400, 401, 403, 404, 409, 422)


class GroupIn(Body):
    """A target market; the group belongs to the caller's center unless named."""

    org_id: OrgId | None = None
    kind: Text
    name: Text
    division: Division
    address: Text | None = None


class MemberIn(Body):
    """A customer, by code or id."""

    customer: CustomerKey


class GroupFilters(SortedFilters):
    """Which groups are listed."""

    org_id: OrgFilter = None
    kind: Text | None = None
    q: Q = None
    sort: Literal["name", "-name", "members", "-members"] | None = None


class MemberFilters(SortedFilters):
    """Whether those who left are listed too."""

    former: bool = False
    sort: Literal["joined_at", "-joined_at"] | None = None


@router.post(
    "/v1/groups", status_code=201, operation_id="make_group", summary="建立目标市场客户群", responses=MOVES
)
async def make(body: GroupIn, request: Request, caller: Decider, edge: AtTheEdge) -> Response:
    """Make a group of a target market: an office block, a computer mall."""
    who = person(caller)
    org_id = body.org_id or who.org_id
    command = MakeGroup(who, org_id, body.kind, body.name, body.division, body.address)
    return await _move(request, caller, edge, lambda desk: make_group(command, desk), status=201)


@router.get("/v1/groups", operation_id="list_groups", summary="客户群清单", responses=problems(401, 403, 422))
async def list_groups(
    filters: Annotated[GroupFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List groups of the scope, newest first."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.groups(tx, filters.conditions(), law_of(request), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/groups/{group_id}",
    operation_id="get_group",
    summary="客户群",
    responses=problems(401, 403, 404, 422),
)
async def get_group(group_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Show one group."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_group(tx, group_id, law_of(request))
        return Answer(200, body, version)

    return await edge.read(request, caller, run)


@router.get(
    "/v1/groups/{group_id}/members",
    operation_id="list_group_members",
    summary="客户群成员",
    responses=problems(401, 403, 404, 422),
)
async def list_members(
    group_id: UUID,
    filters: Annotated[MemberFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List who is in a group, and with `former` also who was; the last to join first."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.members(tx, group_id, former=filters.former, paging=page))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/groups/{group_id}/join", operation_id="join_group", summary="客户加入客户群", responses=MOVES
)
async def join(
    group_id: UUID, body: MemberIn, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Take a customer into a group; it is in one at most."""
    command = JoinGroup(person(caller), group_id, body.customer)
    return await _move(request, caller, edge, lambda desk: join_group(command, desk), status=200)


@router.post(
    "/v1/groups/{group_id}/leave", operation_id="leave_group", summary="客户退出客户群", responses=MOVES
)
async def leave(
    group_id: UUID, body: MemberIn, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Let a customer leave its group."""
    command = JoinGroup(person(caller), group_id, body.customer)
    return await _move(request, caller, edge, lambda desk: leave_group(command, desk), status=200)


async def _move(
    request: Request,
    caller: Caller,
    edge: Edge,
    handle: Callable[[GroupDesk], Awaitable[Group]],
    *,
    status: int,
) -> Response:
    async def run(tx: Transaction) -> Answer:
        group = await handle(group_desk(request, tx))
        body = shown.group(group, law_of(request))
        return Answer(status, body, group.version, f"/v1/groups/{group.group_id}")

    return await edge.write(request, caller, run)
