"""Classes as people read them: of one customer with its reasons, of many without."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
from contracts.refusals import InvalidValue, NotFound
from contracts.values import code_and_id
from tiering.handlers.provisional import provisional_class
from tiering.model.months import month_text
from tiering.ports.standings import Standings
from tiering.ports.tiers import Asked, Provisional
from tiering.queries.provisional import ProvisionalRatings
from tiering.queries.units import UNITS

REVENUE_READERS = frozenset({"unit-head", "center-officer", "center-director", "inspector"})
MANAGER = "account-manager"

ON_DAY = """
customer c LEFT JOIN LATERAL (
  SELECT t.* FROM tier t
  WHERE t.customer_id = c.customer_id AND t.valid_from <= $1 AND ($2::timestamptz IS NULL OR t.recorded <= $2)
  ORDER BY t.valid_from DESC, t.recorded DESC LIMIT 1) t ON true
"""
OPEN = """c.customer_id, c.code, c.name, c.responsible_org_id AS org_id, t.scheme, t.tier, t.class, t.service_class, t.basis,
t.valid_from, t.review_id, t.correction_id"""
ONE = f"""
SELECT {OPEN}, t.because, c.manager_id
FROM {ON_DAY}
WHERE c.customer_id = (SELECT survivor_of(k.customer_id) FROM customer k WHERE k.code = $3 OR k.customer_id = $4)
"""  # noqa: S608 - a constant
HISTORY = """
SELECT * FROM tier WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR recorded <= $2)
ORDER BY valid_from DESC, recorded DESC
"""
CONDITIONS = {
    "org_id": f"c.responsible_org_id IN {UNITS}",
    "class_": "t.class = {}",
}


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day that a class is asked for, and the time as known at which; None is all that is on record."""

    day: date
    known: datetime | None

    @classmethod
    def asked(cls, valid: date | None, known: datetime | None, now: datetime) -> "AsOf":
        """Give what was asked for; a time alone asks for its own day. Refuses what nobody knows yet."""
        if known is not None and known > now:
            raise InvalidValue(
                "不能查询将来才知道的情况。",
                "What will be known in the future cannot be asked.",
                pointer="?known",
            )
        return cls(valid or (known or now).astimezone(SHANGHAI).date(), known)


SORTS = {
    "name": Key("c.name", str),
    "code": Key("COALESCE(c.code, '')", str, label="sorted_code"),
    # Who has no class comes before the best and after the worst.
    "class": Key("COALESCE(t.class, 0)", int, label="sorted_class"),
}


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, what is known of organisations and law, where places are kept; what shows revenue is not for all."""

    caller: Caller
    law: Snapshot
    standings: Standings

    def see_revenue(self, manager_id: UUID | None) -> bool:
        """Tell whether figures are shown: to a customer's own manager, unit heads, centers and inspectors."""
        own = self.caller.may(MANAGER) and str(manager_id) == self.caller.staff_id
        return own or self.caller.may(*REVENUE_READERS)


async def tiers(tx: Transaction, at: AsOf, filters: Mapping[str, Any], paging: Paging) -> dict[str, Any]:
    """List registered customers of the scope with the class of a day, as known at a time; open facts only."""
    conditions = {
        "c.state = {}": "registered",
        **{CONDITIONS[name]: value for name, value in filters.items()},
    }
    listing = Listing(
        ON_DAY, (Key("c.customer_id", UUID),), conditions, OPEN, given=(at.day, at.known), sorts=SORTS
    )
    return await listed(tx, listing, paging, _open)


async def one_tier(tx: Transaction, reference: str, at: AsOf, eyes: Eyes) -> dict[str, Any]:
    """Give the class of a customer on a day; with its reasons and the provisional class where they may be seen."""
    row = await _one(tx, reference, at)
    body = _open(row)
    if not eyes.see_revenue(row["manager_id"]):
        return body
    asked = Asked(row["customer_id"], row["org_id"], at.day, at.known)
    provisional = await provisional_class(asked, eyes.law, ProvisionalRatings(tx, eyes.standings))
    return {**body, "because": await _because(tx, row), **_of_the_year(provisional)}


async def history(tx: Transaction, reference: str, at: AsOf, eyes: Eyes) -> dict[str, Any]:
    """Give every class that a customer had, has or will have, the latest beginning first."""
    row = await _one(tx, reference, at)
    shown = eyes.see_revenue(row["manager_id"])
    rows = await tx.fetch(HISTORY, row["customer_id"], at.known)
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


async def _one(tx: Transaction, reference: str, at: AsOf) -> Record:
    row = await tx.fetchrow(ONE, at.day, at.known, *code_and_id(reference))
    if row is None:
        raise NotFound("没有这个客户。", "There is no such customer.")
    return row


async def _because(tx: Transaction, row: Record) -> dict[str, Any] | None:
    """Give why a class is what it is: as it was told at registration, or from the line of its review."""
    because = row["because"]
    if because is None and row["review_id"] is not None:
        because = await tx.fetchval("SELECT because_in($1, $2)", row["customer_id"], row["review_id"])
    if because is None:
        return None
    told: dict[str, Any] = orjson.loads(because)
    return told


def _of_the_year(provisional: Provisional | None) -> dict[str, Any]:
    if provisional is None:
        return {"provisional_class": None, "eligible": None, "provisional": None}
    tier = provisional.tier
    return {
        "provisional_class": tier.cls,
        "eligible": provisional.eligible,
        "provisional": {
            "from": month_text(provisional.first),
            "to": month_text(provisional.last),
            "scheme": tier.scheme,
            "tier": tier.tier,
            "class": tier.cls,
            "eligible": provisional.eligible,
            "because": provisional.because,
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
        "correction_id": row["correction_id"],
    }
