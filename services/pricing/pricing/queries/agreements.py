"""Agreements as people read them; discounts and penalty only to those who may see prices."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis import audit
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from chassis.vault import Vault
from pricing.model.refusals.customers import no_such
from pricing.queries.readers import Reader, in_shanghai
from pricing.tables.agreements import terms_of

COLUMNS = "a.*, k.code AS customer_code, k.name AS customer_name"
SOURCE = "agreement a LEFT JOIN customer k ON k.customer_id = a.customer_id"
ORDER = (Key("a.id", UUID, newest_first=True),)
ONE = f"SELECT {COLUMNS} FROM {SOURCE} WHERE a.id = $1"  # noqa: S608 - a constant
TERMS = ("discounts", "penalty_rate", "end_reason")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What agreements are listed by; an organisation with all below it."""

    state: str | None = None
    org_id: str | None = None
    customer_id: UUID | None = None


async def agreement(
    tx: Transaction, vault: Vault, agreement_id: UUID, reader: Reader
) -> tuple[dict[str, Any], int]:
    """Give an agreement with its version, its terms where the reader may see them, which is recorded; raises NotFound."""
    row = await tx.fetchrow(ONE, agreement_id)
    if row is None:
        raise no_such("协议", "agreement", agreement_id)
    body = _shown(row)
    org_id = row["org_id"]
    if not (reader.is_inspector or reader.is_of_unit(org_id) or reader.is_of_chain(org_id)):
        return body, row["version"]
    await audit.record(tx, audit.Look("agreement-terms", f"agreement:{agreement_id}", TERMS))
    terms = terms_of(row["terms"], vault)
    seen = {
        "discounts": dict(terms.discounts),
        "penalty_rate": terms.penalty_rate,
        "end_reason": terms.end_reason,
    }
    return {**body, **seen}, row["version"]


async def agreements(tx: Transaction, wanted: Wanted, paging: Paging) -> dict[str, Any]:
    """Give a page of agreements of the scope, the newest first, never with confidential terms."""
    conditions = {
        "a.state = {}": wanted.state,
        "a.customer_id = ANY ((SELECT same_customer({}))::uuid[])": wanted.customer_id,
        "is_within(a.org_id, {})": wanted.org_id,
    }
    return await listed(tx, Listing(SOURCE, ORDER, conditions, COLUMNS), paging, _shown)


def _shown(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "version": row["version"],
        "state": row["state"],
        "customer": {
            "customer_id": row["customer_id"],
            "code": row["customer_code"],
            "name": row["customer_name"],
        },
        "org_id": row["org_id"],
        "lines": row["lines"],
        "settlement_days": row["settlement_days"],
        "starts_on": row["starts_on"],
        "ends_on": row["ends_on"],
        "signed_on": row["signed_on"],
        "ended_on": row["ended_on"],
        "drafted_at": in_shanghai(row["drafted_at"]),
        "because": orjson.loads(row["because"]) if row["because"] else None,
    }
