"""Annex 1 as workbooks, and many declarations at once, over HTTP."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.problems import item_problem, problems
from chassis.http.workbooks import XLSX_ANSWER, download
from chassis.runtime import Runtime
from chassis.spreadsheets.workbooks import Sheet
from chassis.transaction import Transaction, scoped
from contracts.refusals import Refusal
from registry.api.annex_1.drawing import draw_annex_1
from registry.api.annex_1.layout import TITLE
from registry.api.annex_1.reading import FormRead, read_annex_1
from registry.api.context import desk, eyes, law_of, person
from registry.api.declarations import DECLARERS, Approval, Decider, Declarer, Reader
from registry.api.taking_in import Asked, Kind, Taken, error_sheet, show, take_in
from registry.api.texts import OrgId
from registry.commands.declaring import ApproveDeclaration, SubmitDeclaration
from registry.handlers.many import Outcome, approve_many, submit_many
from registry.model.declarations import Declaration, DeclarationState
from registry.model.imports import Imported, Wrong
from registry.model.staff import Role
from registry.queries import declarations as shown
from registry.queries import imports
from registry.settings import IMPORT_MOST

router = APIRouter(tags=["declarations"])
ANNEX_1 = Kind(Imported.DECLARATIONS, "注册申报登记表", "annex 1", "/v1/declarations/imports")
UNIT = re.compile(r"(?<![0-9A-Z-])(?:CN|[0-9]{9}|[0-9]{6})(?:-[ST][0-9]{2})?(?![0-9])")
Importer = Annotated[Caller, Depends(may(*DECLARERS, Role.INSPECTOR))]


class ApprovalOf(Approval):
    """One of many approvals."""

    id: UUID


class Approvals(Body):
    """Declarations to approve; each stands alone."""

    items: Annotated[list[ApprovalOf], Field(min_length=1, max_length=IMPORT_MOST)]


@router.post(
    "/v1/declarations/import",
    status_code=201,
    operation_id="import_declarations",
    summary="导入注册申报登记表",
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
async def import_declarations(
    request: Request,
    caller: Declarer,
    edge: AtTheEdge,
    file: Annotated[UploadFile, File(description="附表 1 的 .xlsx，每个工作表一张，最多 200 张")],
    org_id: Annotated[OrgId | None, Form(description="申报单位，缺省为本人单位")] = None,
) -> Response:
    """Take a workbook in, one annex 1 a sheet; a bad form is told by its cells and stops no other."""
    law = law_of(request)

    def read(sheet: Sheet) -> FormRead:
        return read_annex_1(sheet, lambda written: _unit(written, law, caller))

    async def take(tx: Transaction, reads: Sequence[FormRead]) -> Taken:
        commands = {place: _command(form, caller, org_id) for place, form in enumerate(reads)}
        sound = {place: command for place, command in commands.items() if command is not None}
        outcomes = await submit_many(list(sound.values()), desk(request, tx))
        by_place = dict(zip(sound, outcomes, strict=True))
        return _taken([(form, by_place.get(place)) for place, form in enumerate(reads)])

    return await take_in(ANNEX_1, Asked(request, caller, edge, (org_id,)), file, read, take)


@router.get(
    "/v1/declarations/imports/{import_id}",
    operation_id="get_declaration_import",
    summary="注册申报登记表导入结果",
    responses=problems(401, 403, 404, 422),
)
async def get_import(import_id: UUID, request: Request, caller: Importer, edge: AtTheEdge) -> Response:
    """Show what became of each sheet of a workbook of annex 1."""
    return await show(ANNEX_1, Asked(request, caller, edge), import_id)


@router.get(
    "/v1/declarations/imports/{import_id}/errors.xlsx",
    operation_id="get_declaration_import_errors",
    summary="导入错误清单",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403, 404, 422)},
)
async def get_errors(import_id: UUID, request: Request, caller: Importer, edge: AtTheEdge) -> Response:
    """Give the errors of a workbook of annex 1 as a sheet in Chinese; the look at what was written is recorded."""
    return await error_sheet(ANNEX_1, Asked(request, caller, edge), import_id)


@router.get(
    "/v1/forms/annex-1.xlsx",
    operation_id="get_blank_annex_1",
    summary="空白注册申报登记表",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403)},
)
async def blank_annex_1(request: Request, caller: Reader) -> Response:
    """Give the blank form of annex 1."""
    runtime: Runtime = request.app.state.runtime
    return download(await runtime.workbooks.write(draw_annex_1), f"{TITLE}.xlsx")


@router.get(
    "/v1/declarations/{declaration_id}/annex-1.xlsx",
    operation_id="get_annex_1_form",
    summary="注册申报登记表",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403, 404, 422)},
)
async def filled_annex_1(declaration_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give the form of a declaration as its reader may see it; the look at personal data is recorded."""
    runtime: Runtime = request.app.state.runtime
    async with scoped(runtime.database.app, edge.moment(request, caller)) as tx:
        declared = await shown.one_declaration(tx, declaration_id, eyes(request, caller))
    decision = declared.get("decision")
    decider = law_of(request).staff.get(str(decision["by"])) if decision else None
    filled = {**declared, "decided_by": decider.name if decider else None}
    content = await runtime.workbooks.write(lambda: draw_annex_1(filled))
    return download(content, f"{TITLE}-{declared['customer']['name']}.xlsx")


