"""Usage files as they are shown."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.listing import Key, Listing, cut, exported, listed
from chassis.http.paging import JSON, Paging, page
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from tiering.model.months import month_text
from tiering.queries.units import UNITS

ORDER = (Key("f.month", date.fromisoformat, newest_first=True), Key("f.id", UUID, newest_first=True))
COLUMNS = """f.id, f.org_id, o.name AS org_name, f.month, f.name, f.format, f.size, f.state, f.received_at, f.due_on,
f.late, f.rows, f.loaded_rows, f.corrected_rows, f.unchanged_rows, f.refused_rows, f.progress, f.revenue,
f.loaded_revenue, f.pieces, f.weight_kg, f.stated, f.warnings, f.rejected_because, f.uploaded_by, f.finished_at, f.version"""
SORTS = {
    "month": ORDER[0],
    "received_at": Key("f.received_at", datetime.fromisoformat),
    "rows": Key("f.rows", int),
    "refused_rows": Key("f.refused_rows", int),
    "revenue": Key("f.revenue", Decimal),
}
FROM = "usage_file f LEFT JOIN organisation o USING (org_id)"
FILTERS = {
    "org_id": f"o.org_id IN {UNITS}",
    "month": "f.month = {}",
    "state": "f.state = {}",
    "late": "f.late = {}",
}
ERROR_COLUMNS = ("row_no", "code", "zh", "en", "cells")
ERRORS = f"SELECT {', '.join(ERROR_COLUMNS)} FROM usage_refusal WHERE usage_file_id = $1"  # noqa: S608 - a constant


async def one_file(tx: Transaction, file_id: UUID) -> dict[str, Any]:
    """Show a file; raises NotFound."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM {FROM} WHERE f.id = $1", file_id)  # noqa: S608
    if row is None:
        raise NotFound("没有这个文件", "No such file", pointer="path:file_id")
    return _shown(row)


async def files(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """Show a page of files, the newest months and files first."""
    conditions = {FILTERS[name]: value for name, value in filters.items()}
    return await listed(tx, Listing(FROM, ORDER, conditions, COLUMNS, sorts=SORTS), paging, _shown)


async def errors(tx: Transaction, file_id: UUID, paging: Paging) -> dict[str, Any]:
    """Show a page of refused rows, in the order of the file; the file tells how many there are."""
    file = await one_file(tx, file_id)
    if paging.format != JSON:
        every = await tx.fetch(f"{ERRORS} ORDER BY row_no LIMIT $2", file_id, paging.export_most + 1)
        return exported([_refused(row) for row in every], paging)
    [after] = paging.after(int) or [0]
    rows = await tx.fetch(
        f"{ERRORS} AND row_no > $2 ORDER BY row_no LIMIT $3", file_id, after, paging.limit + 1
    )
    shown, following = cut(rows, paging, ["row_no"])
    return page([_refused(row) for row in shown], following, file["refused_rows"])


async def header_of(tx: Transaction, file_id: UUID) -> tuple[str, list[str], int]:
    """Give a file's name, what stands above its columns, and how many rows were refused; raises NotFound."""
    row = await tx.fetchrow("SELECT name, header, refused_rows FROM usage_file WHERE id = $1", file_id)
    if row is None:
        raise NotFound("没有这个文件", "No such file", pointer="path:file_id")
    return row["name"], orjson.loads(row["header"]), row["refused_rows"]


async def errors_behind(tx: Transaction, file_id: UUID, row_no: int, most: int) -> list[dict[str, Any]]:
    """Give the refused rows behind one, at most so many."""
    rows = await tx.fetch(f"{ERRORS} AND row_no > $2 ORDER BY row_no LIMIT $3", file_id, row_no, most)
    return [_refused(row) for row in rows]


def _refused(row: Record) -> dict[str, Any]:
    return {**row, "cells": orjson.loads(row["cells"])}


def _shown(row: Record) -> dict[str, Any]:
    shown = dict(row)
    figures = ("revenue", "loaded_revenue", "pieces", "weight_kg")
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
            **{name: None if value is None else str(value) for name, value in totals.items()},
            "stated": stated and orjson.loads(stated),
        },
        "warnings": orjson.loads(row["warnings"]),
        "rejected_because": rejected and orjson.loads(rejected),
    }
