"""What a consumer has heard: an event is new once."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from chassis.transaction import Transaction
from contracts.envelope import Event

LARGE = 100
"""From so many events on, looking first and then copying in costs half of what ON CONFLICT costs for each row."""
KNOWN = "SELECT event_id FROM inbox WHERE consumer = $1 AND event_id = ANY ($2::uuid[])"
COLUMNS = ("consumer", "event_id", "source", "type", "aggregate", "version")
ENTER = """
    INSERT INTO inbox (consumer, event_id, source, type, aggregate, version)
    SELECT $1, e.id, e.source, e.type, e.aggregate, e.version
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[])
         WITH ORDINALITY AS e(id, source, type, aggregate, version, position)
    ORDER BY e.position
    ON CONFLICT DO NOTHING RETURNING event_id
"""


async def enter(tx: Transaction, consumer: str, events: Sequence[Event]) -> list[Event]:
    """Enter events in their order; gives those that are new, each once."""
    if len(events) >= LARGE:
        try:
            async with tx.connection.transaction():
                return await _copy(tx, consumer, events)
        except asyncpg.UniqueViolationError:
            pass  # another member entered some of them meanwhile, and its transaction counts
    rows = await tx.fetch(
        ENTER,
        consumer,
        [event.id for event in events],
        [event.source for event in events],
        [event.type for event in events],
        [event.aggregate for event in events],
        [event.version for event in events],
    )
    new: set[UUID] = {row["event_id"] for row in rows}
    return _each_once(events, new)


async def known(tx: Transaction, consumer: str, ids: Sequence[UUID]) -> set[UUID]:
    """Give those that have been entered before."""
    return {row["event_id"] for row in await tx.fetch(KNOWN, consumer, ids)}


async def _copy(tx: Transaction, consumer: str, events: Sequence[Event]) -> list[Event]:
    """Enter the new ones of many; raises UniqueViolationError where another member enters one at this moment."""
    ids = [event.id for event in events]
    fresh = _each_once(events, set(ids) - await known(tx, consumer, ids))
    rows = [(consumer, one.id, one.source, one.type, one.aggregate, one.version) for one in fresh]
    await tx.connection.copy_records_to_table("inbox", records=rows, columns=COLUMNS)
    return fresh


def _each_once(events: Sequence[Event], new: set[UUID]) -> list[Event]:
    fresh = []
    for event in events:
        if event.id in new:
            new.discard(event.id)
            fresh.append(event)
    return fresh
