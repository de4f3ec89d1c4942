"""Annex 2 as workbooks over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge
from chassis.http.problems import problems
from chassis.http.workbooks import XLSX_ANSWER, download, fingerprint_of, uploaded
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import Workbook
from chassis.transaction import Transaction, scoped
from registry.api.annex_2.drawing import draw_annex_2
from registry.api.annex_2.layout import TITLE
from registry.api.annex_2.reading import FileRead, read_annex_2
from registry.api.context import care_desk, file_eyes, person
from registry.api.customers import Keeper
from registry.api.declarations import Reader
from registry.api.imports import Importer
from registry.handlers.files import Kept
from registry.handlers.files_many import Outcome, take_many
from registry.model.imports import FormsImport, Wrong
from registry.model.refusals import NoForms
from registry.queries import files, imports
from registry.repository.files import keep_import
from registry.settings import FORMS_MOST, LONGEST_FILE_NAME

router = APIRouter(tags=["files"])


@router.post(
    "/v1/customers/files/import",
    status_code=201,
    operation_id="import_customer_files",
    summary="导入客户信息档案资料表",
    responses=problems(400, 401, 403, 409, 413, 415, 422),
)
async def import_files(
    request: Request,
    caller: Keeper,
    edge: AtTheEdge,
    file: Annotated[UploadFile, File(description="附表 2 的 .xlsx，每个工作表一户，最多 200 户")],
) -> Response:
    """Take a workbook in, one annex 2 a sheet, as filed with the city; a bad form is told by its cells and stops no other."""
    runtime: Runtime = request.app.state.runtime
    content = await uploaded(file, Limits.of(runtime.settings))
    reads = await runtime.workbooks.read_into(content, _read, most_sheets=FORMS_MOST)

    async def run(tx: Transaction) -> Answer:
        outcomes = await _taken(request, caller, tx, reads)
        taken_in = _taken_in(caller, tx, file.filename, outcomes)
        await keep_import(tx, taken_in, runtime.vault)
        path = f"/v1/customers/files/imports/{taken_in.import_id}"
        return Answer(201, imports.shown(taken_in), location=path)

    async with request.app.state.import_turns:
        return await edge.write(request, caller, run, content=fingerprint_of(content))


@router.get(
    "/v1/customers/files/imports/{import_id}",
    operation_id="get_customer_file_import",
    summary="客户信息档案资料表导入结果",
    responses=problems(401, 403, 404, 422),
)
async def get_import(import_id: UUID, request: Request, caller: Importer, edge: AtTheEdge) -> Response:
    """Show what became of each sheet of a workbook."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        return Answer(200, imports.shown(await files.one_file_import(tx, import_id, runtime.vault)))

    return await edge.write(request, caller, run)


@router.get(
    "/v1/customers/files/imports/{import_id}/errors.xlsx",
    operation_id="get_customer_file_import_errors",
    summary="档案导入错误清单",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403, 404, 422)},
)
async def get_errors(import_id: UUID, request: Request, caller: Importer, edge: AtTheEdge) -> Response:
    """Give the errors of a workbook as a sheet in Chinese; the look at what was written is recorded."""
    runtime: Runtime = request.app.state.runtime
    async with scoped(runtime.database.app, edge.moment(request, caller)) as tx:
        taken_in = await files.one_file_import(tx, import_id, runtime.vault)
    content = await runtime.workbooks.write(lambda: imports.draw_errors(taken_in))
    return download(content, "错误清单.xlsx")


@router.get(
    "/v1/forms/annex-2.xlsx",
    operation_id="get_blank_annex_2",
    summary="空白客户信息档案资料表",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403)},
)
async def blank_annex_2(request: Request, caller: Reader) -> Response:
    """Give the blank form."""
    runtime: Runtime = request.app.state.runtime
    return download(await runtime.workbooks.write(draw_annex_2), f"{TITLE}.xlsx")


@router.get(
    "/v1/customers/{key}/file/annex-2.xlsx",
    operation_id="get_annex_2_form",
    summary="客户信息档案资料表",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403, 404, 422)},
)
async def filled_annex_2(key: str, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give the form of a customer with the layers that its reader may see; narrow looks are recorded."""
    runtime: Runtime = request.app.state.runtime
    async with scoped(runtime.database.app, edge.moment(request, caller)) as tx:
        shown, _ = await files.one_file(tx, key, file_eyes(request, tx, caller))
    content = await runtime.workbooks.write(lambda: draw_annex_2(shown))
    return download(content, f"{TITLE}-{shown['customer_code'] or shown['customer_id']}.xlsx")


def _read(book: Workbook) -> list[FileRead]:
    reads = [read_annex_2(sheet) for sheet in book.sheets if sheet.height]
    if not reads:
        raise NoForms("工作簿中没有客户信息档案资料表", "the workbook holds no annex 2", pointer="/file")
    return reads


async def _taken(
    request: Request, caller: Caller, tx: Transaction, reads: Sequence[FileRead]
) -> list[tuple[FileRead, Outcome | None]]:
    who = person(caller)
    sound = {place: read.body.command(who) for place, read in enumerate(reads) if read.body is not None}
    outcomes = await take_many(list(sound.values()), care_desk(request, tx, who))
    by_place = dict(zip(sound, outcomes, strict=True))
    return [(read, by_place.get(place)) for place, read in enumerate(reads)]


def _taken_in(
    caller: Caller,
    tx: Transaction,
    file_name: str | None,
    outcomes: Sequence[tuple[FileRead, Outcome | None]],
) -> FormsImport:
    items = [_item(read, outcome) for read, outcome in outcomes]
    return FormsImport(
        import_id=uuid7(),
        org_id=caller.org_id,
        file_name=(file_name or "").replace("\x00", "")[:LONGEST_FILE_NAME],
        submitted_by=person(caller).staff_id,
        submitted_at=tx.now,
        items=items,
        wrong=[
            Wrong(read.sheet, one["cell"], *read.written(one["cell"]), one["zh"], one["en"])
            for (read, _), item in zip(outcomes, items, strict=True)
            for one in item.get("problems", ())
        ],
        taken=sum(1 for _, outcome in outcomes if isinstance(outcome, Kept)),
    )


def _item(read: FileRead, outcome: Outcome | None) -> Mapping[str, Any]:
    if isinstance(outcome, Kept):
        customer = outcome.customer
        return {
            "sheet": read.sheet,
            "customer_id": customer.customer_id,
            "customer_code": customer.customer_code,
            "version": outcome.file.version,
            "completeness": customer.completeness,
            "filed_on": customer.filed_on,
        }
    wrong = read.problems if outcome is None else [read.refused(outcome)]
    return {"sheet": read.sheet, "problems": [problem.to_json() for problem in wrong]}
