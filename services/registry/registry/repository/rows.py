"""One row and its events in one statement: both live or neither."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import StaleVersion

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


def stale() -> StaleVersion:
    """Give the refusal of a change to something that has changed meanwhile."""
    return StaleVersion("该记录已被他人修改,请重新读取", "the record has changed; read it again")
