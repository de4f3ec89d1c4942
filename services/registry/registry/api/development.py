"""Development cases over HTTP."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field, model_validator

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, if_match
from chassis.http.paging import ListFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, Q, desk, file_eyes, law_of, person
from registry.api.customers import Keeper
from registry.api.declarations import Decider, Reader, Reasoned
from registry.api.texts import Division, LongText, OrgId, Text
from registry.commands.development import ChangeCase, EndCase, GradeCase, MoveCase, OneCase, OpenCase
from registry.handlers import development as handlers
from registry.model.codes import read_credit_code
from registry.model.customers import Nature
from registry.model.development import CaseState, DevelopmentCase, Grade, ProjectState, Step, Target
from registry.ports.desk import Desk
from registry.queries import development as shown
from registry.settings import EVIDENCE_MOST, LINES_MOST, LONGEST_CODE
from regulations.topics.prospects import Aspect
from regulations.topics.registration import DemandKind

router = APIRouter(tags=["development-cases"])
CustomerKey = Annotated[str, Field(min_length=1, max_length=LONGEST_CODE)]
Lines = Annotated[tuple[Text, ...], Field(min_length=1, max_length=LINES_MOST)]
MOVES = problems(400, 401, 403, 404, 409, 412, 422)


class TargetIn(Body):
    """Who is to be won, where no file is about them yet."""

    name: Text
    nature: Nature
    division: Division
    credit_code: Text | None = None

    def target(self) -> Target:
        """Give it as the registry knows it; refuses a wrong credit code."""
        code = read_credit_code(self.credit_code) if self.credit_code else None
        return Target(self.name, self.nature, self.division, code)


class CaseIn(Body):
    """A case begun: on a customer of the scope by `customer_key`, or on `customer`; the unit is the caller's own."""

    customer_key: CustomerKey | None = None
    customer: TargetIn | None = None
    lines: Lines
    demand: DemandKind | None = None
    org_id: OrgId | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        """One of the two says who it is about."""
        if (self.customer_key is None) == (self.customer is None):
            raise ValueError("customer_key 与 customer 二者填一 | give either customer_key or customer")
        return self


class CaseChange(Body):
    """What changes; of what is written only the fields named, null takes one out."""

    lines: Lines | None = None
    demand: DemandKind | None = None
    owner_id: UUID | None = None
    written: dict[Step, dict[Text, LongText | None]] | None = None

    def facts(self) -> dict[str, Any]:
        """Give what changes beside what is written."""
        return self.model_dump(exclude={"written"}, exclude_unset=True, exclude_none=True)


class StepIn(Body):
    """The step to go to; back only with a reason."""

    to: Step
    reason: LongText | None = None


class GradeIn(Body):
    """A grade from 0 up to the best that the law knows, with what it rests on."""

    grade: Annotated[int, Field(ge=0)]
    texts: Annotated[tuple[LongText, ...], Field(max_length=EVIDENCE_MOST)] = ()
    attachments: Annotated[tuple[UUID, ...], Field(max_length=EVIDENCE_MOST)] = ()


class GradesIn(Body):
    """Grades of all aspects."""

    grades: dict[Aspect, GradeIn]

    def as_graded(self) -> dict[str, Grade]:
        """Give them as the registry knows grades."""
        return {aspect: Grade(one.grade, one.texts, one.attachments) for aspect, one in self.grades.items()}


