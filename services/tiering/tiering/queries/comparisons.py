"""A month beside the one before and the year before: of customers, of units, of lines and of classes."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.http.listing import Key, Listing, cut, exported, listed
from chassis.http.paging import JSON, Paging, page
from chassis.spreadsheets.exporting import Exported
from chassis.transaction import Transaction
from contracts.values import code_and_id
from tiering.model.months import month_text
from tiering.model.spans import Span, months_between
from tiering.queries.figures import MEASURES, PARTS, compared, shown, summed_in, sums

# The organisation asked for, with all below it: its path is $6.
BELOW = "(o.orgpath = $6 OR o.orgpath ^@ ($6 || '.'))"
SUMMED = ", ".join(f"sum(w.{measure}{part}) AS {measure}{part}" for measure in MEASURES for part in PARTS)
OWN = f"""
SELECT f.org_id, f.line, f.class, {sums()} FROM unit_month f JOIN organisation o USING (org_id)
WHERE {BELOW} AND f.month BETWEEN $5 AND $1 GROUP BY f.org_id, f.line, f.class
"""  # noqa: S608 - constants
# Every unit with its own figures and those of all below it.
BY_UNIT = f"""(
SELECT o.org_id, o.name, o.kind, {SUMMED}
FROM (SELECT w.org_id, {SUMMED} FROM ({OWN}) w GROUP BY w.org_id) w JOIN organisation b USING (org_id)
CROSS JOIN LATERAL unnest(string_to_array(b.orgpath, '.')) AS up(org_id)
JOIN organisation o ON o.org_id = up.org_id AND {BELOW}
GROUP BY o.org_id, o.name, o.kind) x"""  # noqa: S608
BY_LINE = f"(SELECT w.line, {SUMMED} FROM ({OWN}) w GROUP BY w.line) x"  # noqa: S608
BY_CLASS = f"(SELECT w.class, {SUMMED} FROM ({OWN}) w GROUP BY w.class) x"  # noqa: S608
GROWN = "COALESCE((x.revenue - x.{base}) / NULLIF(x.{base}, 0), 0)"
SORTS: Mapping[str, Key] = {
    "revenue": Key("x.revenue", Decimal),
    "cumulative": Key("x.revenue_cumulative", Decimal),
    "change_month": Key("x.revenue - x.revenue_previous", Decimal, label="change_month"),
    "change_year": Key("x.revenue - x.revenue_year_ago", Decimal, label="change_year"),
    "growth_month": Key(GROWN.format(base="revenue_previous"), Decimal, label="growth_month"),
    "growth_year": Key(GROWN.format(base="revenue_year_ago"), Decimal, label="growth_year"),
}


PAGE = "SELECT * FROM compare_customers($1::compared_asked, $2, $3, $4, $5, $6, $7)"
PENDING = "SELECT are_months_pending($1)"
TOTAL = "SELECT count_compared($1::compared_asked, $2, $3)"
NAMED = "SELECT survivor_of(c.customer_id) FROM customer c WHERE c.code = $1 OR c.customer_id = $2"
VOLUMES = "SELECT * FROM volumes_of($1, $2)"
VOLUME = ("pieces", "weight_kg")
CLASS_ON = """SELECT DISTINCT ON (t.customer_id) t.customer_id, t.class FROM tier t
WHERE t.customer_id = ANY ($1) AND t.valid_from < $2::date + interval '1 month'
ORDER BY t.customer_id, t.valid_from DESC, t.recorded DESC"""


class By(StrEnum):
    """What is compared."""

    CUSTOMER = "customer"
    UNIT = "unit"
    LINE = "line"
    CLASS = "class"


@dataclass(frozen=True)
class Asked:
    """Which month of which organisation; `names` are those of the lines."""

    span: Span
    orgpath: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Who:
    """Which customers are compared, all where nothing is said."""

    manager_id: UUID | None = None
    customer_id: UUID | None = None
    class_: int | None = None


async def groups(
    tx: Transaction, by: By, asked: Asked, filters: Mapping[str, object], paging: Paging
) -> dict[str, Any]:
    """Compare units, lines or classes; a figure is of customers as they are assigned now, with the class of each month."""
    source, keys, view = _GROUPS[by]
    listing = Listing(
        source,
        keys,
        {"x.kind = {}": filters.get("kind")},
        "x.*",
        given=(*asked.span.given(), asked.orgpath),
        sorts=SORTS,
    )
    body = await listed(tx, listing, paging, lambda row: {**view(row, asked), **shown(row)})
    if isinstance(body, Exported):
        return body
    pending = await tx.fetchval(PENDING, asked.orgpath)
    return {**body, "month": month_text(asked.span.month), "pending": pending}


async def customers(tx: Transaction, asked: Asked, who: Who, paging: Paging) -> dict[str, Any]:
    """Compare customers that were ever registered; what was merged counts for the survivor."""
    wanted, month = (asked.orgpath, who.manager_id, who.customer_id, who.class_), asked.span.month
    ordered_by = (paging.sort or "").removeprefix("-")
    downwards = (paging.sort or "").startswith("-")
    exports = paging.format != JSON
    behind, behind_id = (None if exports else paging.after(Decimal, UUID)) or (None, None)
    most = (paging.export_most if exports else paging.limit) + 1
    rows = await tx.fetch(PAGE, wanted, month, ordered_by, downwards, behind, behind_id, most)
    if exports:
        return exported(await _completed(tx, asked.span, rows[:most]), paging)
    shown_rows, following = cut(rows, paging, ["sorted", "customer_id"])
    total = await tx.fetchval(TOTAL, wanted, month, paging.total_exact_to)
    body = page(await _completed(tx, asked.span, shown_rows), following, total)
    return {**body, "month": month_text(month)}


async def survivor_named(tx: Transaction, reference: str) -> UUID | None:
    """Give the customer in scope of a code or id, or the one it was merged into; None where there is none."""
    found: UUID | None = await tx.fetchval(NAMED, *code_and_id(reference))
    return found


async def _completed(tx: Transaction, span: Span, rows: Sequence[Record]) -> list[dict[str, Any]]:
    """Show customers with their class, pieces and weight: no one sorts by these, so only the page's are read."""
    ids = [row["customer_id"] for row in rows]
    months = {
        *months_between(span.last_year, span.year_ago),
        *months_between(span.year, span.month),
        span.previous,
    }
    classes = {row["customer_id"]: row["class"] for row in await tx.fetch(CLASS_ON, ids, span.month)}
    volumes: dict[UUID, list[Record]] = defaultdict(list)
    for row in await tx.fetch(VOLUMES, ids, list(months)):
        volumes[row["customer_id"]].append(row)
    return [
        {
            **_customer(row),
            "class": classes.get(row["customer_id"]),
            **_volumes(volumes[row["customer_id"]], span),
        }
        for row in rows
    ]


def _volumes(rows: Sequence[Record], span: Span) -> dict[str, Any]:
    summed = summed_in(rows, span, VOLUME)
    return {measure: compared(summed, measure) for measure in VOLUME}


def _customer(row: Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_code": row["code"],
        "name": row["name"],
        "org_id": row["org_id"],
        "revenue": compared(row, "revenue"),
    }


def _unit(row: Record, _: Asked) -> dict[str, Any]:
    return {"org_id": row["org_id"], "name": row["name"], "kind": row["kind"]}


def _line(row: Record, asked: Asked) -> dict[str, Any]:
    return {"line": row["line"], "name": asked.names.get(row["line"])}


def _class(row: Record, _: Asked) -> dict[str, Any]:
    return {"class": row["class"]}


_GROUPS: Mapping[By, tuple[str, tuple[Key, ...], Callable[[Record, Asked], dict[str, Any]]]] = {
    By.UNIT: (BY_UNIT, (Key("x.org_id", str),), _unit),
    By.LINE: (BY_LINE, (Key("x.line", str),), _line),
    By.CLASS: (BY_CLASS, (Key("COALESCE(x.class, 0)", int, label="place"),), _class),
}
