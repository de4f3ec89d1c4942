"""Usage files: kept in pieces as they are received, counted while they are loaded."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from chassis.database import Connection
from chassis.encoding import dumps
from chassis.transaction import Transaction
from contracts.tiering import UsageFileLoaded
from tiering.model.months import month_text
from tiering.model.usage import FileFormat, FileState, RefusedRow, Stated, Tally, UsageFile
from tiering.ports.usage import NewFile

SAME = """
    SELECT id FROM usage_file WHERE sha256 = $3 AND org_id = $1 AND month = $2
      AND (state IN ('received', 'checking') OR (state = 'loaded' AND refused_rows = 0))
      AND ($4::timestamptz IS NULL OR received_at >= $4)
    ORDER BY received_at DESC LIMIT 1
"""
RECEIVE = """
    INSERT INTO usage_file (id, org_id, month, name, format, size, sha256, uploaded_by, correlation_id, received_at,
                            due_on, late)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
KEEP = "INSERT INTO usage_file_part (usage_file_id, number, org_id, content) VALUES ($1, $2, $3, $4)"
COLUMNS = """f.id, f.org_id, f.month, f.format, f.state, f.received_at, f.late, f.uploaded_by, f.correlation_id, f.rows,
ARRAY(SELECT e.id FROM usage_file e WHERE e.sha256 = f.sha256 AND e.org_id = f.org_id AND e.month = f.month
      AND e.state = 'loaded' AND (e.received_at, e.id) < (f.received_at, f.id)) AS loaded_before"""
# A file waits for those of its month that came before it from its own unit, or one above or below: the last word wins.
OPEN = """
    SELECT f.id FROM usage_file f JOIN organisation o USING (org_id)
    WHERE f.state IN ('received', 'checking') AND NOT EXISTS (
      SELECT FROM usage_file e JOIN organisation p USING (org_id)
      WHERE e.state IN ('received', 'checking') AND e.month = f.month AND (e.received_at, e.id) < (f.received_at, f.id)
        AND (o.orgpath ^@ p.orgpath OR p.orgpath ^@ o.orgpath))
    ORDER BY f.received_at, f.id LIMIT $1
"""
COUNT = """
    UPDATE usage_file SET rows = $2, loaded_rows = loaded_rows + $3, corrected_rows = corrected_rows + $4,
      unchanged_rows = unchanged_rows + $5, refused_rows = refused_rows + $6, revenue = revenue + $7,
      loaded_revenue = loaded_revenue + $8, pieces = pieces + $9, weight_kg = weight_kg + $10, progress = $11,
      version = version + 1
    WHERE id = $1 AND rows = $12 AND state = 'checking' RETURNING true
"""
SUMS = (
    "SELECT revenue, pieces, weight_kg, loaded_rows + unchanged_rows AS taken FROM usage_file WHERE id = $1"
)
LOADED = """
    UPDATE usage_file SET state = 'loaded', stated = $2::jsonb, warnings = $3::jsonb, finished_at = $4, progress = 1,
      version = version + 1
    WHERE id = $1 AND state = 'checking' RETURNING rows, refused_rows
"""
REFUSE = """
    INSERT INTO usage_refusal (usage_file_id, row_no, org_id, code, zh, en, cells)
    SELECT $1, r.row_no, $2, r.code, r.zh, r.en, r.cells
    FROM jsonb_to_recordset($3::jsonb) AS r(row_no bigint, code text, zh text, en text, cells jsonb)
"""


class LoadedElsewhere(RuntimeError):
    """Another process has taken this portion meanwhile."""


