"""Merges in the database, and customers as they stand there."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis import aliases
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.merging import CustomerMerged, CustomerUnmerged, SurvivorFact
from contracts.registry import CustomerChanged
from registry.handlers import facts
from registry.model.claims import Claim
from registry.model.codes import read_customer_key
from registry.model.customers import Customer
from registry.model.merges import Merge
from registry.ports.desk import Seal, Why
from registry.ports.merges import Clock, Origin, Waiting
from registry.ports.tree import Tree
from registry.repository.rows import insert, update
from registry.tables.claims import claim_of
from registry.tables.customers import customer_of, customer_row
from registry.tables.merges import merge_of, merge_row
from registry.tables.shapes import moment

OPEN_STATES = "('held', 'protected', 'filed')"
RUNS = """
    SELECT kind, subject_type, subject_id, due_at FROM deadline
    WHERE customer_id = $1 AND state IN ('running', 'paused', 'breached') ORDER BY due_at, id
"""


class MergeRows:
    """Merges; `tree` and `vault` as customers need them."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def alone(self) -> None:
        """Let no other merge in from here to the commit."""
        await self._tx.execute("SELECT merge_alone()")

    async def named(self, key: str) -> UUID | None:
        """Give the customer of the scope that a code or id names itself."""
        named = read_customer_key(key)
        column = "customer_id" if isinstance(named, UUID) else "customer_code"
        found: UUID | None = await self._tx.fetchval(
            f"SELECT customer_id FROM customer WHERE {column} = $1",  # noqa: S608 - one of two names of ours
            named,
        )
        return found

    async def survivor_of(self, customer_id: UUID) -> UUID:
        """Give where a customer leads to."""
        reached: UUID = await self._tx.fetchval("SELECT survivor_of($1)", customer_id)
        return reached

    async def locked(self, ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
        """Give customers of the scope, locked in the order of their ids."""
        rows = await self._tx.fetch(
            "SELECT * FROM customer WHERE customer_id = ANY ($1) ORDER BY customer_id FOR UPDATE", list(ids)
        )
        return {row["customer_id"]: customer_of(row, self._vault) for row in rows}

    async def as_is(self, customer_id: UUID) -> Customer | None:
        """Give a customer of the scope without locking it."""
        row = await self._tx.fetchrow("SELECT * FROM customer WHERE customer_id = $1", customer_id)
        return customer_of(row, self._vault) if row else None

    async def claims(self, customer_id: UUID) -> list[Claim]:
        """Give all live claims of a customer, locked, whoever holds them."""
        rows = await self._tx.fetch("SELECT * FROM claims_to_move($1)", customer_id)
        return [claim_of(row) for row in rows]

    async def disputed(self, customer_id: UUID) -> bool:
        """Tell whether a dispute over a customer lives."""
        disputed: bool = await self._tx.fetchval("SELECT is_disputed($1)", customer_id)
        return disputed

    async def origins(self, declarations: Sequence[UUID]) -> Mapping[UUID, Origin]:
        """Give the declarations that claims came from."""
        rows = await self._tx.fetch(
            "SELECT declaration_id, state, submitted_by FROM declaration WHERE declaration_id = ANY ($1)",
            list(declarations),
        )
        return {row["declaration_id"]: Origin(row["state"], row["submitted_by"]) for row in rows}

    async def waiting(self, customer_id: UUID) -> list[Waiting]:
        """Give the declarations of a customer that are not over."""
        rows = await self._tx.fetch(
            "SELECT declaration_id, org_id, state FROM declaration"  # noqa: S608 - states of our own
            f" WHERE customer_id = $1 AND state IN {OPEN_STATES} ORDER BY declaration_id",
            customer_id,
        )
        return [Waiting(*row.values()) for row in rows]

    async def clocks(self, customer_id: UUID) -> list[Clock]:
        """Give the deadlines of a customer that run."""
        rows = await self._tx.fetch(RUNS, str(customer_id))
        return [
            Clock(row["kind"], row["subject_type"], row["subject_id"], moment(row["due_at"])) for row in rows
        ]

    async def last_of(self, merged_id: UUID) -> Merge | None:
        """Give the merge of a customer that holds."""
        row = await self._tx.fetchrow(
            "SELECT * FROM customer_merge WHERE merged_id = $1 AND undone_at IS NULL", merged_id
        )
        return merge_of(row, self._vault) if row else None

    async def add(self, merge: Merge, merged: Customer, survivor: Customer) -> None:
        """Write a merge, with the merged customer's next version, and tell it."""
        await insert(self._tx, "customer_merge", merge_row(merge, self._vault), [])
        await self._lead(CustomerMerged, merged, survivor, merge.because)

    async def undo(self, merge: Merge, restored: Customer, survivor: Customer, why: Why) -> None:
        """Write a merge as undone, with the restored customer's next version, and tell it."""
        await self._tx.execute(
            "UPDATE customer_merge SET (undone_by, undone_at, undone_reason, version) = ($2, $3, $4, $5)"
            " WHERE merge_id = $1",
            merge.merge_id,
            merge.undone_by,
            merge.undone_at,
            merge.undone_reason,
            merge.version,
        )
        await self._lead(CustomerUnmerged, restored, survivor, why)

    async def _lead(
        self, kind: type[CustomerMerged | CustomerUnmerged], customer: Customer, survivor: Customer, why: Why
    ) -> None:
        event = self._event(kind, customer, survivor, why)
        await update(self._tx, "customer", "customer_id", customer_row(customer, self._vault), [event])
        await aliases.lead(self._tx, [event])

    def _event(
        self, kind: type[CustomerMerged | CustomerUnmerged], customer: Customer, survivor: Customer, why: Why
    ) -> Event:
        orgpath = self._tree.path(customer.org_id)
        whole = facts.customer(CustomerChanged, customer, orgpath, why).model_dump()
        leads_to = SurvivorFact(customer_id=survivor.customer_id, customer_code=survivor.customer_code)
        return self._tx.event(
            kind(**whole, survivor=leads_to),
            aggregate=f"customer:{customer.customer_id}",
            version=customer.version,
            subject=str(customer.customer_id),
            orgpath=orgpath,
        )
