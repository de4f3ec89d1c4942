"""Usage as it is shown: current figures, or with every version that there was."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.paging import bad_cursor, decode_cursor, encode_cursor, page
from chassis.transaction import Transaction
from tiering.model.months import month_text
from tiering.queries.usage_files import UNITS, Asked, conditions, day_of_cursor, id_of_cursor

CURSOR_KEYS = ("month", "customer_id", "line", "version")
COLUMNS = """u.customer_id, c.code AS customer_code, c.name AS customer_name, u.line, u.month, u.version, u.current,
u.revenue, u.pieces, u.weight_kg, u.org_id, u.usage_file_id, u.reason, u.recorded"""
FROM = "usage u LEFT JOIN customer c ON c.customer_id = u.customer_id"
BELOW = f"(c.responsible_org_id IN ({UNITS}) OR u.org_id IN ({UNITS}))"
FILTERS = {
    "customer_id": "u.customer_id = {0}",
    "org_id": BELOW,
    "month": "u.month = {0}",
    "line": "u.line = {0}",
    "manager": "c.manager_id = {0}",
    "known": """u.recorded <= {0} AND NOT EXISTS (SELECT FROM usage n WHERE n.month = u.month
      AND n.customer_id = u.customer_id AND n.line = u.line AND n.version > u.version AND n.recorded <= {0})""",
}
CURRENT = "u.current"


async def usage(tx: Transaction, asked: Asked, *, history: bool) -> dict[str, Any]:
    """Show a page of figures, the newest month first; as known at a time, or with the whole history."""
    where, values = conditions(FILTERS, asked.filters)
    if not history and asked.filters.get("known") is None:
        where += f" AND {CURRENT}"
    counted = f"SELECT FROM {FROM} WHERE {where} LIMIT {asked.total_exact_to}"
    total = await tx.fetchval(f"SELECT count(*) FROM ({counted}) x", *values)  # noqa: S608
    after = _after(asked.cursor)
    if after:
        places = [f"${len(values) + number}" for number in range(1, len(after) + 1)]
        month, customer, line, version = places
        where += (
            f" AND (u.month < {month} OR u.month = {month} AND (u.customer_id, u.line, u.version) >"
            f" ({customer}, {line}, {version}))"
        )
        values = [*values, *after]
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM {FROM} WHERE {where}"  # noqa: S608
        f" ORDER BY u.month DESC, u.customer_id, u.line, u.version LIMIT {asked.limit + 1}",
        *values,
    )
    shown = rows[: asked.limit]
    last = shown[-1] if len(rows) > asked.limit else None
    cursor = encode_cursor(*(last[key] for key in CURSOR_KEYS)) if last is not None else None
    return page([_shown(row) for row in shown], cursor, total)


async def customer_named(tx: Transaction, reference: str, code: str) -> UUID | None:
    """Give the customer in scope of a code or id; None where there is none."""
    found: UUID | None = await tx.fetchval(
        "SELECT customer_id FROM customer WHERE code = $1 OR customer_id::text = $2 LIMIT 1", code, reference
    )
    return found


def _after(cursor: str | None) -> tuple[date, UUID, str, int] | None:
    keys = decode_cursor(cursor, len(CURSOR_KEYS))
    if keys is None:
        return None
    month, customer, line, version = keys
    if not isinstance(line, str) or not isinstance(version, int):
        raise bad_cursor()
    return day_of_cursor(month), id_of_cursor(customer), line, version


def _shown(row: Record) -> dict[str, Any]:
    recorded: datetime = row["recorded"]
    return {**row, "month": month_text(row["month"]), "recorded": recorded.astimezone(SHANGHAI)}
