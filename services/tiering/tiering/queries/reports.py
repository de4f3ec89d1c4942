"""Filed analyses as they are shown."""

from typing import Any

from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.http.paging import decode_cursor, encode_cursor, page
from chassis.transaction import Transaction
from tiering.model.months import month_text
from tiering.queries.usage_files import SUBTREE, Asked, conditions, day_of_cursor, id_of_cursor

CURSOR_KEYS = ("month", "id")
COLUMNS = """r.id, r.org_id, o.name AS org_name, r.kind, r.month, r.customers, r.filed_with_province, r.note, r.filed_on,
r.filed_by, r.recorded"""
FROM = "report r LEFT JOIN organisation o USING (org_id)"
FILTERS = {
    "org_id": SUBTREE,
    "month": "r.month = {0}",
    "kind": "r.kind = {0}",
    "customer_id": "{0} = ANY (r.customers)",
}


async def reports(tx: Transaction, asked: Asked) -> dict[str, Any]:
    """Show a page of reports, the newest months and reports first."""
    where, values = conditions(FILTERS, asked.filters)
    counted = f"SELECT FROM {FROM} WHERE {where} LIMIT {asked.total_exact_to}"
    total = await tx.fetchval(f"SELECT count(*) FROM ({counted}) x", *values)  # noqa: S608
    keys = decode_cursor(asked.cursor, len(CURSOR_KEYS))
    if keys is not None:
        where += f" AND (r.month, r.id) < (${len(values) + 1}, ${len(values) + 1 + 1})"
        values = [*values, day_of_cursor(keys[0]), id_of_cursor(keys[1])]
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM {FROM} WHERE {where} ORDER BY r.month DESC, r.id DESC LIMIT {asked.limit + 1}",  # noqa: S608
        *values,
    )
    shown = rows[: asked.limit]
    cursor = encode_cursor(shown[-1]["month"], shown[-1]["id"]) if len(rows) > asked.limit else None
    return page([_shown(row) for row in shown], cursor, total)


def _shown(row: Record) -> dict[str, Any]:
    return {**row, "month": month_text(row["month"]), "recorded": row["recorded"].astimezone(SHANGHAI)}