@router.post(
    "/v1/declarations/approve-many",
    operation_id="approve_many_declarations",
    summary="批量批准注册",
    responses=problems(400, 401, 403, 409, 422),
)
async def approve_declarations(
    body: Approvals, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Register up to 500 customers; each answers for itself, and where refused by a code of `approve_declaration`."""
    who = person(caller)
    commands = [ApproveDeclaration(who, one.id, one.manager_id, one.override_reason) for one in body.items]

    async def run(tx: Transaction) -> Answer:
        outcomes = await approve_many(commands, desk(request, tx))
        approved = [one.declaration_id for one in outcomes if isinstance(one, Declaration)]
        facts = await imports.registered(tx, approved)
        asked = zip(commands, outcomes, strict=True)
        items = [_approved(command.declaration_id, outcome, facts) for command, outcome in asked]
        return Answer(200, {"items": items})

    return await edge.write(request, caller, run)


def _approved(
    declaration_id: UUID, outcome: Outcome, facts: Mapping[UUID, Mapping[str, Any]]
) -> dict[str, Any]:
    if isinstance(outcome, Refusal):
        return {"id": declaration_id, "problem": item_problem(outcome)}
    known = facts[declaration_id]
    members = ("state", "customer_id", "customer_code", "class")
    return {"id": declaration_id, **{member: known[member] for member in members}}


def _unit(written: str, law: Snapshot, caller: Caller) -> str | None:
    """Give the unit by its code, or by its name where one of the scope alone has it."""
    found = UNIT.search(written)
    if found is not None:
        return found[0]
    within = f"{caller.orgpath}."
    named = [node for node in law.organisations.values() if node.name == written]
    reached = [node.org_id for node in named if f"{node.orgpath}.".startswith(within)]
    return reached[0] if len(reached) == 1 else None


def _command(read: FormRead, caller: Caller, org_id: str | None) -> SubmitDeclaration | None:
    if read.body is None:
        return None
    body = read.body if read.body.org_id else read.body.model_copy(update={"org_id": org_id})
    try:
        return body.command(caller)
    except Refusal as refused:
        read.problems.append(read.refused(refused))
        return None


def _taken(outcomes: Sequence[tuple[FormRead, Outcome | None]]) -> Taken:
    items = [_item(read, outcome) for read, outcome in outcomes]
    wrong = [_wrong(read, item) for (read, _), item in zip(outcomes, items, strict=True)]
    count = sum(1 for item in items if item.get("state") not in (None, DeclarationState.REFUSED))
    return Taken(items, list(chain.from_iterable(wrong)), count)


def _item(read: FormRead, outcome: Outcome | None) -> dict[str, Any]:
    if isinstance(outcome, Declaration):
        facts = {
            "sheet": read.sheet,
            "declaration_id": outcome.declaration_id,
            "state": outcome.state,
            "customer_id": outcome.customer_id,
            "refusal": shown.refusal(outcome),
        }
        return {name: value for name, value in facts.items() if value is not None}
    problems_of = read.problems if outcome is None else [read.refused(outcome)]
    return {"sheet": read.sheet, "problems": [problem.to_json() for problem in problems_of]}


def _wrong(read: FormRead, item: Mapping[str, Any]) -> list[Wrong]:
    refusal = item.get("refusal")
    if refusal is not None:
        cell = read.cell_of("/customer/name")
        address = cell.address if cell else ""
        return [Wrong(read.sheet, address, *read.written(address), refusal["zh"] or "", refusal["en"] or "")]
    return read.wrong(item.get("problems", ()))
