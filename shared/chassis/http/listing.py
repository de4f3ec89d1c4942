"""Pages out of tables: conditions by their text, an order by keys, one page with its total."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from asyncpg import Record

from chassis.http.paging import Paging, encode_cursor, page
from chassis.transaction import Transaction

View = Callable[[Record], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Key:
    """A column of the order, and how its value is read out of a cursor."""

    column: str
    read: Callable[[str], object]
    newest_first: bool = False

    @property
    def name(self) -> str:
        """The column as rows have it."""
        return self.column.rpartition(".")[-1]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed, in which order; the keys together name one row.

    `conditions`: each text (with `{}` for its value) holds where its value is not None; `always` holds in any case.
    `given`: values that the FROM clause itself refers to as $1, $2 and so on.
    `counted`: another FROM clause for the total, where the source joins what no condition needs.
    """

    source: str
    keys: tuple[Key, ...]
    conditions: Mapping[str, object]
    columns: str = "*"
    always: str = "true"
    given: tuple[object, ...] = ()
    counted: str | None = None

    def where(self) -> tuple[str, list[object]]:
        """Give the conditions that are asked, numbered behind the given values, and all these values."""
        asked = [(text, value) for text, value in self.conditions.items() if value is not None]
        texts = [text.format(f"${place}") for place, (text, _) in enumerate(asked, len(self.given) + 1)]
        return " AND ".join([self.always, *texts]), [*self.given, *(value for _, value in asked)]


# Sources, columns, keys and conditions are texts of the services' own; what callers send is only ever a value.


async def listed(tx: Transaction, listing: Listing, paging: Paging, view: View) -> dict[str, Any]:
    """Give one page with its total."""
    where, values = listing.where()
    after = paging.after(*(key.read for key in listing.keys))
    behind = f" AND {_behind(listing.keys, len(values) + 1)}" if after else ""
    order = ", ".join(f"{key.column} {'DESC' if key.newest_first else 'ASC'}" for key in listing.keys)
    asked = [*values, *after, paging.limit + 1]
    rows = await tx.fetch(
        f"SELECT {listing.columns} FROM {listing.source} WHERE {where}{behind} ORDER BY {order} LIMIT ${len(asked)}",  # noqa: S608
        *asked,
    )
    total = await tx.fetchval(
        f"SELECT count(*) FROM (SELECT FROM {listing.counted or listing.source} WHERE {where}"  # noqa: S608
        f" LIMIT ${len(values) + 1}) counted",
        *values,
        paging.total_exact_to,
    )
    shown, following = cut(rows, paging, [key.name for key in listing.keys])
    return page([view(row) for row in shown], following, total)


def cut(rows: Sequence[Record], paging: Paging, keys: Sequence[str]) -> tuple[Sequence[Record], str | None]:
    """Give the rows of a page, and the cursor behind them where there was the one more that was asked for."""
    shown = rows[: paging.limit]
    return shown, encode_cursor(*(shown[-1][key] for key in keys)) if len(rows) > paging.limit else None


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
