"""Staff over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match
from chassis.http.moments import Day
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.ids import uuid7
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, Q, asker, tree_desk
from registry.api.organisations import Administrator
from registry.api.texts import OrgId, StaffNo, Text
from registry.commands.tree import ChangePerson, EmployPerson, RecordAbsence
from registry.handlers.staff import change_person, employ, record_absence
from registry.model.staff import Absence, Role
from registry.queries import organisations as shown
from registry.settings import IMPORT_MOST

router = APIRouter(tags=["staff"])
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class PersonIn(Body):
    """A new person of the staff."""

    staff_id: UUID | None = None
    staff_no: StaffNo
    name: Text
    org_id: OrgId
    roles: Roles
    deputy_id: UUID | None = None

    def command(self) -> EmployPerson:
        """Give it as the registry's command."""
        return EmployPerson(
            staff_id=self.staff_id or uuid7(),
            staff_no=self.staff_no,
            name=self.name,
            org_id=self.org_id,
            roles=tuple(dict.fromkeys(self.roles)),
            deputy_id=self.deputy_id,
        )


class PeopleIn(Body):
    """People of one import; deputies may stand among them."""

    items: Annotated[list[PersonIn], Field(min_length=1, max_length=IMPORT_MOST)]


class PersonChange(Body):
    """What changes; absent members stay as they are, `deputy_id` null clears it."""

    name: Text | None = None
    org_id: OrgId | None = None
    roles: Roles | None = None
    deputy_id: UUID | None = None
    active: bool | None = None

    def facts(self) -> dict[str, Any]:
        """Give what changes."""
        facts = self.model_dump(exclude_unset=True)
        told = {name: value for name, value in facts.items() if value is not None or name == "deputy_id"}
        return told | ({"roles": tuple(dict.fromkeys(self.roles))} if self.roles else {})


class AbsenceIn(Body):
    """Days, both included."""

    from_: Annotated[Day, Field(alias="from")]
    until: Day
    reason: Text | None = None


class StaffFilters(SortedFilters):
    """Which people are listed."""

    org_id: OrgFilter = None
    role: Role | None = None
    q: Q = None
    sort: Literal["name", "-name", "staff_no", "-staff_no"] | None = None


@router.post(
    "/v1/staff",
    status_code=201,
    operation_id="employ_person",
    summary="新增人员",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def employ_person(body: PersonIn, request: Request, caller: Administrator, edge: AtTheEdge) -> Response:
    """Enter one person into the staff."""

    async def run(tx: Transaction) -> Answer:
        [person] = await employ([body.command()], asker(caller), tree_desk(request, tx))
        return Answer(201, shown.person(person), person.version, f"/v1/staff/{person.staff_id}")

    return await edge.write(request, caller, run)


@router.post(
    "/v1/staff/import",
    status_code=201,
    operation_id="import_staff",
    summary="批量导入人员",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def import_staff(body: PeopleIn, request: Request, caller: Administrator, edge: AtTheEdge) -> Response:
    """Enter many people, all or none."""

    async def run(tx: Transaction) -> Answer:
        commands = [item.command() for item in body.items]
        people = await employ(commands, asker(caller), tree_desk(request, tx))
        return Answer(201, {"created": len(people)})

    return await edge.write(request, caller, run)


@router.get("/v1/staff", operation_id="list_staff", summary="人员清单", responses=problems(401, 422))
async def list_staff(
    filters: Annotated[StaffFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List the people of the caller's subtree."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.staff(tx, caller, filters.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/staff/{staff_id}", operation_id="get_person", summary="人员", responses=problems(401, 404, 422)
)
async def get_person(staff_id: UUID, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    """Show one person of the caller's subtree."""

    async def run(tx: Transaction) -> Answer:
        person = await shown.person_in_scope(tx, caller, staff_id)
        return Answer(200, shown.person(person), person.version)

    return await edge.read(request, caller, run)


@router.patch(
    "/v1/staff/{staff_id}",
    operation_id="change_person",
    summary="变更人员",
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def change_person_(
    staff_id: UUID, body: PersonChange, request: Request, caller: Administrator, edge: AtTheEdge
) -> Response:
    """Change a person's name, post, roles, deputy or activity."""
    command = ChangePerson(staff_id, if_match(request), body.facts())

    async def run(tx: Transaction) -> Answer:
        person = await change_person(command, asker(caller), tree_desk(request, tx))
        return Answer(200, shown.person(person), person.version)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/staff/{staff_id}/absences",
    status_code=201,
    operation_id="record_absence",
    summary="登记缺勤",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def record_absence_(
    staff_id: UUID, body: AbsenceIn, request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """Enter days on which the deputy acts."""
    command = RecordAbsence(staff_id, Absence(body.from_, body.until, body.reason))

    async def run(tx: Transaction) -> Answer:
        person = await record_absence(command, asker(caller), tree_desk(request, tx))
        return Answer(201, shown.person(person), person.version)

    return await edge.write(request, caller, run)