class UsageFilesInTables:
    """Receives files and follows them, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def same_as(self, org_id: str, month: date, sha256: bytes, since: datetime | None) -> UUID | None:
        """Give the file of these bytes, received since then, that needs no second loading; equal uploads take turns."""
        await self._tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{org_id}:{month}:{sha256.hex()}"
        )
        same: UUID | None = await self._tx.fetchval(SAME, org_id, month, sha256, since)
        return same

    async def receive(self, file: NewFile, pieces: AsyncIterator[bytes]) -> None:
        """Keep a file and its pieces."""
        command = file.command
        await self._tx.execute(
            RECEIVE, file.file_id, file.org_id, command.month, command.name, command.format.value, command.size,
            command.sha256, file.uploaded_by, file.correlation_id, file.received_at, file.due.due_on, file.late,
        )  # fmt: skip
        number = 0
        async for piece in pieces:
            number += 1
            await self._tx.execute(KEEP, file.file_id, number, file.org_id, piece)

    async def begin(self, file_id: UUID, header: Sequence[str]) -> None:
        """Say that a file is being checked, and what stands above its columns."""
        await self._tx.execute(
            """UPDATE usage_file SET state = 'checking', header = $2::jsonb, version = version + 1
               WHERE id = $1 AND state = 'received'""",
            file_id, dumps([_kept(cell) for cell in header]).decode(),
        )  # fmt: skip

    async def count(self, file: UsageFile, rows: int, tally: Tally, progress: Decimal) -> None:
        """Add a portion that ends at a row; raises LoadedElsewhere."""
        counted = await self._tx.fetchval(
            COUNT, file.file_id, rows, tally.loaded, tally.corrected, tally.unchanged, tally.refused, tally.revenue,
            tally.loaded_revenue, tally.pieces, tally.weight_kg, progress, file.rows,
        )  # fmt: skip
        if not counted:
            raise LoadedElsewhere(str(file.file_id))

    async def refuse(self, file: UsageFile, refused: Sequence[RefusedRow]) -> None:
        """Keep rows that were left out."""
        if refused:
            rows = [
                {"row_no": row.number, "code": row.fault.code, "zh": _kept(row.fault.zh), "en": _kept(row.fault.en),
                 "cells": [_kept(cell) for cell in row.cells]}
                for row in refused
            ]  # fmt: skip
            await self._tx.execute(REFUSE, file.file_id, file.org_id, dumps(rows).decode())

    async def sums(self, file: UsageFile) -> tuple[Decimal, int, Decimal | None, int]:
        """Give revenue, pieces and weight of the rows that could be read, and how many were taken or on record alike.

        The weight is None of a file that was begun before weights were added up.
        """
        row = await self._tx.fetchrow(SUMS, file.file_id)
        if row is None:
            raise LoadedElsewhere(str(file.file_id))
        return row["revenue"], int(row["pieces"]), row["weight_kg"], row["taken"]

    async def loaded(
        self, file: UsageFile, stated: Stated | None, warnings: Sequence[Mapping[str, Any]], orgpath: str
    ) -> None:
        """Say, and tell, that a file has been loaded; raises LoadedElsewhere."""
        row = await self._tx.fetchrow(
            LOADED, file.file_id, _json(stated), dumps(list(warnings)).decode(), self._tx.now
        )
        if row is None:
            raise LoadedElsewhere(str(file.file_id))
        told = UsageFileLoaded(
            usage_file_id=file.file_id,
            org_id=file.org_id,
            month=month_text(file.month),
            state=FileState.LOADED.value,
            rows=row["rows"],
            refused_rows=row["refused_rows"],
            received_at=file.received_at,
            late=file.late,
        )
        event = self._tx.event(
            told, aggregate=f"usage-file:{file.file_id}", version=1, subject=file.org_id, orgpath=orgpath
        )
        await self._tx.announce([event])

    async def reject(self, file_id: UUID, code: str, zh: str, en: str) -> None:
        """Say that a file cannot be read at all."""
        reason = dumps({"code": code, "zh": _kept(zh), "en": _kept(en)}).decode()
        await self._tx.execute(
            """UPDATE usage_file SET state = 'rejected', rejected_because = $2::jsonb, finished_at = $3,
               version = version + 1 WHERE id = $1 AND state IN ('received', 'checking')""",
            file_id, reason, self._tx.now,
        )  # fmt: skip


async def open_files(connection: Connection, most: int) -> list[UUID]:
    """Give the files that wait, the oldest first."""
    return [row["id"] for row in await connection.fetch(OPEN, most)]


async def one_file(connection: Connection, file_id: UUID) -> UsageFile | None:
    """Give a file that waits or is half loaded; None where it is done."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM usage_file f WHERE f.id = $1", file_id)  # noqa: S608
    if row is None or row["state"] not in (FileState.RECEIVED, FileState.CHECKING):
        return None
    return UsageFile(
        row["id"],
        row["org_id"],
        row["month"],
        FileFormat(row["format"]),
        FileState(row["state"]),
        row["received_at"],
        row["late"],
        row["uploaded_by"],
        row["correlation_id"],
        row["rows"],
        row["loaded_before"],
    )


async def pieces_of(connection: Connection, file_id: UUID) -> AsyncIterator[tuple[bytes, Decimal]]:
    """Give the pieces of a file in their order, and how much of it has been given with each."""
    pieces: int = await connection.fetchval(
        "SELECT count(*) FROM usage_file_part WHERE usage_file_id = $1", file_id
    )
    for number in range(1, pieces + 1):
        content: bytes = await connection.fetchval(
            "SELECT content FROM usage_file_part WHERE usage_file_id = $1 AND number = $2", file_id, number
        )
        yield content, Decimal(number) / pieces


def _kept(text: str) -> str:
    """Give a text as the database can keep it."""
    return text.replace("\x00", "�")


def _json(stated: Stated | None) -> str | None:
    if stated is None:
        return None
    figures = {"revenue": stated.revenue, "pieces": stated.pieces, "weight_kg": stated.weight_kg}
    return orjson.dumps({name: None if one is None else str(one) for name, one in figures.items()}).decode()
