"""Visits over HTTP."""

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
from registry.api.customers import Keeper
from registry.api.declarations import Reader, Reasoned
from registry.api.texts import LongText, OrgId
from registry.commands.asking import Asker
from registry.commands.care import CancelVisit, RecordVisit
from registry.handlers.visits import cancel_visit, record_visits
from registry.model.visits import VisitKind, VisitState
from registry.queries import visits as shown
from registry.settings import IMPORT_MOST, LONGEST_CODE

router = APIRouter(tags=["visits"])
CustomerKey = Annotated[str, Field(min_length=1, max_length=LONGEST_CODE)]


class VisitIn(Body):
    """A call on a customer; the visitor is the caller's organisation unless named."""

    customer: CustomerKey
    visited_on: Day
    kind: VisitKind
    leader: bool = False
    record: LongText | None = None
    org_id: OrgId | None = None

    def command(self, asker: Asker, place: str = "") -> RecordVisit:
        """Give it as the registry's command."""
        return RecordVisit(
            asker=asker,
            customer=self.customer,
            org_id=self.org_id or asker.org_id,
            visited_on=self.visited_on,
            kind=self.kind,
            leader=self.leader,
            record=self.record,
            place=place,
        )


class VisitsIn(Body):
    """Visits of one import."""

    items: Annotated[list[VisitIn], Field(min_length=1, max_length=IMPORT_MOST)]


class VisitFilters(SortedFilters):
    """Which visits are listed; both days included."""

    customer: CustomerKey | None = None
    org_id: OrgFilter = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    state: VisitState | None = None
    sort: Literal["visited_on", "-visited_on"] | None = None

    def asked(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit"}, exclude_none=True, by_alias=True)


@router.post(
    "/v1/visits",
    status_code=201,
    operation_id="record_visit",
    summary="登记走访",
    responses=problems(400, 401, 403, 404, 422),
)
async def record_visit(body: VisitIn, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """Put a visit on record."""
    who = person(caller)

    async def run(tx: Transaction) -> Answer:
        [(visit, customer)] = await record_visits([body.command(who)], care_desk(request, tx, who))
        eyes = file_eyes(request, tx, caller)
        answer = shown.visit(shown.unsaid(visit), shown.of_sight(customer), eyes)
        return Answer(201, answer, visit.version, f"/v1/visits/{visit.visit_id}")

    return await edge.write(request, caller, run)


@router.post(
    "/v1/visits/import",
    status_code=201,
    operation_id="import_visits",
    summary="批量登记走访",
    responses=problems(400, 401, 403, 404, 422),
)
async def import_visits(body: VisitsIn, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """Put many visits on record, all or none; a refusal points at the item."""
    who = person(caller)
    commands = [item.command(who, f"/items/{place}") for place, item in enumerate(body.items)]

    async def run(tx: Transaction) -> Answer:
        made = await record_visits(commands, care_desk(request, tx, who))
        ids = [visit.visit_id for visit, _ in made]
        return Answer(201, {"created": len(ids), "items": [{"id": visit_id} for visit_id in ids]})

    return await edge.write(request, caller, run)


@router.get(
    "/v1/visits", operation_id="list_visits", summary="走访清单", responses=problems(401, 403, 404, 422)
)
async def list_visits(
    filters: Annotated[VisitFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List visits of the scope, newest record first."""

    async def run(tx: Transaction) -> Answer:
        eyes = file_eyes(request, tx, caller)
        page = filters.paging(request)
        return Answer(200, await shown.visits(tx, filters.asked(), eyes, page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/visits/{visit_id}", operation_id="get_visit", summary="走访", responses=problems(401, 403, 404, 422)
)
async def get_visit(visit_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Show one visit; what was said only to those who see the internal layer."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_visit(tx, visit_id, file_eyes(request, tx, caller))
        return Answer(200, body, version)

    return await edge.read(request, caller, run)


@router.post(
    "/v1/visits/{visit_id}/cancel",
    operation_id="cancel_visit",
    summary="撤销走访记录",
    responses=problems(400, 401, 403, 404, 409, 412, 422),
)
async def cancel(
    visit_id: UUID, body: Reasoned, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """Take a visit off the record; it stays to be read, with the reason."""
    who = person(caller)

    async def run(tx: Transaction) -> Answer:
        visit = await cancel_visit(CancelVisit(who, visit_id, body.reason), care_desk(request, tx, who))
        answer, version = await shown.one_visit(tx, visit.visit_id, file_eyes(request, tx, caller))
        # The first answers of requests are kept for days: what was said is left out of them.
        answer.pop("record", None)
        return Answer(200, answer, version)

    return await edge.write(request, caller, run)
