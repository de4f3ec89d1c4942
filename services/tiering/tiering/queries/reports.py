"""Filed analyses as they are shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from tiering.model.months import month_text
from tiering.queries.units import UNITS

ORDER = (Key("r.month", date.fromisoformat, newest_first=True), Key("r.id", UUID, newest_first=True))
COLUMNS = """r.id, r.org_id, o.name AS org_name, r.kind, r.month, r.customers, r.filed_with_province, r.note, r.filed_on,
r.filed_by, r.recorded"""
SORTS = {"month": ORDER[0], "filed_on": Key("r.filed_on", date.fromisoformat)}
FROM = "report r LEFT JOIN organisation o USING (org_id)"
FILTERS = {
    "org_id": f"o.org_id IN {UNITS}",
    "month": "r.month = {}",
    "kind": "r.kind = {}",
    "customer_id": "{} = ANY (r.customers)",
}


async def reports(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """Show a page of reports, the newest months and reports first."""
    conditions = {FILTERS[name]: value for name, value in filters.items()}
    return await listed(tx, Listing(FROM, ORDER, conditions, COLUMNS, sorts=SORTS), paging, _shown)


def _shown(row: Record) -> dict[str, Any]:
    return {**row, "month": month_text(row["month"]), "recorded": row["recorded"].astimezone(SHANGHAI)}
