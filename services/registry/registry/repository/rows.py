"""One row, its version kept for good, and its events in one statement: all live or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import StaleVersion
from registry.tables.shapes import to_json

Row = Mapping[str, Any]
# Tables whose versions are kept, by their key and by what tells the business day from which a version holds; $now and
# $actor stand for the moment's. What was recorded of a record never runs backwards.
KEPT: Mapping[str, tuple[str, str]] = {
    "customer": ("customer_id", "($now::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"),
    "claim": ("claim_id", "($now::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"),
    "assignment": ("customer_id", "COALESCE(w.valid_to, w.valid_from)"),
    "organisation": (
        "org_id",
        "CASE WHEN w.version = 1 THEN w.valid_from ELSE ($now::timestamptz AT TIME ZONE 'Asia/Shanghai')::date END",
    ),
}


async def insert(tx: Transaction, table: str, row: Row, events: Sequence[Event]) -> None:
    """Write a new row and what it tells."""
    columns = ", ".join(row)
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    kept, values = _kept(tx, table, len(row) + 1)
    await tx.fetchval(
        f"WITH written AS (INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {table}.*){kept}"  # noqa: S608 - column names of our own
        f" SELECT announce(${len(row) + 1}::jsonb) FROM written",
        *row.values(),
        tx.encoded(events),
        *values,
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
    kept, values = _kept(tx, table, len(given))
    written = await tx.fetchval(
        f"WITH written AS (UPDATE {table} SET {changes}"  # noqa: S608 - column names of our own
        f" WHERE {key} = {place['its key']} AND version = {place['its version']} RETURNING {table}.*){kept}"
        f" SELECT announce({place['its events']}::jsonb) FROM written",
        *given.values(),
        *values,
    )
    if written is None:
        raise stale()


async def insert_all(tx: Transaction, table: str, rows: Sequence[Row], events: Sequence[Event]) -> None:
    """Write several new rows and what they tell; columns that hold JSON are given as values, not as text."""
    columns = ", ".join(rows[0])
    given = (to_json(rows), tx.encoded(events))
    kept, values = _kept(tx, table, len(given))
    await tx.fetchval(
        f"WITH written AS (INSERT INTO {table} ({columns})"  # noqa: S608 - column names of our own
        f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) RETURNING {table}.*){kept}"
        " SELECT announce($2::jsonb) FROM (SELECT count(*) FROM written) all_of_them",
        *given,
        *values,
    )


def _kept(tx: Transaction, table: str, given: int) -> tuple[str, tuple[object, ...]]:
    """Give what keeps the version of each written row, and its values, numbered behind the given ones."""
    if table not in KEPT:
        return "", ()
    key, valid_from = KEPT[table]
    values = (tx.now, tx.moment.actor)
    now, actor = (f"${place}" for place, _ in enumerate(values, given + 1))
    recorded = f"(SELECT max(v.recorded) FROM {table}_version v WHERE v.{key} = w.{key})"  # noqa: S608 - see above
    return (
        f", kept AS (INSERT INTO {table}_version ({key}, version, unit_id, valid_from, recorded, actor, facts)"  # noqa: S608
        f" SELECT w.{key}, w.version, w.org_id, {valid_from.replace('$now', now)},"
        f" GREATEST({now}::timestamptz, {recorded}), {actor}, to_jsonb(w) FROM written w)",
        values,
    )


def stale() -> StaleVersion:
    """Give the refusal of a change to something that has changed meanwhile."""
    return StaleVersion("该记录已被他人修改,请重新读取", "the record has changed; read it again")
