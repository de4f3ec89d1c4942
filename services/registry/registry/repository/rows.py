"""One row and its events in one statement: both live or neither."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import StaleVersion
from registry.tables.shapes import to_json

Row = Mapping[str, Any]


async def insert(tx: Transaction, table: str, row: Row, events: Sequence[Event]) -> None:
    """Write a new row and what it tells."""
    columns = ", ".join(row)
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await tx.fetchval(
        f"WITH written AS (INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING 1)"  # noqa: S608 - column names of our own
        f" SELECT announce(${len(row) + 1}::jsonb) FROM written",
        *row.values(),
        tx.encoded(events),
    )


async def update(tx: Transaction, table: str, key: str, row: Row, events: Sequence[Event]) -> None:
    """Write a row's next version and what it tells, one event a version; raises StaleVersion where another was faster."""
    facts = {column: value for column, value in row.items() if column != key}
    given = {
        "its key": row[key],
        "its version": row["version"] - len(events),
        "its events": tx.encoded(events),
        **facts,
    }
    place = {name: f"${number}" for number, name in enumerate(given, start=1)}
    changes = ", ".join(f"{column} = {place[column]}" for column in facts)
    written = await tx.fetchval(
        f"WITH written AS (UPDATE {table} SET {changes}"  # noqa: S608 - column names of our own
        f" WHERE {key} = {place['its key']} AND version = {place['its version']} RETURNING 1)"
        f" SELECT announce({place['its events']}::jsonb) FROM written",
        *given.values(),
    )
    if written is None:
        raise stale()


async def insert_all(tx: Transaction, table: str, rows: Sequence[Row], events: Sequence[Event]) -> None:
    """Write several new rows and what they tell; columns that hold JSON are given as values, not as text."""
    columns = ", ".join(rows[0])
    await tx.fetchval(
        f"WITH written AS (INSERT INTO {table} ({columns})"  # noqa: S608 - column names of our own
        f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) RETURNING 1)"
        " SELECT announce($2::jsonb) FROM (SELECT count(*) FROM written) all_of_them",
        to_json(rows),
        tx.encoded(events),
    )


def stale() -> StaleVersion:
    """Give the refusal of a change to something that has changed meanwhile."""
    return StaleVersion("该记录已被他人修改,请重新读取", "the record has changed; read it again")
