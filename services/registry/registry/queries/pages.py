"""Keyset pages over one identifying column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from chassis.http.paging import bad_cursor, decode_cursor, encode_cursor, page
from chassis.transaction import Transaction
from registry.policies.names import normalised

View = Callable[[asyncpg.Record], Mapping[str, Any]]


@dataclass(frozen=True)
class Listing:
    """What is listed: a FROM clause, conditions with their values (one `{}` each), and the column of the order."""

    source: str
    key: str
    conditions: Mapping[str, object]
    columns: str = "*"
    newest_first: bool = False

    def where(self, first: int) -> tuple[str, list[object]]:
        """Give the conditions whose value is not None, numbered from a place on, and their values."""
        asked = [(text, value) for text, value in self.conditions.items() if value is not None]
        texts = [text.format(f"${place}") for place, (text, _) in enumerate(asked, start=first)]
        return " AND ".join(texts) or "true", [value for _, value in asked]


@dataclass(frozen=True)
class Paging:
    """Where a page begins and how long it is."""

    cursor: str | None
    limit: int
    total_exact_to: int

    def after(self) -> str | None:
        """Give the key behind which the page begins."""
        keys = decode_cursor(self.cursor, 1)
        return None if keys is None else str(keys[0])

    def after_id(self) -> UUID | None:
        """Give the same where keys are UUIDs; refuses what is none."""
        after = self.after()
        try:
            return None if after is None else UUID(after)
        except ValueError as error:
            raise bad_cursor() from error


async def listed(
    tx: Transaction, listing: Listing, paging: Paging, after: object, view: View
) -> dict[str, Any]:
    """Give one page with its total, exact up to the limit of the settings."""
    where, values = listing.where(1)
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


def name_part(q: str) -> str:
    """Give the LIKE pattern of a part of a normalised name in lower case; what has no text in it finds nothing."""
    return contains((normalised(q) or q).lower())


def contains(text: str) -> str:
    """Give the LIKE pattern of a part, its own wildcards escaped."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
