"""Workbooks of forms over HTTP: read, taken in sheet by sheet, kept, shown; annex 1 and annex 2 alike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, UploadFile
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, Edge
from chassis.http.workbooks import download, fingerprint_of, uploaded
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import Sheet, Workbook
from chassis.transaction import Transaction, scoped
from registry.api.context import person
from registry.model.imports import FormsImport, Imported, Wrong
from registry.model.refusals import NoForms
from registry.queries import imports
from registry.repository.imports import keep
from registry.settings import FORMS_MOST, LONGEST_FILE_NAME

Read = TypeVar("Read")


@dataclass(frozen=True)
class Kind:
    """Which forms, by their title in both languages, and where what became of them is found."""

    imported: Imported
    zh: str
    en: str
    path: str


@dataclass(frozen=True)
class Asked:
    """Who sent which request, and what with the file."""

    request: Request
    caller: Caller
    edge: Edge
    beside: tuple[str | None, ...] = ()

    @property
    def runtime(self) -> Runtime:
        """The running parts."""
        runtime: Runtime = self.request.app.state.runtime
        return runtime


@dataclass(frozen=True)
class Taken:
    """What became of the sheets: as the answer shows each, what goes on the error sheet, how many were taken."""

    items: Sequence[Mapping[str, Any]]
    wrong: Sequence[Wrong]
    count: int


async def take_in(
    kind: Kind,
    asked: Asked,
    file: UploadFile,
    read: Callable[[Sheet], Read],
    take: Callable[[Transaction, Sequence[Read]], Awaitable[Taken]],
) -> Response:
    """Read the forms of a workbook and take them in; what became of each is kept."""
    runtime = asked.runtime
    content = await uploaded(file, Limits.of(runtime.settings))
    reads = await runtime.workbooks.read_into(
        content, lambda book: _forms(book, kind, read), most_sheets=FORMS_MOST
    )

    async def run(tx: Transaction) -> Answer:
        taken = await take(tx, reads)
        taken_in = FormsImport(
            import_id=uuid7(),
            org_id=asked.caller.org_id,
            file_name=(file.filename or "").replace("\x00", "")[:LONGEST_FILE_NAME],
            submitted_by=person(asked.caller).staff_id,
            submitted_at=tx.now,
            items=taken.items,
            wrong=taken.wrong,
            taken=taken.count,
        )
        await keep(tx, kind.imported, taken_in, runtime.vault)
        return Answer(201, imports.shown(taken_in), location=f"{kind.path}/{taken_in.import_id}")

    async with asked.request.app.state.import_turns:
        return await asked.edge.write(
            asked.request, asked.caller, run, content=fingerprint_of(content, *asked.beside)
        )


async def show(kind: Kind, asked: Asked, import_id: UUID) -> Response:
    """Show what became of each sheet of a workbook."""

    async def run(tx: Transaction) -> Answer:
        taken_in = await imports.one_import(tx, kind.imported, import_id, asked.runtime.vault)
        return Answer(200, imports.shown(taken_in))

    # The look is recorded: it writes.
    return await asked.edge.write(asked.request, asked.caller, run)


async def error_sheet(kind: Kind, asked: Asked, import_id: UUID) -> Response:
    """Give the errors of a workbook as a sheet in Chinese; the look at what was written is recorded."""
    runtime = asked.runtime
    async with scoped(runtime.database.app, asked.edge.moment(asked.request, asked.caller)) as tx:
        taken_in = await imports.one_import(tx, kind.imported, import_id, runtime.vault)
    content = await runtime.workbooks.write(lambda: imports.draw_errors(taken_in))
    return download(content, "错误清单.xlsx")


def _forms(book: Workbook, kind: Kind, read: Callable[[Sheet], Read]) -> list[Read]:
    reads = [read(sheet) for sheet in book.sheets if sheet.height]
    if not reads:
        raise NoForms(f"工作簿中没有{kind.zh}", f"the workbook holds no {kind.en}", pointer="/file")
    return reads
