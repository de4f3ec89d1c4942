"""Organisations over HTTP."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match, may
from chassis.http.moments import Day, Instant
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, Q, asker, tree_desk
from registry.api.texts import Division, OrgId, PlaceClass, Text
from registry.commands.tree import ChangeOrganisation, FoundOrganisation
from registry.handlers.organisations import change_organisation, found_organisations
from registry.model.organisations import Kind
from registry.model.staff import Role
from registry.queries import organisations as shown
from registry.settings import IMPORT_MOST

router = APIRouter(tags=["organisations"])
Administrator = Annotated[Caller, Depends(may(Role.ADMINISTRATOR))]


class OrganisationIn(Body):
    """A new node; what is absent is derived from its code."""

    org_id: OrgId
    parent_id: OrgId | None
    kind: Kind
    name: Text
    name_en: Text | None = None
    division: Division | None = None
    place_class: PlaceClass | None = None
    valid_from: Day | None = None

    def command(self) -> FoundOrganisation:
        """Give it as the registry's command."""
        return FoundOrganisation(**{name: getattr(self, name) for name in type(self).model_fields})


class OrganisationsIn(Body):
    """Nodes of one import, parents before or among them."""

    items: Annotated[list[OrganisationIn], Field(min_length=1, max_length=IMPORT_MOST)]


class Dissolution(Body):
    """The node that takes over."""

    successor_id: OrgId


class OrganisationChange(Body):
    """What changes; absent members stay as they are."""

    name: Text | None = None
    name_en: Text | None = None
    place_class: PlaceClass | None = None
    parent_id: OrgId | None = None
    dissolve: Dissolution | None = None


class OrganisationFilters(SortedFilters):
    """Which nodes are listed."""

    kind: Kind | None = None
    parent_id: OrgFilter = None
    q: Q = None
    valid: Day | None = None
    known: Instant | None = None
    sort: Literal["name", "-name", "org_id", "-org_id"] | None = None


@router.post(
    "/v1/organisations",
    status_code=201,
    operation_id="found_organisation",
    summary="新设机构",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def found_organisation(
    body: OrganisationIn, request: Request, caller: Administrator, edge: AtTheEdge
) -> Response:
    """Put one node into the tree."""

    async def run(tx: Transaction) -> Answer:
        [node] = await found_organisations([body.command()], asker(caller), tree_desk(request, tx))
        return Answer(201, shown.organisation(node), node.version, f"/v1/organisations/{node.org_id}")

    return await edge.write(request, caller, run)


@router.post(
    "/v1/organisations/import",
    status_code=201,
    operation_id="import_organisations",
    summary="批量导入机构",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def import_organisations(
    body: OrganisationsIn, request: Request, caller: Administrator, edge: AtTheEdge
) -> Response:
    """Put many nodes into the tree, all or none."""

    async def run(tx: Transaction) -> Answer:
        commands = [item.command() for item in body.items]
        nodes = await found_organisations(commands, asker(caller), tree_desk(request, tx))
        return Answer(201, {"created": len(nodes)})

    return await edge.write(request, caller, run)


@router.get(
    "/v1/organisations",
    operation_id="list_organisations",
    summary="机构清单",
    responses=problems(401, 422),
)
async def list_organisations(
    filters: Annotated[OrganisationFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List the nodes of the caller's subtree."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.organisations(tx, caller, filters.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/organisations/{org_id}",
    operation_id="get_organisation",
    summary="机构",
    responses=problems(401, 404, 422),
)
async def get_organisation(org_id: str, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    """Show one node of the caller's subtree."""

    async def run(tx: Transaction) -> Answer:
        node = await shown.organisation_in_scope(tx, caller, org_id)
        return Answer(200, shown.organisation(node), node.version)

    return await edge.read(request, caller, run)


@router.patch(
    "/v1/organisations/{org_id}",
    operation_id="change_organisation",
    summary="变更、移动或撤销机构",
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def change_organisation_(
    org_id: str, body: OrganisationChange, request: Request, caller: Administrator, edge: AtTheEdge
) -> Response:
    """Change facts of a node, move it with all below it, or dissolve it."""
    version = if_match(request)
    named = {"name", "name_en", "place_class"}
    facts: dict[str, Any] = body.model_dump(include=named, exclude_unset=True, exclude_none=True)
    successor_id = body.dissolve.successor_id if body.dissolve else None
    command = ChangeOrganisation(org_id, version, facts, body.parent_id, successor_id)

    async def run(tx: Transaction) -> Answer:
        node = await change_organisation(command, asker(caller), tree_desk(request, tx))
        return Answer(200, shown.organisation(node), node.version)

    return await edge.write(request, caller, run)
