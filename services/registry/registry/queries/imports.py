"""Imports as callers see them, and the error sheet."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.spreadsheets.rejections import Rejected, draw_rejections
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.imports import FormsImport, Imported
from registry.ports.desk import Seal
from registry.tables.imports import import_of

COLUMNS = ("工作表", "单元格", "栏目", "填写内容")


def shown(taken_in: FormsImport) -> dict[str, Any]:
    """Show what became of each sheet."""
    return {
        "id": taken_in.import_id,
        "org_id": taken_in.org_id,
        "file_name": taken_in.file_name,
        "submitted_by": taken_in.submitted_by,
        "submitted_at": taken_in.submitted_at,
        "forms": len(taken_in.items),
        "taken": taken_in.taken,
        "refused": taken_in.refused,
        "items": taken_in.items,
    }


async def one_import(tx: Transaction, imported: Imported, import_id: UUID, vault: Seal) -> FormsImport:
    """Give an import of the scope; the look at what was written is recorded; raises NotFound."""
    row = await tx.fetchrow(f"SELECT * FROM {imported} WHERE import_id = $1", import_id)  # noqa: S608
    if row is None:
        raise NotFound("没有该导入", "no such import", pointer="path:import_id")
    taken_in = import_of(row, vault)
    if taken_in.wrong:
        subject = f"{imported.replace('_', '-')}:{import_id}"
        await audit.record(tx, audit.Look("personal-data", subject, ["written"]))
    return taken_in


async def registered(tx: Transaction, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    """Give state, customer, code and class of declarations by their id."""
    rows = await tx.fetch(
        "SELECT d.declaration_id, d.state, d.customer_id, c.customer_code, c.initial_class AS class"
        " FROM declaration d JOIN customer c USING (customer_id) WHERE d.declaration_id = ANY($1)",
        list(ids),
    )
    return {row["declaration_id"]: dict(row) for row in rows}


def draw_errors(taken_in: FormsImport) -> bytes:
    """Draw the error sheet: what was written in which cell, and why it is refused."""
    rejected = (
        Rejected((wrong.sheet, wrong.cell, wrong.label, wrong.written), (wrong.zh,), (wrong.en,))
        for wrong in taken_in.wrong
    )
    return draw_rejections("错误清单", COLUMNS, rejected)
