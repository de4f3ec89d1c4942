"""A unit's month as annex 3 shows it."""

from datetime import date

from asyncpg import Record

from chassis.transaction import Transaction
from regulations.calendars import add_months
from tiering.policies.annex3 import Compared, FormRow

ROWS = """
SELECT c.code, c.name, t.tier, x.line, x.revenue, x.revenue_last_month, x.revenue_year, x.revenue_last_year, x.pieces,
  x.pieces_last_month, x.pieces_year, x.pieces_last_year, x.weight_kg
FROM customer c
JOIN organisation o ON o.org_id = c.responsible_org_id
LEFT JOIN LATERAL (
  SELECT t.tier FROM tier t WHERE t.customer_id = c.customer_id AND t.valid_from <= $2
  ORDER BY t.valid_from DESC, t.recorded DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (
  SELECT u.line,
    sum(u.revenue) FILTER (WHERE u.month = $2) AS revenue,
    sum(u.revenue) FILTER (WHERE u.month = $3) AS revenue_last_month,
    sum(u.revenue) FILTER (WHERE u.month >= $4) AS revenue_year,
    sum(u.revenue) FILTER (WHERE u.month <= $6) AS revenue_last_year,
    sum(u.pieces) FILTER (WHERE u.month = $2) AS pieces,
    sum(u.pieces) FILTER (WHERE u.month = $3) AS pieces_last_month,
    sum(u.pieces) FILTER (WHERE u.month >= $4) AS pieces_year,
    sum(u.pieces) FILTER (WHERE u.month <= $6) AS pieces_last_year,
    sum(u.weight_kg) FILTER (WHERE u.month = $2) AS weight_kg
  FROM usage u WHERE u.customer_id = ANY (same_customer(c.customer_id)) AND u.current AND u.month BETWEEN $5 AND $2
  GROUP BY u.line) x ON true
WHERE (o.orgpath = $1 OR o.orgpath ^@ ($1 || '.')) AND c.code IS NOT NULL AND c.state = 'registered'
ORDER BY c.code, x.line LIMIT $7
"""


async def form_rows(
    tx: Transaction, orgpath: str, month: date, names: dict[str, str], most: int
) -> list[FormRow]:
    """Give a unit's customers with what is on record, at most so many rows; `names` are those of the lines."""
    last_month = add_months(month, -1)
    year = month.replace(month=1)
    rows = await tx.fetch(
        ROWS,
        orgpath,
        month,
        last_month,
        year,
        min(year.replace(year=year.year - 1), last_month),
        month.replace(year=month.year - 1),
        most,
    )
    return [_row(row, names) for row in rows]


def _row(row: Record, names: dict[str, str]) -> FormRow:
    return FormRow(
        code=row["code"],
        name=row["name"],
        tier=row["tier"],
        line=names.get(row["line"], row["line"] or ""),
        revenue=_compared(row, "revenue"),
        pieces=_compared(row, "pieces"),
        weight_kg=row["weight_kg"],
    )


def _compared(row: Record, figure: str) -> Compared:
    return Compared(
        row[figure], row[f"{figure}_last_month"], row[f"{figure}_year"], row[f"{figure}_last_year"]
    )
