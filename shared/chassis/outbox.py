"""Events on their way out: written by `announce(jsonb)` in the statement that writes the state."""

from collections.abc import Iterable

import orjson

from contracts.envelope import Event


def encode(events: Iterable[Event], topic: str) -> str:
    """Give the JSON array that the SQL function `announce` takes."""
    return orjson.dumps(
        [
            {
                "event_id": event.id,
                "topic": topic,
                "key": event.subject,
                "type": event.type,
                "aggregate": event.aggregate,
                "version": event.version,
                "orgpath": event.orgpath,
                "actor": event.actor,
                "correlation_id": event.correlation_id,
                "causation_id": event.causation_id,
                "time": event.time,
                "payload": event.data,
            }
            for event in events
        ]
    ).decode()
