"""What others told of customers, written down; set-based, newest word wins."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import orjson

from chassis.clock import SHANGHAI
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.pricing import AgreementEnded, AgreementFact, ArrearsChanged
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered

Told = CustomerChanged | CustomerRegistered
F = TypeVar("F")
CLOSED = "closed"

# A customer is one aggregate of the registry: its version orders its facts. Who serves it is told by another aggregate
# too, so the time-ordered event id decides there. When it was registered is told once, in whatever order that is heard.
CUSTOMERS_HEARD = """
INSERT INTO customer AS c (customer_id, code, name, state, division, place_class, importance, importance_level, reach, vip,
  initial_class, registered_on, responsible_org_id, manager_id, registry_version, placed_by)
SELECT customer_id, code, name, state, division, place_class, importance, importance_level, reach, vip,
  initial_class, registered_on, responsible_org_id, manager_id, registry_version, placed_by
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, code text, name text, state text, division text, place_class text,
  importance text, importance_level text, reach text, vip boolean, initial_class smallint, registered_on date,
  responsible_org_id text, manager_id uuid, registry_version bigint, placed_by uuid)
ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET
  code = EXCLUDED.code, name = EXCLUDED.name, state = EXCLUDED.state, division = EXCLUDED.division,
  place_class = EXCLUDED.place_class, importance = EXCLUDED.importance, importance_level = EXCLUDED.importance_level,
  reach = EXCLUDED.reach, vip = EXCLUDED.vip, initial_class = EXCLUDED.initial_class,
  registered_on = COALESCE(EXCLUDED.registered_on, c.registered_on),
  responsible_org_id = CASE WHEN c.placed_by > EXCLUDED.placed_by THEN c.responsible_org_id
    ELSE EXCLUDED.responsible_org_id END,
  manager_id = CASE WHEN c.placed_by > EXCLUDED.placed_by THEN c.manager_id ELSE EXCLUDED.manager_id END,
  placed_by = GREATEST(c.placed_by, EXCLUDED.placed_by),
  registry_version = EXCLUDED.registry_version, version = c.version + 1
WHERE c.registry_version < EXCLUDED.registry_version
"""

REGISTERED_HEARD = """
UPDATE customer c SET registered_on = h.registered_on
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, registered_on date)
WHERE c.customer_id = h.customer_id AND c.registered_on IS NULL
"""

# A closed customer stays closed: the first day that told of it counts.
CLOSED_HEARD = """
UPDATE customer c SET closed_on = h.closed_on
FROM (SELECT customer_id, min(closed_on) AS closed_on
      FROM jsonb_to_recordset($1::jsonb) AS t(customer_id uuid, closed_on date) GROUP BY customer_id) h
WHERE c.customer_id = h.customer_id AND COALESCE(h.closed_on < c.closed_on, true)
"""

ASSIGNMENTS_HEARD = """
INSERT INTO customer AS c (customer_id, responsible_org_id, manager_id, placed_by)
SELECT customer_id, responsible_org_id, manager_id, placed_by
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, responsible_org_id text, manager_id uuid, placed_by uuid)
ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET responsible_org_id = EXCLUDED.responsible_org_id,
  manager_id = EXCLUDED.manager_id, placed_by = EXCLUDED.placed_by, version = c.version + 1
WHERE c.placed_by IS NULL OR c.placed_by < EXCLUDED.placed_by
"""

# Who may see a customer sees its classes, also those from before it moved.
CLASSES_FOLLOW = """
UPDATE tier t SET org_id = c.responsible_org_id FROM customer c
WHERE c.customer_id = ANY ($1::uuid[]) AND t.customer_id = c.customer_id AND t.org_id <> c.responsible_org_id
"""

AGREEMENTS_HEARD = """
INSERT INTO agreement AS a (agreement_id, customer_id, org_id, state, settlement_days, starts_on, ends_on, ended_on,
  pricing_version)
SELECT agreement_id, customer_id, org_id, state, settlement_days, starts_on, ends_on, ended_on, pricing_version
FROM jsonb_to_recordset($1::jsonb) AS h(agreement_id uuid, customer_id uuid, org_id text, state text,
  settlement_days integer, starts_on date, ends_on date, ended_on date, pricing_version bigint)
ORDER BY agreement_id
ON CONFLICT (agreement_id) DO UPDATE SET customer_id = EXCLUDED.customer_id, org_id = EXCLUDED.org_id,
  state = EXCLUDED.state, settlement_days = EXCLUDED.settlement_days, starts_on = EXCLUDED.starts_on,
  ends_on = EXCLUDED.ends_on, ended_on = EXCLUDED.ended_on, pricing_version = EXCLUDED.pricing_version
