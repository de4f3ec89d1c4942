"""Keyset pages by customer or record, with conditions by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from chassis.http.paging import bad_cursor, decode_cursor, encode_cursor, page
from chassis.transaction import Transaction

View = Callable[[asyncpg.Record], Mapping[str, Any]]


@dataclass(frozen=True)
class Listing:
    """What is listed: columns, a FROM clause, conditions with their values (one `{}` each), the identifying column.

    `given` are values that the FROM clause itself refers to as $1, $2 and so on.
    """

    columns: str
    source: str
    key: str
    conditions: Mapping[str, object]
    given: tuple[object, ...] = ()
    newest_first: bool = False


@dataclass(frozen=True)
class Paging:
    """Where a page begins, how long it is, and how far the total is counted."""

    cursor: str | None
    limit: int
    total_exact_to: int

    def after(self) -> UUID | None:
        """Give the key behind which the page begins; refuses what is none of ours."""
        keys = decode_cursor(self.cursor, 1)
        try:
            return None if keys is None else UUID(str(keys[0]))
        except ValueError as error:
            raise bad_cursor() from error


async def listed(tx: Transaction, listing: Listing, paging: Paging, view: View) -> dict[str, Any]:
    """Give one page with its total."""
    asked = [(text, value) for text, value in listing.conditions.items() if value is not None]
    begin = len(listing.given) + 1
    where = " AND ".join(text.format(f"${place}") for place, (text, _) in enumerate(asked, begin)) or "true"
    values = [*listing.given, *(value for _, value in asked)]
    after = paging.after()
    behind, order = ("<", "DESC") if listing.newest_first else (">", "ASC")
    keyset = f" AND {listing.key} {behind} ${len(values) + 1}" if after is not None else ""
    places = [*values, *([after] if after is not None else []), paging.limit + 1]
    # Sources, columns and conditions are this package's own texts; what callers send is only ever a value.
    rows = await tx.fetch(
        f"SELECT {listing.columns} FROM {listing.source} WHERE {where}{keyset}"  # noqa: S608
        f" ORDER BY {listing.key} {order} LIMIT ${len(places)}",
        *places,
    )
    total = await tx.fetchval(
        f"SELECT count(*) FROM (SELECT FROM {listing.source} WHERE {where} LIMIT ${len(values) + 1}) counted",  # noqa: S608
        *values,
        paging.total_exact_to,
    )
    column = listing.key.rpartition(".")[-1]
    following = encode_cursor(str(rows[paging.limit - 1][column])) if len(rows) > paging.limit else None
    return page([view(row) for row in rows[: paging.limit]], following, total)
