"""Keyset pages over one or two sort keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.http.paging import bad_cursor, decode_cursor, encode_cursor, page
from chassis.transaction import Transaction

View = Callable[[Record], Mapping[str, Any]]


@dataclass(frozen=True)
class Listing:
    """What is listed: columns, a FROM clause, conditions with their values (one `{}` each), the column of the order."""

    columns: str
    source: str
    key: str
    conditions: Mapping[str, object]
    newest_first: bool = True

    def where(self) -> tuple[str, list[object]]:
        """Give the conditions whose value is not None, numbered, and their values."""
        asked = [(text, value) for text, value in self.conditions.items() if value is not None]
        texts = [text.format(f"${place}") for place, (text, _) in enumerate(asked, start=1)]
        return " AND ".join(texts) or "true", [value for _, value in asked]


@dataclass(frozen=True)
class Paging:
    """Where a page begins and how long it is; `total` is counted up to `exact_to`."""

    cursor: str | None
    limit: int
    exact_to: int

    def after_id(self) -> UUID | None:
        """Give the id behind which the page begins; refuses what is none."""
        keys = decode_cursor(self.cursor, 1)
        try:
            return None if keys is None else UUID(str(keys[0]))
        except ValueError as error:
            raise bad_cursor() from error

    def after_day_and_id(self) -> tuple[date, UUID] | None:
        """Give the day and id behind which the page begins; refuses what is none."""
        keys = decode_cursor(self.cursor, len(("day", "id")))
        try:
            return None if keys is None else (date.fromisoformat(str(keys[0])), UUID(str(keys[1])))
        except ValueError as error:
            raise bad_cursor() from error


async def by_id(tx: Transaction, listing: Listing, paging: Paging, view: View) -> dict[str, Any]:
    """Give a page in the order of ids, which is that of time."""
    after = paging.after_id()
    keyset = "" if after is None else f"{listing.key} {'<' if listing.newest_first else '>'} {{}}"
    rows, total = await _rows(tx, listing, paging, (keyset, [] if after is None else [after]))
    more = len(rows) > paging.limit
    following = encode_cursor(str(rows[paging.limit - 1]["id"])) if more else None
    return page([view(row) for row in rows[: paging.limit]], following, total)


async def by_day(tx: Transaction, listing: Listing, paging: Paging, view: View) -> dict[str, Any]:
    """Give a page in the order of two columns, a day and a customer, the earliest first."""
    after = paging.after_day_and_id()
    keyset = "" if after is None else f"({listing.key}) > ({{}}, {{}})"
    rows, total = await _rows(tx, listing, paging, (keyset, list(after or ())))
    more = len(rows) > paging.limit
    last = rows[paging.limit - 1] if more else None
    following = encode_cursor(last["oldest_due_on"], str(last["customer_id"])) if last else None
    return page([view(row) for row in rows[: paging.limit]], following, total)


async def _rows(
    tx: Transaction, listing: Listing, paging: Paging, keyset: tuple[str, list[object]]
) -> tuple[list[Record], int]:
    where, values = listing.where()
    total: int = await tx.fetchval(
        f"SELECT count(*) FROM (SELECT FROM {listing.source} WHERE {where} LIMIT ${len(values) + 1}) counted",  # noqa: S608
        *values,
        paging.exact_to,
    )
    text, keys = keyset
    places = [f"${len(values) + number}" for number, _ in enumerate(keys, start=1)]
    behind = f" AND {text.format(*places)}" if text else ""
    direction = "DESC" if listing.newest_first else "ASC"
    order = ", ".join(f"{column.strip()} {direction}" for column in listing.key.split(","))
    given = [*values, *keys, paging.limit + 1]
    # Sources, columns and conditions are this package's own texts; what callers send is only ever a value.
    rows = await tx.fetch(
        f"SELECT {listing.columns} FROM {listing.source} WHERE {where}{behind}"  # noqa: S608
        f" ORDER BY {order} LIMIT ${len(given)}",
        *given,
    )
    return rows, total
