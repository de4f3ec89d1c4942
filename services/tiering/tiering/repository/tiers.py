"""Classes as rows, written with the events that tell them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import orjson

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.tiering import TierChanged
from tiering.ports.tiers import FirstClass

REGISTRATION = "registration"

BEGUN = """
INSERT INTO tier (customer_id, valid_from, recorded, org_id, scheme, tier, class, service_class, basis, because, version)
SELECT h.customer_id, h.valid_from, $2, COALESCE(c.responsible_org_id, h.org_id), h.scheme, h.tier, h.class, h.class,
  'registration', h.because, 1
FROM jsonb_to_recordset($1::jsonb) AS h(customer_id uuid, valid_from date, org_id text, scheme text, tier text,
  class smallint, because jsonb)
LEFT JOIN customer c USING (customer_id)
WHERE NOT EXISTS (SELECT FROM tier t WHERE t.customer_id = h.customer_id)
ORDER BY h.customer_id
RETURNING customer_id
"""


class Classes:
    """Classes of customers, as the worker writes them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def begin(self, firsts: Sequence[FirstClass]) -> None:
        """Write the first class of each customer that has none, and tell of it."""
        by_customer = {first.registration.customer_id: first for first in firsts}
        if not by_customer:
            return
        rows = orjson.dumps([_row(first) for first in by_customer.values()]).decode()
        begun = {row["customer_id"] for row in await self._tx.fetch(BEGUN, rows, self._tx.now)}
        await self._tx.announce([self._event(by_customer[customer_id]) for customer_id in sorted(begun)])

    def _event(self, first: FirstClass) -> Event:
        told = first.registration
        moment = replace(self._tx.moment, causation_id=str(told.event_id), correlation_id=told.correlation_id)
        fact = TierChanged(
            customer_id=told.customer_id,
            org_id=told.org_id,
            scheme=first.tier.scheme,
            tier=first.tier.tier,
            class_=first.tier.cls,
            service_class=first.tier.cls,
            former=None,
            basis=REGISTRATION,
            valid_from=told.registered_on,
            review_id=None,
            because=told.because,
        )
        return moment.event(
            fact,
            aggregate=aggregate_of(told.customer_id),
            version=1,
            subject=str(told.customer_id),
            orgpath=told.orgpath,
        )


def aggregate_of(customer_id: UUID) -> str:
    """Give the record that a customer's classes are told as."""
    return f"tier:{customer_id}"


def _row(first: FirstClass) -> dict[str, object]:
    told = first.registration
    return {
        "customer_id": told.customer_id,
        "valid_from": told.registered_on,
        "org_id": told.org_id,
        "scheme": first.tier.scheme,
        "tier": first.tier.tier,
        "class": first.tier.cls,
        "because": told.because,
    }
