"""Customers and their assignments in the database; phone numbers are sealed."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import NotFound
from contracts.registry import CustomerChanged, CustomerRegistered
from registry.handlers import facts
from registry.model.customers import Assignment, Customer, IdentityKey
from registry.ports.desk import Seal, Why
from registry.ports.tree import Tree
from registry.repository.market import MarketRows
from registry.repository.rows import insert, update
from registry.tables.customers import assignment_row, credit_of, customer_of, customer_row, supports_of
from registry.tables.shapes import moment


class CustomerRows:
    """Customers."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def get(self, customer_id: UUID) -> Customer:
        """Give a customer, or the one that it was merged into, locked for change; raises NotFound."""
        row = await self._tx.fetchrow(
            "SELECT * FROM customer WHERE customer_id = (SELECT hold_survivor($1)) FOR UPDATE", customer_id
        )
        if row is None:
            raise NotFound("没有该客户", "no such customer")
        return customer_of(row, self._vault)

    async def find_by_code(self, code: str) -> Customer | None:
        """Give a customer, locked for change, by its code or that of one merged into it."""
        row = await self._tx.fetchrow(
            "SELECT * FROM customer WHERE customer_id = (SELECT hold_survivor(survivor_by_code($1))) FOR UPDATE",
            code,
        )
        return customer_of(row, self._vault) if row else None

    async def add(self, customer: Customer, why: Why) -> None:
        """Write a new prospect and tell it."""
        await insert(
            self._tx,
            "customer",
            customer_row(customer, self._vault),
            [self._event(CustomerChanged, customer, why)],
        )

    async def save(self, customer: Customer, why: Why, *, registered: bool = False) -> None:
        """Write a customer's next version and tell it; raises StaleVersion."""
        kind = CustomerRegistered if registered else CustomerChanged
        event = self._event(kind, customer, why)
        await update(self._tx, "customer", "customer_id", customer_row(customer, self._vault), [event])

    async def take_over(self, customer_id: UUID, org_id: str) -> Customer:
        """Pass a customer whom nobody holds to a unit, and give it."""
        await self._tx.execute("SELECT take_over_customer($1, $2)", customer_id, org_id)
        return await self.get(customer_id)

    async def rename(self, customer_id: UUID, keys: Sequence[IdentityKey]) -> dict[str, UUID]:
        """Replace the identity keys; gives by kind the others that have one of them."""
        await self._tx.execute("DELETE FROM identity_key WHERE customer_id = $1", customer_id)
        return await MarketRows(self._tx, 0).take(keys, customer_id)

    async def next_serial(self, city: str) -> int:
        """Give the next serial of the city's codes; a number is never given twice."""
        serial: int = await self._tx.fetchval(
            "INSERT INTO code_serial AS s (city, last) VALUES ($1, 1)"
            " ON CONFLICT (city) DO UPDATE SET last = s.last + 1 RETURNING last",
            city,
        )
        return serial

    def _event(self, kind: type[CustomerChanged | CustomerRegistered], customer: Customer, why: Why) -> Event:
        orgpath = self._tree.path(customer.org_id)
        return self._tx.event(
            facts.customer(kind, customer, orgpath, why),
            aggregate=f"customer:{customer.customer_id}",
            version=customer.version,
            subject=str(customer.customer_id),
            orgpath=orgpath,
        )


class AssignmentRows:
    """Who serves whom."""

    def __init__(self, tx: Transaction, tree: Tree) -> None:
        self._tx = tx
        self._tree = tree

    async def find(self, customer_id: UUID) -> Assignment | None:
        """Give a customer's assignment, locked for change, or None."""
        row = await self._tx.fetchrow(
            "SELECT * FROM assignment WHERE customer_id = $1 FOR UPDATE", customer_id
        )
        if row is None:
            return None
        return Assignment(
            row["customer_id"],
            row["org_id"],
            row["manager_id"],
            row["valid_from"],
            moment(row["since"]),
            supports_of(row),
            row["version"],
            credit_of(row),
            row["valid_to"],
        )

    async def add(self, who: Assignment, why: Why) -> None:
        """Write the first assignment of a customer and tell it."""
        await insert(self._tx, "assignment", assignment_row(who, why), [self._event(who, why)])

    async def save(self, who: Assignment, why: Why) -> None:
        """Write the next version and tell it."""
        row = assignment_row(who, why)
        await update(self._tx, "assignment", "customer_id", row, [self._event(who, why)])

    def _event(self, who: Assignment, why: Why) -> Event:
        orgpath = self._tree.path(who.org_id)
        return self._tx.event(
            facts.assignment(who, orgpath, why),
            aggregate=f"assignment:{who.customer_id}",
            version=who.version,
            subject=str(who.customer_id),
            orgpath=orgpath,
        )
