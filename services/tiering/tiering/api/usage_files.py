"""Usage files: uploads, how far they are, what was refused of them."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import Response

from chassis.database import Pool
from chassis.encoding import dumps
from chassis.http.edge import Answer, AtTheEdge
from chassis.http.paging import ListFilters, SortedFilters
from chassis.http.problems import problems
from chassis.http.workbooks import XLSX_ANSWER, download, export_pages
from chassis.runtime import Runtime
from chassis.spreadsheets.exporting import CSV
from chassis.spreadsheets.rejections import Rejected, draw_rejections
from chassis.transaction import Moment, Transaction, scoped
from tiering.api.usage_bodies import month_of
from tiering.api.usage_context import Filer, FileReader, MonthFilter, OrgFilter, asking, settings_of
from tiering.commands.usage import SubmitFile
from tiering.handlers.usage import submit_file
from tiering.model.refusals import NotAUsageFile
from tiering.model.usage import FileFormat, FileState
from tiering.policies.forms import FOOTERS
from tiering.queries import usage_files as shown
from tiering.repository.usage_files import UsageFilesInTables
from tiering.settings import LONGEST_NAME, LONGEST_ORG_ID, TieringSettings

router = APIRouter(tags=["usage-files"])
ACCEPTED = 202
OK = 200
FileSort = Literal[
    "month", "-month", "received_at", "-received_at", "rows", "-rows", "refused_rows", "-refused_rows", "revenue", "-revenue"
]  # fmt: skip
ROW_NUMBER = "行号"
ERROR_CODE = "原因代码"


class FileFilters(SortedFilters):
    """What files are listed by."""

    org_id: OrgFilter = None
    month: MonthFilter = None
    state: FileState | None = None
    late: bool | None = None
    sort: FileSort | None = None


@router.post(
    "/v1/usage-files",
    status_code=202,
    operation_id="upload_usage_file",
    summary="上传月度用邮信息表",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def upload(
    request: Request,
    caller: Filer,
    edge: AtTheEdge,
    file: Annotated[UploadFile, File(description="附件3 的 .xlsx，或 UTF-8、GB18030 的 .csv")],
    month: Annotated[str, Form(max_length=LONGEST_ORG_ID, examples=["2026-02"])],
    org_id: Annotated[str | None, Form(max_length=LONGEST_ORG_ID)] = None,
) -> Response:
    """Keep a unit's month and load it in the background; the same file again answers what is on record (200)."""
    settings = settings_of(request)
    size, digest = await _measured(file, settings)
    name = (file.filename or "")[-LONGEST_NAME:].replace("\x00", "")
    command = SubmitFile(org_id or None, month_of(month), name, _format(name), size, digest)
    same = dumps([digest.hex(), month, org_id, name])

    async def run(tx: Transaction) -> Answer:
        await file.seek(0)
        file_id, repeated = await submit_file(
            command,
            asking(request, caller, tx),
            UsageFilesInTables(tx),
            _pieces(file, settings.usage_part_bytes),
        )
        body = await shown.one_file(tx, file_id)
        location = f"/v1/usage-files/{file_id}"
        return Answer(OK if repeated else ACCEPTED, {**body, "repeated": repeated}, location=location)

    answer = await edge.write(request, caller, run, content=same)
    request.app.state.files_bell.ring()
    return answer


@router.get(
    "/v1/usage-files",
    operation_id="list_usage_files",
    summary="月度用邮信息表清单",
    responses=problems(401, 403, 422),
)
async def list_files(
    filters: Annotated[FileFilters, Query()], request: Request, caller: FileReader, edge: AtTheEdge
) -> Response:
    """List files of the scope, the newest months first; `late` is on record."""
    month = month_of(filters.month) if filters.month is not None else None
    wanted = {"org_id": filters.org_id, "month": month, "state": filters.state, "late": filters.late}

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await shown.files(tx, wanted, filters.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/usage-files/{file_id}",
    operation_id="get_usage_file",
    summary="月度用邮信息表的办理进度",
    responses=problems(401, 403, 404, 422),
)
async def get_file(file_id: UUID, request: Request, caller: FileReader, edge: AtTheEdge) -> Response:
    """Show how far a file is, what was taken of it and what not."""

    async def run(tx: Transaction) -> Answer:
        body = await shown.one_file(tx, file_id)
        return Answer(OK, body, etag=body["version"])

    return await edge.read(request, caller, run)


