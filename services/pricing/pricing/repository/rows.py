"""Rows and what they tell in one statement: both live or neither."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.encoding import dumps
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import StaleVersion

Row = Mapping[str, Any]


async def insert(tx: Transaction, table: str, rows: Sequence[Row], events: Sequence[Event] = ()) -> None:
    """Write new rows of one shape and what they tell."""
    if rows:
        columns = ", ".join(rows[0])
        # Table and columns are this package's own names.
        await tx.fetchval(
            f"WITH written AS (INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608
            f" FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) RETURNING 1)"
            " SELECT announce($2::jsonb) FROM (SELECT count(*) FROM written) counted",
            dumps(rows).decode(),
            tx.encoded(events),
        )


async def update(tx: Transaction, table: str, row: Row, seen: int, events: Sequence[Event]) -> None:
    """Write a row, known by `id`, over the version that was seen, and what it tells; raises StaleVersion."""
    changes = ", ".join(f"{column} = n.{column}" for column in row if column != "id")
    written = await tx.fetchval(
        f"WITH written AS (UPDATE {table} t SET {changes}"  # noqa: S608 - names of our own
        f" FROM jsonb_populate_record(NULL::{table}, $1::jsonb) n WHERE t.id = n.id AND t.version = $2 RETURNING 1)"
        " SELECT announce($3::jsonb) FROM written",
        dumps(row).decode(),
        seen,
        tx.encoded(events),
    )
    if written is None:
        raise StaleVersion("该记录已被他人修改，请重新读取。", "The record has changed; read it again.")


LOCK_CLOCKS = """
SELECT FROM deadline WHERE subject_type = $1 AND subject_id = ANY ($2) AND state IN ('running', 'paused', 'breached')
ORDER BY id FOR UPDATE
"""


async def lock_clocks(tx: Transaction, subject: str, ids: Sequence[object]) -> None:
    """Take the clocks of records before the records themselves, as the sweeper does: nobody waits in a ring."""
    await tx.execute(LOCK_CLOCKS, subject, [str(one) for one in ids])
