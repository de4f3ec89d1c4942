"""Usage files as they are shown."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.paging import bad_cursor, decode_cursor, encode_cursor, page
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from tiering.model.months import month_text

CURSOR_KEYS = ("month", "id")
COLUMNS = """f.id, f.org_id, o.name AS org_name, f.month, f.name, f.format, f.size, f.state, f.received_at, f.due_on,
f.late, f.rows, f.loaded_rows, f.corrected_rows, f.unchanged_rows, f.refused_rows, f.progress, f.revenue,
f.loaded_revenue, f.pieces, f.stated, f.warnings, f.rejected_because, f.uploaded_by, f.finished_at, f.version"""
FROM = "usage_file f LEFT JOIN organisation o USING (org_id)"
UNITS = """SELECT b.org_id FROM organisation b JOIN organisation a ON a.org_id = {0}
  AND (b.orgpath = a.orgpath OR b.orgpath ^@ (a.orgpath || '.'))"""
SUBTREE = f"o.org_id IN ({UNITS})"
FILTERS = {"org_id": SUBTREE, "month": "f.month = {0}", "state": "f.state = {0}", "late": "f.late = {0}"}
ERRORS = "SELECT row_no, code, zh, en, cells FROM usage_refusal WHERE usage_file_id = $1"


@dataclass(frozen=True)
class Asked:
    """One page of a list; `total` is counted up to `total_exact_to`."""

    limit: int
    cursor: str | None
    total_exact_to: int
    filters: dict[str, object] = field(default_factory=dict)


async def one_file(tx: Transaction, file_id: UUID) -> dict[str, Any]:
    """Show a file; raises NotFound."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM {FROM} WHERE f.id = $1", file_id)  # noqa: S608
    if row is None:
        raise NotFound("没有这个文件", "No such file", pointer="path:file_id")
    return _shown(row)


async def files(tx: Transaction, asked: Asked) -> dict[str, Any]:
    """Show a page of files, the newest months and files first."""
    where, values = conditions(FILTERS, asked.filters)
    counted = f"SELECT FROM {FROM} WHERE {where} LIMIT {asked.total_exact_to}"
    total = await tx.fetchval(f"SELECT count(*) FROM ({counted}) x", *values)  # noqa: S608
    keys = decode_cursor(asked.cursor, len(CURSOR_KEYS))
    if keys is not None:
        where += f" AND (f.month, f.id) < (${len(values) + 1}, ${len(values) + 1 + 1})"
        values = [*values, day_of_cursor(keys[0]), id_of_cursor(keys[1])]
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM {FROM} WHERE {where} ORDER BY f.month DESC, f.id DESC LIMIT {asked.limit + 1}",  # noqa: S608
        *values,
    )
    shown = rows[: asked.limit]
    cursor = encode_cursor(shown[-1]["month"], shown[-1]["id"]) if len(rows) > asked.limit else None
    return page([_shown(row) for row in shown], cursor, total)


async def errors(tx: Transaction, file_id: UUID, asked: Asked) -> dict[str, Any]:
    """Show a page of refused rows, in the order of the file."""
    file = await one_file(tx, file_id)
    keys = decode_cursor(asked.cursor, 1)
    after = 0 if keys is None else keys[0]
    if not isinstance(after, int):
        raise bad_cursor()
    rows = await tx.fetch(f"{ERRORS} AND row_no > $2 ORDER BY row_no LIMIT {asked.limit + 1}", file_id, after)
    shown = rows[: asked.limit]
    cursor = encode_cursor(shown[-1]["row_no"]) if len(rows) > asked.limit else None
    items = [{**row, "cells": orjson.loads(row["cells"])} for row in shown]
    return page(items, cursor, file["refused_rows"])


async def header_of(tx: Transaction, file_id: UUID) -> tuple[str, list[str]]:
    """Give a file's name and what stands above its columns; raises NotFound."""
    row = await tx.fetchrow("SELECT name, header FROM usage_file WHERE id = $1", file_id)
    if row is None:
        raise NotFound("没有这个文件", "No such file", pointer="path:file_id")
    return row["name"], orjson.loads(row["header"])


async def all_errors(tx: Transaction, file_id: UUID, most: int) -> AsyncIterator[Record]:
    """Give the refused rows, at most so many."""
    for row in await tx.fetch(f"{ERRORS} ORDER BY row_no LIMIT {int(most)}", file_id):
        yield row


def conditions(known: dict[str, str], filters: dict[str, object]) -> tuple[str, list[object]]:
    """Give the SQL of the filters that are given, and their values; only known names reach the text."""
    given = {name: value for name, value in filters.items() if value is not None}
    parts = [known[name].format(f"${number}") for number, name in enumerate(given, 1)]
    return " AND ".join(parts) or "true", list(given.values())


def day_of_cursor(key: object) -> date:
    """Read a day of a cursor; raises InvalidValue."""
    try:
        return date.fromisoformat(str(key))
    except ValueError as error:
        raise bad_cursor() from error


def id_of_cursor(key: object) -> UUID:
    """Read an id of a cursor; raises InvalidValue."""
    try:
        return UUID(str(key))
    except ValueError as error:
        raise bad_cursor() from error


def _shown(row: Record) -> dict[str, Any]:
    shown = dict(row)
    figures = ("revenue", "loaded_revenue", "pieces")
    totals = {name: shown.pop(name) for name in figures}
    stated = shown.pop("stated")
    rejected = shown.pop("rejected_because")
    finished = shown["finished_at"]
    return {
        **shown,
        "month": month_text(row["month"]),
        "received_at": row["received_at"].astimezone(SHANGHAI),
        "finished_at": finished and finished.astimezone(SHANGHAI),
        "totals": {
            **{name: str(value) for name, value in totals.items()},
            "stated": stated and orjson.loads(stated),
        },
        "warnings": orjson.loads(row["warnings"]),
        "rejected_because": rejected and orjson.loads(rejected),
    }
