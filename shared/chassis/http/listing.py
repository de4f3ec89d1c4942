"""Pages out of tables: conditions by their text, an order by keys, one page with its total; or all of it, exported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

from asyncpg import Record

from chassis.http.paging import JSON, Paging, encode_cursor, page
from chassis.spreadsheets.exporting import Exported
from chassis.transaction import Transaction
from contracts.refusals import InvalidValue

View = Callable[[Record], Mapping[str, Any]]
Row = TypeVar("Row", Record, Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class Key:
    """A column of the order, and how its value is read out of a cursor.

    An expression has a `label`, under which it is selected too; where it can be null, `COALESCE` gives it a place.
    """

    column: str
    read: Callable[[str], object]
    newest_first: bool = False
    label: str | None = None

    @property
    def name(self) -> str:
        """The column as rows have it."""
        return self.label or self.column.rpartition(".")[-1]

    @property
    def selected(self) -> str:
        """What is selected for it beside the list's own columns."""
        return f", {self.column} AS {self.label}" if self.label else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed, in which order; the keys together name one row.

    `conditions`: each text (with `{}` for its value) holds where its value is not None; `always` holds in any case.
    `given`: values that the FROM clause itself refers to as $1, $2 and so on.
    `counted`: another FROM clause for the total, where the source joins what no condition needs.
    `sorts`: by what else it may be sorted, by the name that callers use.
    """

    source: str
    keys: tuple[Key, ...]
    conditions: Mapping[str, object]
    columns: str = "*"
    always: str = "true"
    given: tuple[object, ...] = ()
    counted: str | None = None
    sorts: Mapping[str, Key] = field(default_factory=dict)

    def order(self, sort: str | None) -> tuple[Key, ...]:
        """Give the keys of an order that was asked for; those of the list itself make it name one row."""
        if sort is None:
            return self.keys
        key = self.sorts[sort.removeprefix("-")]
        first = replace(key, newest_first=sort.startswith("-"))
        return (first, *(own for own in self.keys if own.column != key.column))

    def where(self) -> tuple[str, list[object]]:
        """Give the conditions that are asked, numbered behind the given values, and all these values."""
        asked = [(text, value) for text, value in self.conditions.items() if value is not None]
        texts = [text.format(f"${place}") for place, (text, _) in enumerate(asked, len(self.given) + 1)]
        return " AND ".join([self.always, *texts]), [*self.given, *(value for _, value in asked)]


# Sources, columns, keys and conditions are texts of the services' own; what callers send is only ever a value.


async def listed(tx: Transaction, listing: Listing, paging: Paging, view: View) -> dict[str, Any]:
    """Give one page with its total, or all that was asked for as an export; raises InvalidValue for too large a one."""
    where, values = listing.where()
    keys = listing.order(paging.sort)
    columns = listing.columns + "".join(key.selected for key in keys)
    order = ", ".join(f"{key.column} {'DESC' if key.newest_first else 'ASC'}" for key in keys)
    if paging.format != JSON:
        asked = [*values, paging.export_most + 1]
        every = await tx.fetch(
            f"SELECT {columns} FROM {listing.source} WHERE {where} ORDER BY {order} LIMIT ${len(asked)}",  # noqa: S608
            *asked,
        )
        return exported([view(row) for row in every], paging)
    after = paging.after(*(key.read for key in keys))
    behind = f" AND {_behind(keys, len(values) + 1)}" if after else ""
    asked = [*values, *after, paging.limit + 1]
    rows = await tx.fetch(
        f"SELECT {columns} FROM {listing.source} WHERE {where}{behind} ORDER BY {order} LIMIT ${len(asked)}",  # noqa: S608
        *asked,
    )
    total = await tx.fetchval(
        f"SELECT count(*) FROM (SELECT FROM {listing.counted or listing.source} WHERE {where}"  # noqa: S608
        f" LIMIT ${len(values) + 1}) counted",
        *values,
        paging.total_exact_to,
    )
    shown, following = cut(rows, paging, [key.name for key in keys])
    return page([view(row) for row in shown], following, total)


def cut(rows: Sequence[Row], paging: Paging, keys: Sequence[str]) -> tuple[Sequence[Row], str | None]:
    """Give the rows of a page, and the cursor behind them where there was the one more that was asked for."""
    shown = rows[: paging.limit]
    if len(rows) <= paging.limit:
        return shown, None
    sorted_by = [] if paging.sort is None else [paging.sort]
    return shown, encode_cursor(*sorted_by, *(shown[-1][key] for key in keys))


def portioned(
    items: Sequence[Mapping[str, Any]], paging: Paging, key: str, sorts: Sequence[str] = ()
) -> dict[str, Any]:
    """Give a page, or the export, of a list that is worked out and not read; `key` names one of its items."""
    by = (paging.sort or key).removeprefix("-")
    if by not in (key, *sorts):
        raise InvalidValue("不能按此排序", "The list is not sorted by that", pointer="?sort")
    backwards = bool(paging.sort and paging.sort.startswith("-"))
    ordered = sorted(items, key=lambda one: (str(one.get(by) or ""), str(one[key])), reverse=backwards)
    if paging.format != JSON:
        return exported(ordered, paging)
    after = paging.after(str)
    if after:
        places = [place for place, one in enumerate(ordered) if str(one[key]) == after[0]]
        ordered = ordered[places[0] + 1 :] if places else []
    shown, following = cut(ordered, paging, [key])
    return page(list(shown), following, len(items))


def exported(items: Sequence[Mapping[str, Any]], paging: Paging) -> Exported:
    """Give an export of at most as many rows as the settings allow; raises InvalidValue beyond."""
    if len(items) > paging.export_most:
        raise InvalidValue(
            f"超过 {paging.export_most} 行,请用筛选条件缩小范围后导出",
            f"More than {paging.export_most} rows: narrow the list by its filters",
            pointer="?format",
        )
    return Exported(items, paging.format)


def _behind(keys: Sequence[Key], first: int) -> str:
    """Give the condition for rows behind the one whose keys stand at the places from `first` on."""
    places = {key.column: f"${place}" for place, key in enumerate(keys, first)}
    text = ""
    for newest_first, run in reversed(
        [(way, list(run)) for way, run in groupby(keys, lambda key: key.newest_first)]
    ):
        row = ", ".join(key.column for key in run)
        bounds = ", ".join(places[key.column] for key in run)
        equal = f" OR ({row}) = ({bounds}) AND {text}" if text else ""
        text = f"(({row}) {'<' if newest_first else '>'} ({bounds}){equal})"
    return text
