"""Symposia over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge
from chassis.http.moments import Day
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, care_desk, file_eyes, person
from registry.api.declarations import Decider, Reader
from registry.api.texts import LongText, OrgId, Text
from registry.api.visits import CustomerKey
from registry.commands.asking import Asker
from registry.commands.care import HoldSymposium
from registry.handlers.visits import hold_symposium
from registry.queries import visits as shown
from registry.settings import IMPORT_MOST

router = APIRouter(tags=["symposia"])


class SymposiumIn(Body):
    """A meeting with key accounts; held by the caller's center unless named."""

    org_id: OrgId | None = None
    held_on: Day
    title: Text
    record: LongText | None = None
    customers: Annotated[list[CustomerKey], Field(min_length=1, max_length=IMPORT_MOST)]

    def command(self, asker: Asker) -> HoldSymposium:
        """Give it as the registry's command."""
        org_id = self.org_id or asker.org_id
        return HoldSymposium(asker, org_id, self.held_on, self.title, tuple(self.customers), self.record)


class SymposiumFilters(SortedFilters):
    """Which symposia are listed; both days included."""

    org_id: OrgFilter = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    sort: Literal["held_on", "-held_on", "title", "-title"] | None = None

    def asked(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit"}, exclude_none=True, by_alias=True)


@router.post(
    "/v1/symposia",
    status_code=201,
    operation_id="hold_symposium",
    summary="登记座谈会",
    responses=problems(400, 401, 403, 404, 422),
)
async def hold(body: SymposiumIn, request: Request, caller: Decider, edge: AtTheEdge) -> Response:
    """Put a symposium on record, with the customers that took part."""
    who = person(caller)

    async def run(tx: Transaction) -> Answer:
        symposium = await hold_symposium(body.command(who), care_desk(request, tx, who))
        answer = shown.symposium(shown.unsaid(symposium), file_eyes(request, tx, caller))
        return Answer(201, answer, symposium.version, f"/v1/symposia/{symposium.symposium_id}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/symposia", operation_id="list_symposia", summary="座谈会清单", responses=problems(401, 403, 422)
)
async def list_symposia(
    filters: Annotated[SymposiumFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List symposia of the scope, newest record first."""

    async def run(tx: Transaction) -> Answer:
        eyes = file_eyes(request, tx, caller)
        return Answer(200, await shown.symposia(tx, filters.asked(), eyes, filters.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/symposia/{symposium_id}",
    operation_id="get_symposium",
    summary="座谈会",
    responses=problems(401, 403, 404, 422),
)
async def get_symposium(symposium_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Show one symposium with its customers."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_symposium(tx, symposium_id, file_eyes(request, tx, caller))
        return Answer(200, body, version)

    return await edge.read(request, caller, run)
