"""Every event of every service goes to the log, in the order in which its transaction commits."""

from collections.abc import Sequence

import orjson

from chassis.transaction import Transaction
from contracts.envelope import Event


async def append_to_log(tx: Transaction, events: Sequence[Event]) -> None:
    """Write events behind the last position; positions have no gaps and are taken one transaction at a time."""
    rows = [
        {
            "event_id": event.id,
            "source": event.source,
            "type": event.type,
            "time": event.time,
            "subject": event.subject,
            "sequence": event.sequence,
            "aggregate": event.aggregate,
            "version": event.version,
            "orgpath": event.orgpath,
            "actor": event.actor,
            "correlation_id": event.correlation_id,
            "causation_id": event.causation_id,
            "data": event.data,
        }
        for event in events
    ]
    await tx.execute("SELECT append_to_stream($1::json)", orjson.dumps(rows).decode())