WHERE a.pricing_version < EXCLUDED.pricing_version
"""

ARREARS_HEARD = """
INSERT INTO arrears AS a (customer_id, org_id, oldest_due_on, pricing_version)
SELECT customer_id, org_id, oldest_due_on, pricing_version
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, org_id text, oldest_due_on date, pricing_version bigint)
ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET org_id = EXCLUDED.org_id, oldest_due_on = EXCLUDED.oldest_due_on,
  pricing_version = EXCLUDED.pricing_version
WHERE a.pricing_version < EXCLUDED.pricing_version
"""


class Customers:
    """The projections, as the worker writes them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def hear_facts(self, told: Sequence[tuple[Event, Told]]) -> None:
        """Take over the newest facts of each customer, and the days on which it was registered and closed."""
        newest = {fact.customer_id: (event, fact) for event, fact in sorted(told, key=_version)}
        await self._write(CUSTOMERS_HEARD, [_customer(event, fact) for event, fact in newest.values()])
        registered = [
            {"customer_id": fact.customer_id, "registered_on": _day(event)}
            for event, fact in told
            if isinstance(fact, CustomerRegistered)
        ]
        if registered:
            await self._write(REGISTERED_HEARD, registered)
        closed = [
            {"customer_id": fact.customer_id, "closed_on": _day(event)}
            for event, fact in told
            if fact.state == CLOSED
        ]
        if closed:
            await self._write(CLOSED_HEARD, closed)

    async def hear_assignments(self, told: Sequence[tuple[Event, AssignmentChanged]]) -> None:
        """Take over the newest unit and manager of each customer; an unknown customer gets its row."""
        newest = {
            fact.customer_id: (event, fact) for event, fact in sorted(told, key=lambda pair: pair[0].id)
        }
        rows: list[dict[str, object]] = [
            {
                "customer_id": fact.customer_id,
                "responsible_org_id": fact.responsible.org_id,
                "manager_id": fact.manager_id,
                "placed_by": event.id,
            }
            for event, fact in newest.values()
        ]
        await self._write(ASSIGNMENTS_HEARD, rows)

    async def classes_follow(self, customers: Sequence[UUID]) -> None:
        """Let customers' classes be seen by whoever serves them now."""
        await self._tx.execute(CLASSES_FOLLOW, customers)

    async def hear_agreements(self, told: Sequence[tuple[Event, AgreementFact]]) -> None:
        """Take over agreements; one that ended is in force no longer from the day on which that was told."""
        newest = {fact.agreement_id: (event, fact) for event, fact in sorted(told, key=_version)}
        await self._write(AGREEMENTS_HEARD, [_agreement(event, fact) for event, fact in newest.values()])

    async def hear_arrears(self, told: Sequence[tuple[Event, ArrearsChanged]]) -> None:
        """Take over when the oldest open bill of each customer was to be settled."""
        newest = {fact.customer_id: (event, fact) for event, fact in sorted(told, key=_version)}
        rows: list[dict[str, object]] = [
            {
                "customer_id": fact.customer_id,
                "org_id": fact.org_id,
                "oldest_due_on": fact.oldest_due_on,
                "pricing_version": event.version,
            }
            for event, fact in newest.values()
        ]
        await self._write(ARREARS_HEARD, rows)

    async def _write(self, sql: str, rows: Sequence[dict[str, object]]) -> None:
        await self._tx.execute(sql, orjson.dumps(rows).decode())


def _version(pair: tuple[Event, F]) -> int:
    return pair[0].version


def _day(event: Event) -> object:
    return event.time.astimezone(SHANGHAI).date()


def _customer(event: Event, fact: Told) -> dict[str, object]:
    return {
        "customer_id": fact.customer_id,
        "code": fact.customer_code,
        "name": fact.name,
        "state": fact.state,
        "division": fact.division,
        "place_class": fact.place_class,
        "importance": fact.importance,
        "importance_level": fact.importance_level,
        "reach": fact.reach,
        "vip": fact.vip,
        "initial_class": fact.initial_class,
        "registered_on": _day(event) if isinstance(fact, CustomerRegistered) else None,
        "responsible_org_id": fact.responsible.org_id,
        "manager_id": fact.manager_id,
        "registry_version": event.version,
        "placed_by": event.id,
    }


def _agreement(event: Event, fact: AgreementFact) -> dict[str, object]:
    return {
        "agreement_id": fact.agreement_id,
        "customer_id": fact.customer_id,
        "org_id": fact.org_id,
        "state": fact.state,
        "settlement_days": fact.settlement_days,
        "starts_on": fact.starts_on,
        "ends_on": fact.ends_on,
        "ended_on": _day(event) if isinstance(fact, AgreementEnded) else None,
        "pricing_version": event.version,
    }
