"""Who owes what for how long: accounts with open bills, by the age of the oldest, and by the bounds of the pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.values import code_and_id
from pricing.model.accounts import overdue_days
from pricing.queries.readers import in_shanghai
from regulations.calendars import day_of
from regulations.topics.tariffs import Credit

COLUMNS = """a.customer_id, a.oldest_due_on, a.credit_state, k.code, k.name, k.responsible_org_id AS org_id,
(SELECT json_agg(json_build_object('month', b.month, 'amount', b.amount::text, 'open', (b.amount - b.settled)::text,
   'due_on', b.due_on) ORDER BY b.due_on, b.month)
 FROM bill b WHERE b.customer_id = a.customer_id AND b.settled < b.amount) AS bills"""
# Who only supports a customer sees the customer, not what it owes.
SOURCE = """account a JOIN customer k USING (customer_id) JOIN organisation o ON o.org_id = k.responsible_org_id
  AND (o.orgpath = current_setting('keypost.scope') OR o.orgpath ^@ (current_setting('keypost.scope') || '.'))"""
ORDER = (Key("a.oldest_due_on", date.fromisoformat), Key("a.customer_id", UUID))
# Accounts stay under the names that they were made under; a customer owes what all owe that lead to it.
ONE = """
SELECT k.customer_id, k.code, k.name, k.responsible_org_id AS org_id, w.* FROM customer asked
JOIN customer k ON k.customer_id = survivor_of(asked.customer_id)
JOIN organisation o ON o.org_id = k.responsible_org_id
  AND (o.orgpath = current_setting('keypost.scope') OR o.orgpath ^@ (current_setting('keypost.scope') || '.'))
CROSS JOIN LATERAL owed_by(k.customer_id) w WHERE asked.customer_id = $1 OR asked.code = $2
"""
PAID = """
SELECT month, amount, paid_on, recorded_at FROM paid_by($1) ORDER BY paid_on, id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What arrears are listed by: an organisation with all below it; more than so many days overdue."""

    org_id: str | None = None
    over_days: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The day of the question and the law then."""

    day: date
    law: Snapshot


async def arrears(tx: Transaction, law: Snapshot, wanted: Wanted, paging: Paging) -> dict[str, Any]:
    """Give a page of accounts with open bills, the longest overdue first."""
    today = day_of(tx.now)
    conditions = {
        "is_within(k.responsible_org_id, {})": wanted.org_id,
        "a.oldest_due_on < {}": None
        if wanted.over_days is None
        else today - timedelta(days=wanted.over_days),
    }
    listing = Listing(SOURCE, ORDER, conditions, COLUMNS, always="a.oldest_due_on IS NOT NULL")
    return await listed(tx, listing, paging, lambda row: _shown(row, Day(today, law)))


async def arrears_of(tx: Transaction, law: Snapshot, reference: str) -> dict[str, Any]:
    """Give one customer's open bills by month and age, and what it has paid; raises NotFound."""
    code, customer_id = code_and_id(reference)
    row = await tx.fetchrow(ONE, customer_id, code)
    if row is None:
        raise NotFound(f"没有客户{reference}的账目。", f"There is no account of the customer {reference}.")
    day = Day(day_of(tx.now), law)
    bills = [
        {**bill, "overdue_days": overdue_days(date.fromisoformat(bill["due_on"]), day.day)}
        for bill in _bills(row)
    ]
    paid = await tx.fetch(PAID, row["customer_id"])
    return {**_shown(row, day), "bills": bills, "settlements": [_paid(one) for one in paid]}


def _paid(row: Record) -> dict[str, Any]:
    return {**row, "recorded_at": in_shanghai(row["recorded_at"])}


def _shown(row: Record, at: Day) -> dict[str, Any]:
    ages = [
        (overdue_days(date.fromisoformat(bill["due_on"]), at.day), Decimal(bill["open"]))
        for bill in _bills(row)
    ]
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        "oldest_due_on": row["oldest_due_on"],
        "overdue_days": overdue_days(row["oldest_due_on"], at.day),
        "open": _sum(amount for _, amount in ages),
        "overdue": _sum(amount for days, amount in ages if days > 0),
        "ages": _by_age(ages, _bounds(row["org_id"], at)),
        "credit": row["credit_state"],
    }


def _bounds(org_id: str, at: Day) -> Sequence[int]:
    return at.law.find(Credit, org_id=org_id, day=at.day).value.overdue_warnings_days


def _by_age(ages: Sequence[tuple[int, Decimal]], bounds: Sequence[int]) -> list[dict[str, Any]]:
    """Give what is overdue from one bound up to the day before the next, in days."""
    starts = [1, *bounds]
    ends = [*(after - 1 for _, after in pairwise(starts)), None]
    return [
        {
            "from_days": start,
            "to_days": end,
            "amount": _sum(amount for days, amount in ages if days >= start and (end is None or days <= end)),
        }
        for start, end in zip(starts, ends, strict=True)
    ]


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def _bills(row: Record) -> list[dict[str, Any]]:
    return orjson.loads(row["bills"]) if row["bills"] else []
