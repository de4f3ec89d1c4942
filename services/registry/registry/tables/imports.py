"""The tables `declaration_import` and `file_import`; what became of the forms is sealed, for it quotes them."""

from typing import Any

from registry.model.imports import FormsImport, Wrong
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, to_json


def import_row(taken_in: FormsImport, vault: Seal) -> dict[str, Any]:
    """Give the row of an import."""
    outcome = {"items": taken_in.items, "wrong": [vars(wrong) for wrong in taken_in.wrong]}
    return {
        "import_id": taken_in.import_id,
        "org_id": taken_in.org_id,
        "file_name": taken_in.file_name,
        "submitted_by": taken_in.submitted_by,
        "submitted_at": taken_in.submitted_at,
        "forms": len(taken_in.items),
        "taken": taken_in.taken,
        "refused": taken_in.refused,
        "outcome": vault.seal(to_json(outcome)),
    }


def import_of(row: Stored, vault: Seal) -> FormsImport:
    """Read an import from its row."""
    outcome = from_json(vault.open(row["outcome"]))
    return FormsImport(
        import_id=row["import_id"],
        org_id=row["org_id"],
        file_name=row["file_name"],
        submitted_by=row["submitted_by"],
        submitted_at=moment(row["submitted_at"]),
        items=outcome["items"],
        wrong=[Wrong(**wrong) for wrong in outcome["wrong"]],
        taken=row["taken"],
    )
