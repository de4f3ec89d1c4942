"""Imports in the database."""

from chassis.transaction import Transaction
from registry.model.imports import FormsImport
from registry.ports.desk import Seal
from registry.repository.rows import insert
from registry.tables.imports import import_row


async def keep(tx: Transaction, taken_in: FormsImport, vault: Seal) -> None:
    """Keep what became of a workbook."""
    await insert(tx, "declaration_import", import_row(taken_in, vault), [])
