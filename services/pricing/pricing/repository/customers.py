"""Customers: what others told of them, written down set by set, and those that a command names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.encoding import dumps
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.tiering import TierChanged
from contracts.values import code_and_id
from pricing.model.customers import Customer
from regulations.calendars import day_of

Told = CustomerChanged | CustomerRegistered

# A customer is one aggregate of the registry: its version orders its facts.
FACTS = """
INSERT INTO customer AS c (customer_id, code, name, state, initial_class, division, registry_version)
SELECT customer_id, code, name, state, initial_class, division, registry_version
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, code text, name text, state text, initial_class smallint,
  division text, registry_version bigint)
ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET code = EXCLUDED.code, name = EXCLUDED.name, state = EXCLUDED.state,
  initial_class = EXCLUDED.initial_class, division = EXCLUDED.division, registry_version = EXCLUDED.registry_version
WHERE c.registry_version < EXCLUDED.registry_version
"""

# Who serves it is told by two aggregates, so the time-ordered event id decides.
PLACES = """
WITH heard AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, responsible_org_id text, manager_id uuid,
    placed_by uuid, supports jsonb)),
applied AS (
  INSERT INTO customer AS c (customer_id, responsible_org_id, manager_id, placed_by)
  SELECT customer_id, responsible_org_id, manager_id, placed_by FROM heard ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET responsible_org_id = EXCLUDED.responsible_org_id,
    manager_id = EXCLUDED.manager_id, placed_by = EXCLUDED.placed_by
  WHERE c.placed_by IS NULL OR c.placed_by < EXCLUDED.placed_by
  RETURNING c.customer_id),
kept AS (
  SELECT DISTINCT h.customer_id, s.line, s.org_id FROM heard h JOIN applied USING (customer_id),
    jsonb_to_recordset(h.supports) AS s(line text, org_id text)),
gone AS (
  DELETE FROM customer_support p USING applied a WHERE p.customer_id = a.customer_id AND NOT EXISTS (
    SELECT FROM kept k WHERE k.customer_id = p.customer_id AND k.line = p.line AND k.org_id = p.org_id))
INSERT INTO customer_support (customer_id, line, org_id)
SELECT customer_id, line, org_id FROM kept ORDER BY customer_id, line, org_id ON CONFLICT DO NOTHING
"""

CLASSES = """
INSERT INTO customer_class (customer_id, version, valid_from, class)
SELECT customer_id, version, valid_from, class
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, version bigint, valid_from date, class smallint)
ORDER BY customer_id, version ON CONFLICT DO NOTHING
"""

COLUMNS = """c.customer_id, c.code, c.name, c.state, c.manager_id, o.org_id, o.orgpath, class_on(c, $1) AS class
FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id"""
NAMED = f"""
SELECT {COLUMNS} WHERE c.customer_id = ANY ($2::uuid[]) OR c.code = ANY ($3::text[])
"""

LED = "SELECT one.id AS customer_id, survivor_of(one.id) AS survivor_id FROM unnest($1::uuid[]) AS one(id)"


class Heard:
    """The projection of customers, as the worker writes it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def facts(self, told: Sequence[tuple[Event, Told]]) -> None:
        """Take over the newest facts of each customer, and who serves it."""
        newest = {fact.customer_id: (event, fact) for event, fact in sorted(told, key=_version)}
        await self._write(FACTS, [_facts(event, fact) for event, fact in newest.values()])
        await self._place([(event, fact) for event, fact in told])

    async def assignments(self, told: Sequence[tuple[Event, AssignmentChanged]]) -> None:
        """Take over who serves each customer; an unknown one gets its row."""
        await self._place(told)

    async def classes(self, told: Iterable[tuple[Event, TierChanged]]) -> None:
        """Take over every class with the day from which it holds."""
        await self._write(
            CLASSES,
            [
                {
                    "customer_id": fact.customer_id,
                    "version": event.version,
                    "valid_from": fact.valid_from,
                    "class": fact.class_,
                }
                for event, fact in told
            ],
        )

    async def _place(self, told: Sequence[tuple[Event, Told | AssignmentChanged]]) -> None:
        newest = {fact.customer_id: (event, fact) for event, fact in sorted(told, key=_told_at)}
        rows = [
            {
                "customer_id": fact.customer_id,
                "responsible_org_id": fact.responsible.org_id,
                "manager_id": fact.manager_id,
                "placed_by": event.id,
                "supports": [{"line": one.line, "org_id": one.org_id} for one in fact.supports],
            }
            for event, fact in newest.values()
        ]
        await self._write(PLACES, rows)

    async def _write(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._tx.execute(sql, dumps(rows).decode())


class Customers:
    """Customers of the caller's scope."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def find(self, references: Sequence[str]) -> Mapping[str, Customer]:
        """Give those of these codes or ids that are there, by the reference as given."""
        keys = {reference: code_and_id(reference) for reference in references}
        ids = [id_ for _, id_ in keys.values() if id_ is not None]
        rows = await self._rows(ids, [code for code, _ in keys.values()])
        by_code = {customer.code: customer for customer in rows if customer.code is not None}
        by_id = {customer.customer_id: customer for customer in rows}
        found = {
            reference: by_id.get(id_) if id_ is not None else by_code.get(code)
            for reference, (code, id_) in keys.items()
        }
        return {reference: customer for reference, customer in found.items() if customer is not None}

    async def survivors(self, customers: Sequence[Customer]) -> Mapping[UUID, Customer]:
        """Give the customers in scope that merged ones lead to, by the merged one's id."""
        rows = await self._tx.fetch(LED, [customer.customer_id for customer in customers])
        reached = await self.by_id([row["survivor_id"] for row in rows])
        return {
            row["customer_id"]: reached[row["survivor_id"]] for row in rows if row["survivor_id"] in reached
        }

    async def by_id(self, ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
        """Give those of these customers that are there."""
        return {customer.customer_id: customer for customer in await self._rows(ids, [])}

    async def _rows(self, ids: Sequence[UUID], codes: Sequence[str]) -> list[Customer]:
        rows = await self._tx.fetch(NAMED, day_of(self._tx.now), list(ids), list(codes))
        return [_customer(row) for row in rows]


def _customer(row: Record) -> Customer:
    return Customer(
        customer_id=row["customer_id"],
        code=row["code"],
        name=row["name"],
        state=row["state"],
        class_=row["class"],
        org_id=row["org_id"],
        orgpath=row["orgpath"],
        manager_id=row["manager_id"],
    )


def _version(pair: tuple[Event, Told]) -> int:
    return pair[0].version


def _told_at(pair: tuple[Event, object]) -> UUID:
    return pair[0].id


def _facts(event: Event, fact: Told) -> dict[str, object]:
    return {
        "customer_id": fact.customer_id,
        "code": fact.customer_code,
        "name": fact.name,
        "state": fact.state,
        "initial_class": fact.initial_class,
        "division": fact.division,
        "registry_version": event.version,
    }
