"""Usage as it is shown: current figures, or with every version that there was."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.values import code_and_id
from tiering.model.months import month_text
from tiering.queries.units import UNITS

ORDER = (
    Key("u.month", date.fromisoformat, newest_first=True),
    Key("u.customer_id", UUID),
    Key("u.line", str),
    Key("u.version", int),
)
SORTS = {
    "month": ORDER[0],
    "revenue": Key("u.revenue", Decimal),
    "pieces": Key("u.pieces", int),
    "recorded": Key("u.recorded", datetime.fromisoformat),
}
COLUMNS = """u.customer_id, c.code AS customer_code, c.name AS customer_name, u.line, u.month, u.version, u.current,
u.revenue, u.pieces, u.weight_kg, u.org_id, u.usage_file_id, u.reason, u.recorded"""
FROM = "usage u LEFT JOIN customer c ON c.customer_id = u.customer_id"
BELOW = f"(c.responsible_org_id IN {UNITS} OR u.org_id IN {UNITS})"
FILTERS = {
    "customer_id": "u.customer_id = ANY ((SELECT same_customer({0}))::uuid[])",
    "org_id": BELOW,
    "month": "u.month = {0}",
    "line": "u.line = {0}",
    "manager": "c.manager_id = {0}",
    "known": """u.recorded <= {0} AND NOT EXISTS (SELECT FROM usage n WHERE n.month = u.month
      AND n.customer_id = u.customer_id AND n.line = u.line AND n.version > u.version AND n.recorded <= {0})""",
}


async def usage(
    tx: Transaction, filters: Mapping[str, object], paging: Paging, *, history: bool
) -> dict[str, Any]:
    """Show a page of figures, the newest month first; as known at a time, or with the whole history."""
    conditions = {FILTERS[name]: value for name, value in filters.items()}
    always = "true" if history or filters.get("known") is not None else "u.current"
    return await listed(tx, Listing(FROM, ORDER, conditions, COLUMNS, always, sorts=SORTS), paging, _shown)


async def customer_named(tx: Transaction, reference: str) -> UUID | None:
    """Give the customer in scope of a code or id; None where there is none."""
    found: UUID | None = await tx.fetchval(
        "SELECT customer_id FROM customer WHERE code = $1 OR customer_id = $2", *code_and_id(reference)
    )
    return found


def _shown(row: Record) -> dict[str, Any]:
    recorded: datetime = row["recorded"]
    return {**row, "month": month_text(row["month"]), "recorded": recorded.astimezone(SHANGHAI)}
