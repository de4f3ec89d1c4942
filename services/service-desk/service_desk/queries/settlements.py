"""The ledger between units as people read it: entries, and what is owed by unit and period."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from chassis.vault import Vault
from service_desk.queries.readers import in_shanghai

ORDER = (
    Key("e.posted_at", datetime.fromisoformat, newest_first=True),
    Key("e.id", UUID, newest_first=True),
)
FILTERS = {
    "kind": "e.kind = {}",
    "period": "e.period = {}",
    "debtor": "e.debtor_org_id = {}",
    "creditor": "e.creditor_org_id = {}",
    "case_no": "e.case_no = {}",
}
COLUMNS = """e.id, e.kind, e.debtor_org_id AS debtor, d.name AS debtor_name, e.creditor_org_id AS creditor,
c.name AS creditor_name, e.amount, e.period, e.case_no, e.corrects, e.replaces, e.posted_at, e.posted_by, e.words,
(SELECT x.id FROM settlement_entry x WHERE x.corrects = e.id) AS corrected_by"""
SOURCE = """settlement_entry e JOIN organisation d ON d.org_id = e.debtor_org_id
JOIN organisation c ON c.org_id = e.creditor_org_id"""

# A unit's books with each other unit: positive is owed to it. Lines of units outside the scope are not seen.
BALANCES = """
SELECT l.org_id, o.name, l.counterparty_org_id AS counterparty, c.name AS counterparty_name,
  COALESCE(sum(l.amount) FILTER (WHERE l.period < $1), 0) AS opening,
  COALESCE(sum(l.amount) FILTER (WHERE l.period = $1 AND e.kind = 'charge'), 0) AS charged,
  COALESCE(sum(l.amount) FILTER (WHERE l.period = $1 AND e.kind = 'payment'), 0) AS paid,
  COALESCE(sum(l.amount) FILTER (WHERE l.period = $1 AND e.kind = 'correction'), 0) AS corrected,
  COALESCE(sum(l.amount) FILTER (WHERE l.period <= $1), 0) AS closing
FROM settlement_line l JOIN settlement_entry e ON e.id = l.entry_id JOIN organisation o ON o.org_id = l.org_id
JOIN organisation c ON c.org_id = l.counterparty_org_id
WHERE l.period <= $1 AND ($2::text IS NULL OR l.org_id = $2)
GROUP BY l.org_id, o.name, l.counterparty_org_id, c.name ORDER BY l.org_id, l.counterparty_org_id
"""
SUMS = ("opening", "charged", "paid", "corrected", "closing")


async def entries(
    tx: Transaction, vault: Vault, filters: Mapping[str, object], paging: Paging
) -> dict[str, Any]:
    """Give a page of entries in which a unit of the scope has a part, the newest first."""
    conditions = {FILTERS[name]: value for name, value in filters.items()}
    listing = Listing(SOURCE, ORDER, conditions, COLUMNS, counted="settlement_entry e")
    return await listed(tx, listing, paging, lambda row: entry(row, vault))


async def one(tx: Transaction, vault: Vault, entry_id: UUID) -> dict[str, Any]:
    """Give one entry."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM {SOURCE} WHERE e.id = $1", entry_id)  # noqa: S608 - constants
    return entry(row, vault) if row else {}


async def balances(tx: Transaction, period: str, org_id: str | None) -> list[dict[str, Any]]:
    """Give each unit's balance with each other at the end of a month, with what moved it."""
    rows = await tx.fetch(BALANCES, period, org_id)
    return [{**row, **{name: str(row[name]) for name in SUMS}} for row in rows]


def entry(row: Record, vault: Vault) -> dict[str, Any]:
    """Give an entry as it is shown."""
    words = orjson.loads(vault.open(row["words"]))
    shown = {name: value for name, value in row.items() if name != "words"}
    return {**shown, "amount": str(row["amount"]), "posted_at": in_shanghai(row["posted_at"]), **words}
