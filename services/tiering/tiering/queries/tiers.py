"""Classes as people read them: of one customer with its reasons, of many without."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.auth import Caller
from chassis.clock import SHANGHAI
from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.values import code_and_id
from tiering.handlers.provisional import Provisional, provisional_class
from tiering.policies.reviews import explained
from tiering.ports.tiers import Asked
from tiering.queries.sums import UsageSums
from tiering.queries.units import UNITS
from tiering.tables.review_lines import laws_of, line_of

REVENUE_READERS = frozenset({"unit-head", "center-officer", "center-director", "inspector"})
MANAGER = "account-manager"

ON_DAY = """
customer c LEFT JOIN LATERAL (
  SELECT t.* FROM tier t WHERE t.customer_id = c.customer_id AND t.valid_from <= $1
  ORDER BY t.valid_from DESC, t.recorded DESC LIMIT 1) t ON true
"""
OPEN = """c.customer_id, c.code, c.name, c.responsible_org_id AS org_id, t.scheme, t.tier, t.class, t.service_class, t.basis,
t.valid_from, t.review_id"""
ONE = f"""
SELECT {OPEN}, t.because, t.version, c.manager_id, c.place_class, c.importance, c.importance_level
FROM {ON_DAY}
WHERE c.customer_id = (SELECT survivor_of(k.customer_id) FROM customer k WHERE k.code = $2 OR k.customer_id = $3)
"""  # noqa: S608 - a constant
HISTORY = "SELECT * FROM tier WHERE customer_id = $1 ORDER BY valid_from DESC, recorded DESC"
CONDITIONS = {
    "org_id": f"c.responsible_org_id IN {UNITS}",
    "class_": "t.class = {}",
}


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, and what is known of organisations and law; what shows revenue is not for everyone."""

    caller: Caller
    law: Snapshot

    def see_revenue(self, manager_id: UUID | None) -> bool:
        """Tell whether figures are shown: to a customer's own manager, unit heads, centers and inspectors."""
        own = self.caller.may(MANAGER) and str(manager_id) == self.caller.staff_id
        return own or self.caller.may(*REVENUE_READERS)


async def tiers(tx: Transaction, day: date, filters: Mapping[str, Any], paging: Paging) -> dict[str, Any]:
    """List registered customers of the scope with the class of a day; open facts only."""
    conditions = {
        "c.state = {}": "registered",
        **{CONDITIONS[name]: value for name, value in filters.items()},
    }
    listing = Listing(ON_DAY, (Key("c.customer_id", UUID),), conditions, OPEN, given=(day,))
    return await listed(tx, listing, paging, _open)


async def one_tier(tx: Transaction, reference: str, day: date, eyes: Eyes) -> dict[str, Any]:
    """Give the class of a customer on a day; with its reasons and the provisional class where they may be seen."""
    row = await _one(tx, reference, day)
    body = _open(row)
    if not eyes.see_revenue(row["manager_id"]):
        return body
    provisional = await provisional_class(
        Asked(
            row["customer_id"],
            row["org_id"],
            row["place_class"],
            row["importance"],
            row["importance_level"],
            day,
        ),
        eyes.law,
        UsageSums(tx),
    )
    return {**body, "because": await _because(tx, row), **_of_the_year(provisional)}


async def history(tx: Transaction, reference: str, day: date, eyes: Eyes) -> dict[str, Any]:
    """Give every class that a customer had, has or will have, the latest beginning first."""
    row = await _one(tx, reference, day)
    shown = eyes.see_revenue(row["manager_id"])
    rows = await tx.fetch(HISTORY, row["customer_id"])
    items = [
        {
            **_class(one),
            "recorded": one["recorded"].astimezone(SHANGHAI),
            **({"because": await _because(tx, one)} if shown else {}),
        }
        for one in rows
    ]
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "items": items,
        "next_cursor": None,
        "total": len(items),
    }


async def _one(tx: Transaction, reference: str, day: date) -> Record:
    row = await tx.fetchrow(ONE, day, *code_and_id(reference))
    if row is None:
        raise NotFound("没有这个客户。", "There is no such customer.")
    return row


async def _because(tx: Transaction, row: Record) -> dict[str, Any] | None:
    """Give why a class is what it is: as it was told at registration, or from the line of its review."""
    if row["because"] is not None:
        told: dict[str, Any] = orjson.loads(row["because"])
        return told
    if row["review_id"] is None:
        return None
    line = await tx.fetchrow(
        "SELECT * FROM lines_of($1) WHERE review_id = $2", row["customer_id"], row["review_id"]
    )
    if line is None:
        return None
    pinned = await tx.fetchrow("SELECT * FROM pinned_law($1, $2)", row["review_id"], line["profile"])
    if pinned is None:
        return None
    law = laws_of(pinned["law"])[line["profile"]]
    return dict(explained(line_of(line, pinned["year"]), law).to_json())


def _of_the_year(provisional: Provisional | None) -> dict[str, Any]:
    if provisional is None:
        return {"provisional_class": None, "eligible": None, "provisional": None}
    decided = provisional.decision.outcome
    return {
        "provisional_class": decided.tier.cls,
        "eligible": decided.eligible,
        "provisional": {
            "from": f"{provisional.months.first:%Y-%m}",
            "to": f"{provisional.months.last:%Y-%m}",
            "scheme": decided.tier.scheme,
            "tier": decided.tier.tier,
            "class": decided.tier.cls,
            "eligible": decided.eligible,
            "because": provisional.decision.because.to_json(),
        },
    }


def _open(row: Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        **_class(row),
    }


def _class(row: Record) -> dict[str, Any]:
    return {
        "scheme": row["scheme"],
        "tier": row["tier"],
        "class": row["class"],
        "service_class": row["service_class"],
        "basis": row["basis"],
        "valid_from": row["valid_from"],
        "review_id": row["review_id"],
    }
