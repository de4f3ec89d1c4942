"""What registry and tiering told of customers, written down; set-based, newest word wins."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.tiering import TierChanged
from service_desk.commands import LinkCustomer
from service_desk.policies.initials import initials

Told = CustomerChanged | CustomerRegistered

# A customer is one aggregate of the registry: its version orders its facts. Who serves it is told by another aggregate
# too, so the time-ordered event id decides there.
CUSTOMERS_HEARD = """
WITH heard AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, code text, name text, credit_code text, state text,
    initial_class smallint, vip boolean, division text, responsible_org_id text, manager_id uuid, registry_version bigint,
    placed_by uuid, initials text, phone_keys jsonb)),
applied AS (
  INSERT INTO customer AS c (customer_id, code, name, credit_code, state, initial_class, vip, division,
    responsible_org_id, manager_id, registry_version, placed_by, initials)
  SELECT customer_id, code, name, credit_code, state, initial_class, vip, division, responsible_org_id, manager_id,
    registry_version, placed_by, initials FROM heard ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET
    code = EXCLUDED.code, name = EXCLUDED.name, credit_code = EXCLUDED.credit_code, state = EXCLUDED.state,
    initials = EXCLUDED.initials, initial_class = EXCLUDED.initial_class, vip = EXCLUDED.vip, division = EXCLUDED.division,
    responsible_org_id = CASE WHEN c.placed_by > EXCLUDED.placed_by THEN c.responsible_org_id
      ELSE EXCLUDED.responsible_org_id END,
    manager_id = CASE WHEN c.placed_by > EXCLUDED.placed_by THEN c.manager_id ELSE EXCLUDED.manager_id END,
    placed_by = GREATEST(c.placed_by, EXCLUDED.placed_by),
    registry_version = EXCLUDED.registry_version, version = c.version + 1
  WHERE c.registry_version < EXCLUDED.registry_version
  RETURNING c.customer_id),
keys AS (
  SELECT h.customer_id, k.phone_key FROM heard h JOIN applied USING (customer_id),
    jsonb_array_elements_text(h.phone_keys) AS k(phone_key)),
gone AS (
  DELETE FROM customer_phone p USING applied a
  WHERE p.customer_id = a.customer_id AND NOT EXISTS (
    SELECT FROM keys k WHERE k.customer_id = p.customer_id AND k.phone_key = p.phone_key))
INSERT INTO customer_phone (phone_key, customer_id)
SELECT phone_key, customer_id FROM keys ORDER BY phone_key, customer_id ON CONFLICT DO NOTHING
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

# A customer's classes are one aggregate of tiering, and their version orders them.
CLASSES_HEARD = """
INSERT INTO customer AS c (customer_id, service_class, tier_version)
SELECT customer_id, service_class, tier_version
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, service_class smallint, tier_version bigint)
ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET service_class = EXCLUDED.service_class, tier_version = EXCLUDED.tier_version,
  version = c.version + 1
WHERE c.tier_version < EXCLUDED.tier_version
"""

PLACED = """
SELECT c.customer_id, c.code, o.org_id, o.orgpath FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
WHERE c.customer_id = ANY ($1::uuid[])
"""


class Customers:
    """The projection of customers, as the worker writes it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def hear_facts(self, told: Sequence[tuple[Event, Told]]) -> None:
        """Take over the newest facts of each customer, phones included."""
        newest = {fact.customer_id: (event, fact) for event, fact in sorted(told, key=_version)}
        rows = [_row(event, fact) for event, fact in newest.values()]
        await self._tx.execute(CUSTOMERS_HEARD, orjson.dumps(rows).decode())

    async def hear_assignments(self, told: Sequence[tuple[Event, AssignmentChanged]]) -> None:
        """Take over the newest unit and manager of each customer; an unknown customer gets its row."""
        newest = {
            fact.customer_id: (event, fact) for event, fact in sorted(told, key=lambda pair: pair[0].id)
        }
        rows = [
            {
                "customer_id": fact.customer_id,
                "responsible_org_id": fact.responsible.org_id,
                "manager_id": fact.manager_id,
                "placed_by": event.id,
            }
            for event, fact in newest.values()
        ]
        await self._tx.execute(ASSIGNMENTS_HEARD, orjson.dumps(rows).decode())

    async def hear_classes(self, told: Sequence[tuple[Event, TierChanged]]) -> None:
        """Take over the newest class of each customer; one not heard of yet gets its row."""
        newest = {
            fact.customer_id: (event, fact) for event, fact in sorted(told, key=lambda pair: pair[0].version)
        }
        rows = [
            {
                "customer_id": fact.customer_id,
                "service_class": fact.service_class,
                "tier_version": event.version,
            }
            for event, fact in newest.values()
        ]
        await self._tx.execute(CLASSES_HEARD, orjson.dumps(rows).decode())

    async def placed(self, ids: Iterable[UUID]) -> list[LinkCustomer]:
        """Give those of the customers whose unit is known, as what cases may be linked to."""
        rows = await self._tx.fetch(PLACED, list(ids))
        return [LinkCustomer(row["customer_id"], row["code"], row["org_id"], row["orgpath"]) for row in rows]


def _version(pair: tuple[Event, Told]) -> int:
    return pair[0].version


def _row(event: Event, fact: Told) -> dict[str, object]:
    return {
        "customer_id": fact.customer_id,
        "code": fact.customer_code,
        "name": fact.name,
        "credit_code": fact.credit_code,
        "state": fact.state,
        "initial_class": fact.initial_class,
        "vip": fact.vip,
        "division": fact.division,
        "responsible_org_id": fact.responsible.org_id,
        "manager_id": fact.manager_id,
        "registry_version": event.version,
        "placed_by": event.id,
        "initials": initials(fact.name),
        "phone_keys": fact.phone_keys,
    }
