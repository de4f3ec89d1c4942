"""Customer files in the database: the file as it is, what each change replaced, and its filings."""

from collections.abc import Sequence
from uuid import UUID

from chassis.ids import uuid7
from chassis.transaction import Transaction
from registry.commands.asking import Asker
from registry.model.files import CustomerFile, Filing, LayerChange, Source
from registry.policies.names import normalised
from registry.ports.desk import Seal
from registry.repository.rows import insert
from registry.tables.files import file_of, file_row
from registry.tables.shapes import to_json

COLUMNS = ("customer_id", "basic", "extended", "key_persons", "competitors", "raised", "version")
UPSERT = """
    INSERT INTO customer_file AS f (customer_id, basic, extended, key_persons, competitors, raised, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (customer_id) DO UPDATE SET basic = EXCLUDED.basic, extended = EXCLUDED.extended,
      key_persons = EXCLUDED.key_persons, competitors = EXCLUDED.competitors, raised = EXCLUDED.raised,
      version = EXCLUDED.version
"""
KEEP = """
    INSERT INTO customer_file_change (change_id, customer_id, version, layer, fields, former, source, staff_id, org_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


class FileRows:
    """Customer files; `asker` is who changes them."""

    def __init__(self, tx: Transaction, vault: Seal, asker: Asker) -> None:
        self._tx = tx
        self._vault = vault
        self._asker = asker

    async def get(self, customer_id: UUID) -> CustomerFile:
        """Give a file, locked for change; an unwritten one has version 0."""
        row = await self._tx.fetchrow(
            "SELECT * FROM customer_file WHERE customer_id = $1 FOR UPDATE", customer_id
        )
        return file_of(row, self._vault) if row else CustomerFile(customer_id)

    async def save(self, file: CustomerFile, changes: Sequence[LayerChange], source: Source) -> None:
        """Write a file's next version with what it replaced; its customer is locked."""
        row = file_row(file, self._vault)
        await self._tx.execute(UPSERT, *(row[column] for column in COLUMNS))
        await self._tx.connection.executemany(
            KEEP, [self._former(file, change, source) for change in changes]
        )

    async def file_with(self, filing: Filing) -> None:
        """Add a filing."""
        await insert(
            self._tx, "customer_file_filing", {**vars(filing), "filed_with": str(filing.filed_with)}, []
        )

    async def named(self, name: str) -> list[UUID]:
        """Give the customers of the scope with a full name."""
        rows = await self._tx.fetch(
            "SELECT customer_id FROM customer WHERE name_key = $1 AND state NOT IN ('dropped', 'merged')"
            " ORDER BY customer_id",
            normalised(name),
        )
        return [row["customer_id"] for row in rows]

    def _former(self, file: CustomerFile, change: LayerChange, source: Source) -> tuple[object, ...]:
        return (
            uuid7(),
            file.customer_id,
            file.version,
            str(change.layer),
            list(change.fields),
            self._vault.seal(to_json(change.former)),
            str(source),
            self._asker.staff_id,
            self._asker.org_id,
            self._tx.now,
        )
