"""Loads usage files in the background: portion by portion, each in a transaction of its own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

import asyncpg

from chassis import points
from chassis.database import DATABASE_FAILURES, Connection, is_passing
from chassis.doorbell import Doorbell
from chassis.leaving import cancelled
from chassis.runtime import Runtime
from chassis.spreadsheets.refusals import WorkbookRefused
from chassis.telemetry import describe, log
from chassis.transaction import Moment, unscoped
from tiering.consumers.filings import NO_LAW, FilingClocks
from tiering.consumers.side_by_side import Place, SideBySide
from tiering.handlers.usage import lines_in_force
from tiering.model.usage import FileFormat, FileRefused, FileState, Reason, Tally, UsageFile
from tiering.policies import faults
from tiering.policies import warnings as warnings_of
from tiering.policies.csv_lines import ENCODINGS, EncodingTest
from tiering.policies.filing import filing_term, least_customers
from tiering.policies.portions import Annex3File, CsvFile, Portion, Reading
from tiering.ports.usage import Batch, Taken
from tiering.repository.filings import FilingsInTables
from tiering.repository.usage_files import (
    LoadedElsewhere,
    UsageFilesInTables,
    one_file,
    open_files,
    pieces_of,
)
from tiering.repository.usage_rows import UsageRowsInTables
from tiering.settings import KG_IN_A_TON, YUAN_IN_WAN, TieringSettings

AGAIN: tuple[type[Exception], ...] = (LoadedElsewhere, asyncpg.UniqueViolationError)
"""Another process, or another unit's file with the same customers, was there first: look again."""
FAULTS = (LookupError, ValueError, TypeError, ArithmeticError, asyncpg.PostgresError)
"""What one file may be given up for; more than this ends the process."""
UNREADABLE = FileRefused(
    "unreadable-encoding",
    "文件编码无法识别，请存为 UTF-8 或 GB18030",
    "The text is neither UTF-8 nor GB18030",
)
LOCK = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended($1, 0))"
Source = CsvFile | Annex3File