@router.get(
    "/v1/usage-files/{file_id}/errors",
    operation_id="list_usage_file_errors",
    summary="退回的行",
    responses=problems(401, 403, 404, 422),
)
async def list_errors(
    file_id: UUID,
    filters: Annotated[ListFilters, Query()],
    request: Request,
    caller: FileReader,
    edge: AtTheEdge,
) -> Response:
    """List the rows that were left out, with reason and original cells; as CSV all of them, however many."""
    if filters.format == CSV:
        async with scoped(_pool(request), edge.moment(request, caller), readonly=True) as tx:
            await shown.header_of(tx, file_id)
        pages = _error_pages(request, edge.moment(request, caller), file_id)
        return export_pages(shown.ERROR_COLUMNS, pages, "errors")

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await shown.errors(tx, file_id, filters.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/usage-files/{file_id}/errors.xlsx",
    operation_id="download_usage_file_errors",
    summary="退回行明细表",
    responses={**problems(401, 403, 404, 422), **XLSX_ANSWER},
    response_class=Response,
)
async def download_errors(file_id: UUID, request: Request, caller: FileReader, edge: AtTheEdge) -> Response:
    """Give the rows that were left out as a Chinese error sheet, to be corrected and filed again.

    Of more rows than may be posted again the last row says how many are not listed.
    """
    runtime: Runtime = request.app.state.runtime
    most = settings_of(request).usage_error_sheet_rows
    async with scoped(_pool(request), edge.moment(request, caller), readonly=True) as tx:
        name, header, refused = await shown.header_of(tx, file_id)
        rows = await shown.errors_behind(tx, file_id, 0, most)
    rejected = [
        Rejected((row["row_no"], row["code"], *row["cells"]), (row["zh"],), (row["en"],)) for row in rows
    ]
    if refused > len(rows):
        rejected.append(_not_listed(refused - len(rows)))
    headers = (ROW_NUMBER, ERROR_CODE, *header)
    content = await runtime.workbooks.write(lambda: draw_rejections("退回明细", headers, rejected))
    return download(content, f"退回明细-{name.rpartition('.')[0]}.xlsx")


async def _error_pages(
    request: Request, moment: Moment, file_id: UUID
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """Give the refused rows page by page, each read in a transaction of its own: who takes them may be slow."""
    most = settings_of(request).usage_error_page_rows
    last = 0
    while True:
        async with scoped(_pool(request), moment, readonly=True) as tx:
            rows = await shown.errors_behind(tx, file_id, last, most)
        if not rows:
            return
        yield rows
        last = rows[-1]["row_no"]


def _not_listed(rows: int) -> Rejected:
    """Give the last row of a sheet that does not hold all; it begins with a word that ends a form."""
    zh = f"{FOOTERS[0]}：另有{rows}行退回未列入本表，全部退回行请以 CSV 下载"
    return Rejected((zh,), (zh,), (f"{rows} more rows were refused; the CSV export has all of them",))


def _pool(request: Request) -> Pool:
    runtime: Runtime = request.app.state.runtime
    return runtime.database.app


async def _measured(file: UploadFile, settings: TieringSettings) -> tuple[int, bytes]:
    """Give size and SHA-256; raises NotAUsageFile for nothing, or too much."""
    digest, size = hashlib.sha256(), 0
    async for piece in _pieces(file, settings.usage_part_bytes):
        digest.update(piece)
        size += len(piece)
    if not size:
        raise NotAUsageFile.of("文件是空的", "The file is empty")
    most = settings.max_usage_file_bytes
    if size > most:
        raise NotAUsageFile.of(f"文件超过 {most} 字节", f"The file is larger than {most} bytes")
    return size, digest.digest()


async def _pieces(file: UploadFile, size: int) -> AsyncIterator[bytes]:
    while piece := await file.read(size):
        yield piece


def _format(name: str) -> FileFormat:
    ending = name.rpartition(".")[-1].lower()
    if ending not in FileFormat.__members__.values():
        raise NotAUsageFile.of("文件应为 .csv 或 .xlsx", "A usage file is a .csv or an .xlsx")
    return FileFormat(ending)
