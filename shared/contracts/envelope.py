"""The envelope of every event: CloudEvents 1.0 attributes and the platform's extensions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

Header = tuple[str, bytes]


LARGEST = 2**63 - 1


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
            time=_instant(attributes["ce_time"]),
            subject=attributes["ce_subject"],
            aggregate=attributes["ce_aggregate"],
            version=_number(attributes["ce_aggregateversion"], 1),
            orgpath=attributes["ce_orgpath"],
            actor=attributes["ce_actor"],
            correlation_id=attributes["ce_correlationid"],
            causation_id=attributes.get("ce_causationid"),
            data=data,
            sequence=_number(attributes["ce_sequence"], 0),
        )
    except KeyError as error:
        raise MalformedEvent(f"attribute {error.args[0]} is missing") from error
    except ValueError as error:
        raise MalformedEvent(f"an attribute is malformed: {error}") from error


def _decoded(headers: Iterable[Header] | None) -> dict[str, str]:
    try:
        decoded = {name: (value or b"").decode() for name, value in headers or ()}
    except UnicodeDecodeError as error:
        raise MalformedEvent(f"a header is not UTF-8: {error.reason}") from error
    if any("\x00" in value for value in decoded.values()):
        raise MalformedEvent("a header holds a NUL character")
    return decoded


def _number(text: str, least: int) -> int:
    """Read a number that a database's bigint holds; raises ValueError."""
    number = int(text)
    if not least <= number <= LARGEST:
        raise ValueError(f"a number is below {least} or above {LARGEST}")
    return number


def _instant(text: str) -> datetime:
    """Read a time with its offset; raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("ce_time has no offset")
    return instant
