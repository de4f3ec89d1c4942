"""The envelope of every event: CloudEvents 1.0 attributes and the platform's extensions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

Header = tuple[str, bytes]


class MalformedEvent(ValueError):
    """A record on the bus that is no event of ours; says which attribute is wrong."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `version` is exactly one more than that of the aggregate's event before it."""

    id: UUID
    source: str
    type: str
    time: datetime
    subject: str
    aggregate: str
    version: int
    orgpath: str
    actor: str
    correlation_id: str
    causation_id: str | None
    data: dict[str, Any]
    sequence: int = 0

    @property
    def aggregate_id(self) -> str:
        """The part of the aggregate behind its kind: `claim:42` → `42`."""
        return self.aggregate.partition(":")[2]


def to_headers(event: Event) -> list[Header]:
    """Give the Kafka headers of the CloudEvents binary mode."""
    pairs = {
        "ce_specversion": "1.0",
        "ce_id": str(event.id),
        "ce_source": event.source,
        "ce_type": event.type,
        "ce_time": event.time.isoformat(),
        "ce_subject": event.subject,
        "ce_sequence": str(event.sequence),
        "ce_aggregate": event.aggregate,
        "ce_aggregateversion": str(event.version),
        "ce_correlationid": event.correlation_id,
        "ce_orgpath": event.orgpath,
        "ce_actor": event.actor,
        "content-type": "application/json",
    }
    if event.causation_id:
        pairs["ce_causationid"] = event.causation_id
    return [(name, value.encode()) for name, value in pairs.items()]


def from_record(headers: Iterable[Header] | None, value: bytes | None) -> Event:
    """Read an event from a record's headers and value; raises MalformedEvent, whatever the bytes are."""
    attributes = _decoded(headers)
    try:
        data = orjson.loads(value or b"")
    except orjson.JSONDecodeError as error:
        raise MalformedEvent(f"data is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise MalformedEvent("data is not a JSON object")
    try:
        return Event(
            id=UUID(attributes["ce_id"]),
            source=attributes["ce_source"],
            type=attributes["ce_type"],
            time=datetime.fromisoformat(attributes["ce_time"]),
            subject=attributes["ce_subject"],
            aggregate=attributes["ce_aggregate"],
            version=int(attributes["ce_aggregateversion"]),
            orgpath=attributes["ce_orgpath"],
            actor=attributes["ce_actor"],
            correlation_id=attributes["ce_correlationid"],
            causation_id=attributes.get("ce_causationid"),
            data=data,
            sequence=int(attributes["ce_sequence"]),
        )
    except KeyError as error:
        raise MalformedEvent(f"attribute {error.args[0]} is missing") from error
    except ValueError as error:
        raise MalformedEvent(f"an attribute is malformed: {error}") from error


def _decoded(headers: Iterable[Header] | None) -> dict[str, str]:
    try:
        return {name: (value or b"").decode() for name, value in headers or ()}
    except UnicodeDecodeError as error:
        raise MalformedEvent(f"a header is not UTF-8: {error}") from error
