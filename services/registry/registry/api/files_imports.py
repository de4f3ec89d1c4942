"""Annex 2 as workbooks over HTTP."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response

from chassis.http.edge import AtTheEdge
from chassis.http.problems import problems
from chassis.http.workbooks import XLSX_ANSWER, download
from chassis.runtime import Runtime
from chassis.transaction import Transaction, scoped
from registry.api.annex_2.drawing import draw_annex_2
from registry.api.annex_2.layout import TITLE
from registry.api.annex_2.reading import FileRead, read_annex_2
from registry.api.context import care_desk, file_eyes, person
from registry.api.customers import Keeper
from registry.api.declarations import Reader
from registry.api.imports import Importer
from registry.api.taking_in import Asked, Kind, Taken, error_sheet, show, take_in
from registry.handlers.files import Kept
from registry.handlers.files_many import Outcome, take_many
from registry.model.imports import Imported
from registry.queries import files

router = APIRouter(tags=["files"])
ANNEX_2 = Kind(Imported.FILES, "客户信息档案资料表", "annex 2", "/v1/customers/files/imports")


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

    async def take(tx: Transaction, reads: Sequence[FileRead]) -> Taken:
        who = person(caller)
        sound = {place: read.body.command(who) for place, read in enumerate(reads) if read.body is not None}
        outcomes = await take_many(list(sound.values()), care_desk(request, tx, who))
        by_place = dict(zip(sound, outcomes, strict=True))
        return _taken([(read, by_place.get(place)) for place, read in enumerate(reads)])

    return await take_in(ANNEX_2, Asked(request, caller, edge), file, read_annex_2, take)


@router.get(
    "/v1/customers/files/imports/{import_id}",
    operation_id="get_customer_file_import",
    summary="客户信息档案资料表导入结果",
    responses=problems(401, 403, 404, 422),
)
async def get_import(import_id: UUID, request: Request, caller: Importer, edge: AtTheEdge) -> Response:
    """Show what became of each sheet of a workbook of annex 2."""
    return await show(ANNEX_2, Asked(request, caller, edge), import_id)


@router.get(
    "/v1/customers/files/imports/{import_id}/errors.xlsx",
    operation_id="get_customer_file_import_errors",
    summary="档案导入错误清单",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403, 404, 422)},
)
async def get_errors(import_id: UUID, request: Request, caller: Importer, edge: AtTheEdge) -> Response:
    """Give the errors of a workbook of annex 2 as a sheet in Chinese; the look at what was written is recorded."""
    return await error_sheet(ANNEX_2, Asked(request, caller, edge), import_id)


@router.get(
    "/v1/forms/annex-2.xlsx",
    operation_id="get_blank_annex_2",
    summary="空白客户信息档案资料表",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403)},
)
async def blank_annex_2(request: Request, caller: Reader) -> Response:
    """Give the blank form of annex 2."""
    runtime: Runtime = request.app.state.runtime
    return download(await runtime.workbooks.write(draw_annex_2), f"{TITLE}.xlsx")


@router.get(
    "/v1/customers/{key}/file/annex-2.xlsx",
    operation_id="get_annex_2_form",
    summary="客户信息档案资料表",
    response_class=Response,
    responses={**XLSX_ANSWER, **problems(401, 403, 404, 409, 422)},
)
async def filled_annex_2(key: str, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give the form of a customer with the layers that its reader may see; narrow looks are recorded."""
    runtime: Runtime = request.app.state.runtime
    async with scoped(runtime.database.app, edge.moment(request, caller)) as tx:
        shown, _ = await files.one_file(tx, key, file_eyes(request, tx, caller))
    content = await runtime.workbooks.write(lambda: draw_annex_2(shown))
    return download(content, f"{TITLE}-{shown['customer_code'] or shown['customer_id']}.xlsx")


def _taken(outcomes: Sequence[tuple[FileRead, Outcome | None]]) -> Taken:
    items = [_item(read, outcome) for read, outcome in outcomes]
    wrong = [read.wrong(item.get("problems", ())) for (read, _), item in zip(outcomes, items, strict=True)]
    count = sum(1 for _, outcome in outcomes if isinstance(outcome, Kept))
    return Taken(items, list(chain.from_iterable(wrong)), count)


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