class CaseFilters(ListFilters):
    """Which cases are listed; `lead`: filed with the center or not."""

    q: Q = None
    customer_key: CustomerKey | None = None
    org_id: OrgFilter = None
    state: CaseState | None = None
    step: Step | None = None
    project: ProjectState | None = None
    lead: bool | None = None
    score_from: Annotated[Decimal | None, Field(ge=0)] = None
    sort: Literal["newest", "score", "filed"] = "newest"

    def asked(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit", "sort"}, exclude_none=True)


@router.post(
    "/v1/development-cases",
    status_code=201,
    operation_id="open_development_case",
    summary="建立开发案",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def open_case(body: CaseIn, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """Begin to develop a prospect; the answer suggests who should develop this kind of demand."""
    who = person(caller)
    target = body.customer.target() if body.customer else None
    command = OpenCase(who, body.org_id or who.org_id, body.customer_key, target, body.lines, body.demand)
    return await answered(request, caller, edge, lambda desk: handlers.open_case(command, desk), created=True)


@router.get(
    "/v1/development-cases",
    operation_id="list_development_cases",
    summary="开发案清单",
    responses=problems(401, 403, 404, 409, 422),
)
async def list_cases(
    filters: Annotated[CaseFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List cases of the scope: the newest, the best scored, or the earliest leads first."""

    async def run(tx: Transaction) -> Answer:
        eyes = file_eyes(request, tx, caller)
        page = filters.paging(request)
        return Answer(200, await shown.cases(tx, filters.asked(), eyes, page, filters.sort))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/development-cases/{case_id}",
    operation_id="get_development_case",
    summary="开发案",
    responses=problems(401, 403, 404, 409, 422),
)
async def get_case(case_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Show one case with its moves; what was found out only to those who see the internal layer."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_case(tx, case_id, file_eyes(request, tx, caller))
        return Answer(200, body, version)

    return await edge.read(request, caller, run)


@router.patch(
    "/v1/development-cases/{case_id}",
    operation_id="change_development_case",
    summary="填写开发案",
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def change_case(
    case_id: UUID, body: CaseChange, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """Write down what the steps brought, or change lines, demand or who works on the case."""
    command = ChangeCase(person(caller), case_id, if_match(request), body.facts(), body.written or {})
    return await answered(request, caller, edge, lambda desk: handlers.change_case(command, desk))


@router.post(
    "/v1/development-cases/{case_id}/step",
    operation_id="move_development_case",
    summary="开发案进入下一步骤或退回",
    responses=MOVES,
)
async def move_case(
    case_id: UUID, body: StepIn, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """Go on to the next step once this one brought what it has to, or back with a reason; none is skipped."""
    command = MoveCase(person(caller), case_id, body.to, body.reason)
    return await answered(request, caller, edge, lambda desk: handlers.move_case(command, desk))


@router.post(
    "/v1/development-cases/{case_id}/file",
    operation_id="file_development_case",
    summary="向中心报备信息",
    responses=MOVES,
)
async def file_case(case_id: UUID, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """File a case with the center: a lead from this moment on, and whoever reported first goes first."""
    command = OneCase(person(caller), case_id)
    return await answered(request, caller, edge, lambda desk: handlers.file_case(command, desk))


@router.post(
    "/v1/development-cases/{case_id}/grades",
    operation_id="grade_development_case",
    summary="潜在客户评分",
    responses=MOVES,
)
async def grade_case(
    case_id: UUID, body: GradesIn, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """Grade a prospect by all aspects, each with its evidence; the points become the customer's prospect score."""
    command = GradeCase(person(caller), case_id, body.as_graded())
    return await answered(request, caller, edge, lambda desk: handlers.grade_case(command, desk))


@router.post(
    "/v1/development-cases/{case_id}/lose",
    operation_id="lose_development_case",
    summary="开发失败",
    responses=MOVES,
)
async def lose_case(
    case_id: UUID, body: Reasoned, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """End a case that was lost."""
    command = EndCase(person(caller), case_id, CaseState.LOST, body.reason)
    return await answered(request, caller, edge, lambda desk: handlers.end_case(command, desk))


@router.post(
    "/v1/development-cases/{case_id}/drop",
    operation_id="drop_development_case",
    summary="放弃开发",
    responses=MOVES,
)
async def drop_case(
    case_id: UUID, body: Reasoned, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """End a case that is given up."""
    command = EndCase(person(caller), case_id, CaseState.DROPPED, body.reason)
    return await answered(request, caller, edge, lambda desk: handlers.end_case(command, desk))


@router.get(
    "/v1/declarations/{declaration_id}/leads",
    operation_id="list_earlier_leads",
    summary="报备在先的信息",
    responses=problems(401, 403, 404, 422),
)
async def list_leads(declaration_id: UUID, request: Request, caller: Decider, edge: AtTheEdge) -> Response:
    """Show the center whose earlier leads a held declaration stands behind; the declaring unit is not told."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.leads_before(tx, declaration_id, law_of(request)))

    return await edge.read(request, caller, run)


async def answered(
    request: Request,
    caller: Caller,
    edge: Edge,
    handle: Callable[[Desk], Awaitable[DevelopmentCase]],
    *,
    created: bool = False,
) -> Response:
    """Handle a command on a case, and show the case after it."""

    async def run(tx: Transaction) -> Answer:
        changed = await handle(desk(request, tx))
        body, version = await shown.one_case(tx, changed.case_id, file_eyes(request, tx, caller))
        return Answer(201 if created else 200, body, version, f"/v1/development-cases/{changed.case_id}")

    return await edge.write(request, caller, run)
