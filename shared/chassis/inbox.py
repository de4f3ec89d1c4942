"""What a consumer has heard: an event is new once."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.envelope import Event

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
    fresh = []
    for event in events:
        if event.id in new:
            new.discard(event.id)
            fresh.append(event)
    return fresh
