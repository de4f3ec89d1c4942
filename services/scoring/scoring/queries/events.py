"""One stored event, as it was heard."""

from typing import Any
from uuid import UUID

import orjson

from chassis.clock import SHANGHAI
from chassis.transaction import Transaction
from contracts.refusals import NotFound

EVENT = """
SELECT event_id, source, type, time, subject, orgpath, aggregate, version, actor, data FROM evidence WHERE event_id = $1
"""


async def event(tx: Transaction, event_id: UUID) -> dict[str, Any]:
    """Give a stored event of the caller's scope; raises NotFound."""
    row = await tx.fetchrow(EVENT, event_id)
    if row is None:
        raise NotFound(f"没有事件{event_id}。", f"There is no event {event_id}.")
    return {
        "id": row["event_id"],
        "source": row["source"],
        "type": row["type"],
        "time": row["time"].astimezone(SHANGHAI),
        "subject": row["subject"],
        "aggregate": row["aggregate"],
        "aggregateversion": row["version"],
        "orgpath": row["orgpath"],
        "actor": row["actor"],
        "data": orjson.loads(row["data"]),
    }
