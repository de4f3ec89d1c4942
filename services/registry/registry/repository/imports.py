"""Imports in the database."""

from chassis.transaction import Transaction
from registry.model.imports import FormsImport, Imported
from registry.ports.desk import Seal
from registry.repository.rows import insert
from registry.tables.imports import import_row


async def keep(tx: Transaction, imported: Imported, taken_in: FormsImport, vault: Seal) -> None:
    """Keep what became of a workbook."""
    await insert(tx, imported, import_row(taken_in, vault), [])
