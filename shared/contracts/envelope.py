"""The envelope of every event: CloudEvents 1.0 attributes and the platform's extensions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson

Header = tuple[str, bytes]


LARGEST = 2**63 - 1
NEEDED = (
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_time",
    "ce_subject",
    "ce_aggregate",
    "ce_aggregateversion",
    "ce_orgpath",
    "ce_actor",
    "ce_correlationid",
    "ce_sequence",
)
OPTIONAL = ("ce_causationid",)
SEPARATOR = b"\x00"

Choice = Callable[[Sequence[str | None]], tuple[Any, ...]]
MOST_ORDERS = 64
_chosen: dict[tuple[str, ...], Choice] = {}
"""Where the attributes stand, for each order of headers met so far: publishers write one or two."""


class MalformedEvent(ValueError):
    """A record on the bus that is no event of ours; says which attribute is wrong."""


@dataclass(
    slots=True
)  # not frozen: that makes building one six times as dear, and consumers build every one they hear
class Event:
    """One fact, never changed. `version` is exactly one more than that of the aggregate's event before it."""

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
    attributes = _attributes(headers)
    try:
        data = orjson.loads(value or b"")
    except orjson.JSONDecodeError as error:
        raise MalformedEvent(f"data is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise MalformedEvent("data is not a JSON object")
    (
        id_,
        source,
        type_,
        time,
        subject,
        aggregate,
        version,
        orgpath,
        actor,
        correlation,
        sequence,
        causation,
    ) = attributes
    try:
        return Event(
            UUID(id_),
            source,
            type_,
            _instant(time),
            subject,
            aggregate,
            _number(version, 1),
            orgpath,
            actor,
            correlation,
            causation,
            data,
            _number(sequence, 0),
        )
    except ValueError as error:
        raise MalformedEvent(f"an attribute is malformed: {error}") from error


def _attributes(headers: Iterable[Header] | None) -> tuple[Any, ...]:
    """Give the attributes in the order of NEEDED and OPTIONAL: all headers in one string, split where no character can be."""
    pairs = tuple(headers or ())
    names = tuple([name for name, _ in pairs])
    try:
        text = SEPARATOR.join([value or b"" for _, value in pairs]).decode()
    except UnicodeDecodeError as error:
        raise MalformedEvent(f"a header is not UTF-8: {error.reason}") from error
    values: list[str | None] = [*text.split("\x00"), None]
    if len(values) != max(1, len(names)) + 1:
        raise MalformedEvent("a header holds a NUL character")
    chosen = _chosen.get(names)
    if chosen is None:
        chosen = _choose(names)
    return chosen(values)


def _choose(names: tuple[str, ...]) -> Choice:
    """Find out where the attributes stand among headers in this order; raises MalformedEvent where one is missing."""
    places = {name: place for place, name in enumerate(names)}
    for name in NEEDED:
        if name not in places:
            raise MalformedEvent(f"attribute {name} is missing")
    chosen: Choice = itemgetter(*(places.get(name, -1) for name in (*NEEDED, *OPTIONAL)))
    if len(_chosen) < MOST_ORDERS:
        _chosen[names] = chosen
    return chosen


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
