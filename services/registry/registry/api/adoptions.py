"""Adoptions of law over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated, may
from chassis.http.moments import Day
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import asker, tree_desk
from registry.api.texts import OrgId, Text
from registry.commands.tree import AdoptPack, EndAdoption
from registry.handlers.adoptions import adopt_pack, end_adoption
from registry.model.organisations import AdoptedPack
from registry.model.staff import Role
from registry.queries import organisations as shown
from registry.settings import LONGEST_ORG_ID

router = APIRouter(tags=["adoptions"])
Lawgiver = Annotated[Caller, Depends(may(Role.ADMINISTRATOR, Role.CENTER_DIRECTOR))]
OrgAsked = Annotated[str, Query(max_length=LONGEST_ORG_ID)]


class AdoptionIn(Body):
    """A pack, or some of its topics, in force at a node from a day, up to but without `until`."""

    org_id: OrgId
    pack: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
    topics: Annotated[list[Text], Field(min_length=1)] | None = None
    from_: Annotated[Day, Field(alias="from")]
    until: Day | None = None


class AdoptionEnd(AdoptionIn):
    """The adoption that ends, named by its pack and first day, and the first day without it."""

    until: Day


@router.post(
    "/v1/adoptions",
    status_code=201,
    operation_id="adopt_pack",
    summary="启用规章",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def adopt(body: AdoptionIn, request: Request, caller: Lawgiver, edge: AtTheEdge) -> Response:
    """Put a pack in force at a node."""
    command = AdoptPack(body.org_id, AdoptedPack(body.pack, _topics(body), body.from_, body.until))

    async def run(tx: Transaction) -> Answer:
        node = await adopt_pack(command, asker(caller), tree_desk(request, tx))
        return Answer(201, shown.organisation(node), node.version, f"/v1/organisations/{node.org_id}")

    return await edge.write(request, caller, run)


@router.post(
    "/v1/adoptions/end",
    operation_id="end_adoption",
    summary="停用规章",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def end(body: AdoptionEnd, request: Request, caller: Lawgiver, edge: AtTheEdge) -> Response:
    """Let an adoption end."""
    command = EndAdoption(body.org_id, body.pack, _topics(body), body.from_, body.until)

    async def run(tx: Transaction) -> Answer:
        node = await end_adoption(command, asker(caller), tree_desk(request, tx))
        return Answer(200, shown.organisation(node), node.version)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/adoptions",
    operation_id="list_adoptions",
    summary="启用的规章",
    responses=problems(401, 404, 422),
)
async def list_adoptions(
    request: Request, caller: Authenticated, edge: AtTheEdge, org_id: OrgAsked
) -> Response:
    """List what one node has adopted itself."""

    async def run(tx: Transaction) -> Answer:
        node = await shown.organisation_in_scope(tx, caller, org_id)
        items = shown.organisation(node)["adoptions"]
        return Answer(200, {"items": items, "next_cursor": None, "total": len(items)})

    return await edge.read(request, caller, run)


def _topics(body: AdoptionIn) -> tuple[str, ...] | None:
    return None if body.topics is None else tuple(body.topics)