@dataclass(frozen=True, slots=True)
class Loader:
    """Takes the files that wait, one at a time; several loaders and processes work side by side."""

    runtime: Runtime
    settings: TieringSettings
    bell: Doorbell = field(default_factory=Doorbell)

    async def run(self) -> None:
        """Load until cancelled."""
        while True:
            try:
                if not await self._load_next():
                    await self.bell.wait(self.settings.usage_idle_seconds)
            except (*AGAIN, *DATABASE_FAILURES) as error:
                log().warning("usage.again", error=describe(error))
                await asyncio.sleep(self.settings.usage_idle_seconds)

    async def _load_next(self) -> bool:
        async with self.runtime.database.worker.acquire() as connection:
            for file_id in await open_files(connection, self.settings.usage_loaders + 1):
                if not await connection.fetchval(LOCK, str(file_id)):
                    continue
                try:
                    return await self._load_one(connection, file_id)
                finally:
                    await connection.fetchval(UNLOCK, str(file_id))
        return False

    async def _load_one(self, connection: Connection, file_id: UUID) -> bool:
        file = await one_file(connection, file_id)
        if file is None:
            return False
        try:
            await self._load(connection, file)
        except (FileRefused, WorkbookRefused) as refused:
            await self._reject(file, refused.code, refused.zh, refused.en)
        except FAULTS as error:
            if isinstance(error, AGAIN) or is_passing(error):
                raise
            log().error("usage.file", file=str(file_id), error=describe(error))
            await self._reject(file, "fault", "文件无法处理，已记录", "The file cannot be processed")
        self.runtime.relay_bell.ring()
        return True

    async def _load(self, connection: Connection, file: UsageFile) -> None:
        source, portions = await self._open(connection, file)
        most = self.settings.usage_portions_at_once
        async with aclosing(_ahead(portions)) as coming, SideBySide(most) as under_way:
            async for portion in coming:
                if file.state is FileState.RECEIVED:
                    await self._begin(file, source)
                    file = replace(file, state=FileState.CHECKING)
                if portion.rows > file.rows:
                    await under_way.follow(portion.customers, partial(self._take, file, portion))
                    file = replace(file, rows=portion.rows)
            await under_way.end()
        await self._finish(file, source)

    async def _open(self, connection: Connection, file: UsageFile) -> tuple[Source, AsyncIterator[Portion]]:
        reading = Reading(
            month=file.month,
            lines=lines_in_force(file.org_id, self.runtime.clock.today(), self.runtime.directory.current),
            longest_row=self.settings.usage_row_characters,
            rows_of_one=self.settings.usage_rows_of_one,
            rows_at_a_glance=self.settings.usage_rows_at_a_glance,
            yuan_in_wan=YUAN_IN_WAN,
            kg_in_a_ton=KG_IN_A_TON,
        )
        if file.format is FileFormat.XLSX:
            content = b"".join([piece async for piece, _ in pieces_of(connection, file.file_id)])
            workbook = await self.runtime.workbooks.read(content)
            annex = await asyncio.to_thread(Annex3File, workbook, reading, file.rows)
            return annex, _of_annex(annex, self.settings.usage_portion_rows)
        table = CsvFile(await _encoding(connection, file.file_id), reading, file.rows)
        return table, _of_csv(connection, file.file_id, table)

    async def _begin(self, file: UsageFile, source: Source) -> None:
        async with unscoped(self.runtime.database.worker, self._moment(file)) as tx:
            await UsageFilesInTables(tx).begin(file.file_id, source.header)
        points.reach("usage.after-begin")

    async def _take(self, file: UsageFile, portion: Portion, place: Place) -> None:
        """Write a portion: rows, events, refusals and the count of all, or nothing.

        Rows are written beside those of other portions; what is told and counted of them comes in the order of the file.
        """
        batch = Batch(
            org_id=file.org_id,
            orgpath=self.runtime.directory.current.path(file.org_id),
            month=file.month,
            file_id=file.file_id,
            reason=Reason.SOURCE,
            rows_per_event=self.settings.usage_event_rows,
            loaded_before=file.loaded_before,
        )
        async with unscoped(self.runtime.database.worker, self._moment(file)) as tx:
            rows, files = UsageRowsInTables(tx), UsageFilesInTables(tx)
            await tx.take_time(self.settings.usage_portion_timeout_ms)
            await rows.queue(batch, file.file_id, portion.rows)
            place.taken.set()
            written = None
            if portion.text:
                await rows.stage(batch, portion.text, sorted(portion.customers))
                await place.wait_for_the_same()
                written = await rows.write_staged(batch)
            await rows.turn(file.file_id, file.rows)
            if written:
                await rows.tell(batch, written)
            taken = written.taken if written else Taken(Tally(), 0)
            for number in taken.numbers.get("unknown", ()):
                portion.refuse(number, faults.fault_of_code(portion.code_of(number)))
            for number in taken.numbers.get("repeated", ()):
                portion.refuse(number, faults.REPEATED)
            await files.refuse(file, portion.refused)
            tally = replace(
                taken.tally,
                refused=len(portion.refused),
                revenue=taken.tally.revenue + portion.repeated.revenue,
                pieces=taken.tally.pieces + portion.repeated.pieces,
                weight_kg=taken.tally.weight_kg + portion.repeated.weight_kg,
            )
            await files.count(file, portion.rows, tally, portion.progress)
            points.reach("usage.before-commit")
        points.reach("usage.after-portion")
        self.runtime.relay_bell.ring()

    async def _finish(self, file: UsageFile, source: Source) -> None:
        law = self.runtime.directory.current
        if file.late:
            # Where nobody ran when the month ended, its clock starts now, so that it is seen to have run out.
            await FilingClocks(self.runtime, self.settings).plan()
        async with unscoped(self.runtime.database.worker, self._moment(file)) as tx:
            files, filings = UsageFilesInTables(tx), FilingsInTables(tx, law)
            revenue, pieces, weight_kg, taken = await files.sums(file)
            warnings = warnings_of.of_totals(source.stated, revenue, pieces, weight_kg)
            least = least_customers(file.org_id, file.month, law)
            if least is not None:
                covered = await filings.covered(file.org_id, file.month, least.outcome)
                warnings += warnings_of.of_coverage(least, *covered)
            await files.loaded(file, source.stated, warnings, law.path(file.org_id))
            term = filing_term(file.org_id, file.month, law)
            # Neither a month that still runs is filed, nor that of a unit with customers by a form without any row.
            files_it = file.received_at >= term.started_at and (
                taken > 0 or not await filings.has_customers(file.org_id)
            )
            if file.late if files_it else term.is_late(tx.now):
                await filings.tell_missing(file.org_id, file.month, term)
            if files_it:
                await filings.filed(file.org_id, file.month, file.received_at)
            points.reach("usage.before-finish")
        points.reach("usage.after-finish")

    async def _reject(self, file: UsageFile, code: str, zh: str, en: str) -> None:
        law = self.runtime.directory.current
        async with unscoped(self.runtime.database.worker, self._moment(file)) as tx:
            await UsageFilesInTables(tx).reject(file.file_id, code, zh, en)
            try:
                term = filing_term(file.org_id, file.month, law)
            except NO_LAW as missing:
                # What a file may be rejected for: it must not stop the loading of others.
                log().warning("usage.no-filing-law", org_id=file.org_id, error=describe(missing))
                return
            if term.is_late(tx.now):
                await FilingsInTables(tx, law).tell_missing(file.org_id, file.month, term)

    def _moment(self, file: UsageFile) -> Moment:
        return Moment(
            service=self.runtime.settings.service,
            now=self.runtime.clock.now(),
            actor=file.uploaded_by,
            correlation_id=file.correlation_id,
        )


async def _encoding(connection: Connection, file_id: UUID) -> str:
    for encoding in ENCODINGS:
        test = EncodingTest(encoding)
        async for piece, progress in pieces_of(connection, file_id):
            if not await asyncio.to_thread(partial(test.passes, piece, last=progress == 1)):
                break
        else:
            return encoding
    raise UNREADABLE


async def _of_csv(connection: Connection, file_id: UUID, table: CsvFile) -> AsyncIterator[Portion]:
    async for piece, progress in pieces_of(connection, file_id):
        yield await asyncio.to_thread(table.portion, piece, progress)


async def _of_annex(annex: Annex3File, most: int) -> AsyncIterator[Portion]:
    portions = annex.portions(most)
    while (portion := await asyncio.to_thread(next, portions, None)) is not None:
        yield portion


async def _ahead(portions: AsyncIterator[Portion]) -> AsyncGenerator[Portion, None]:
    """Read the next portion while the one before is written."""
    following = asyncio.ensure_future(anext(portions, None))
    try:
        while (portion := await following) is not None:
            following = asyncio.ensure_future(anext(portions, None))
            yield portion
    finally:
        await cancelled(following)
