"""Records that could not be applied: set aside with every later one of their key, told to the dead-letter topic, released."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from chassis import outbox
from chassis.ids import uuid7
from chassis.transaction import Transaction
from contracts.envelope import Event, Header

NATION = "CN"
LONGEST_REASON = 500
LONGEST_NAME = 200
"""A stranger's record may hold megabytes where we would tell a name: the dead letter says no more of it than this."""
LONGEST_KEY = 400
"""Longer keys, which none of ours is, wait under their digest: an index has no room for them."""


FEW = 500
"""With fewer parked records than that, usually none, keys are compared here."""


@dataclass(slots=True)
class Heard:
    """A record as it came, never changed, with the event where it is one."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[Header]
    event: Event | None = None
    defect: str | None = None

    @property
    def parking_key(self) -> str:
        """What later records must share to wait behind this one."""
        if self.key:
            written = self.key.decode(errors="backslashreplace").replace("\x00", "\\x00")
            return written if len(written) <= LONGEST_KEY else hashlib.sha256(self.key).hexdigest()
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True)
class DeadLetter:
    """The public data of a parked record."""

    TYPE: ClassVar[str] = "dead-letter.parked.v1"
    consumer: str
    topic: str
    partition: int
    offset: int
    key: str
    error: str

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Give the JSON-ready data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


async def keys_parked(tx: Transaction, consumer: str, keys: Sequence[str]) -> set[str]:
    """Give those of the keys that wait for a release; one that is being released is waited for."""
    parked = await tx.fetch("SELECT key FROM parked WHERE consumer = $1 LIMIT $2", consumer, FEW)
    if len(parked) < FEW:
        keys = list({row["key"] for row in parked}.intersection(keys))
    if not keys:
        return set()
    rows = await tx.fetch(
        "SELECT key FROM parked WHERE consumer = $1 AND key = ANY($2::text[]) FOR SHARE", consumer, keys
    )
    return {row["key"] for row in rows}


async def park(tx: Transaction, consumer: str, heard: Heard, error: str) -> None:
    """Set a record aside and tell the dead-letter topic, in one statement; the same record again changes nothing."""
    place = f"{heard.topic}/{heard.partition}/{heard.offset}/{heard.parking_key}"
    record_id = heard.event.id if heard.event else uuid5(NAMESPACE_URL, place)
    error = error[:LONGEST_REASON]
    orgpath, correlation_id = _told_of(heard.event, record_id)
    letter = DeadLetter(consumer, heard.topic, heard.partition, heard.offset, heard.parking_key, error)
    told = Event(
        id=uuid7(),
        source=f"/keypost/{consumer}",
        type=f"{consumer}.{letter.TYPE}",
        time=tx.now,
        subject=heard.parking_key,
        aggregate=f"dead-letter:{record_id}",
        version=1,
        orgpath=orgpath,
        actor=f"system:{consumer}",
        correlation_id=correlation_id,
        causation_id=str(heard.event.id) if heard.event else None,
        data=letter.model_dump(mode="json"),
    )
    await tx.execute(
        """WITH p AS (INSERT INTO parked (id, consumer, topic, key, event_id, value, headers, error, parked_at)
                      VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9) ON CONFLICT DO NOTHING RETURNING id)
           SELECT announce($10::jsonb) FROM p""",
        record_id,
        consumer,
        heard.topic,
        heard.parking_key,
        heard.event.id if heard.event else None,
        heard.value,
        orjson.dumps(_readable(heard.headers)).decode(),
        error,
        tx.now,
        outbox.encode([told], f"keypost.{consumer}.dlq"),
    )


def _told_of(event: Event | None, record_id: UUID) -> tuple[str, str]:
    """Give organisation and chain of the event where they can be true."""
    if event is None or max(len(event.orgpath), len(event.correlation_id)) > LONGEST_NAME:
        return NATION, str(record_id)
    return event.orgpath, event.correlation_id


async def parked_of(tx: Transaction, consumer: str, key: str) -> list[tuple[UUID, Heard]]:
    """Give the records of a key in the order they came, locked for a release."""
    rows = await tx.fetch(
        "SELECT id, topic, key, value, headers FROM parked WHERE consumer = $1 AND key = $2 ORDER BY position FOR UPDATE",
        consumer,
        key,
    )
    return [
        (
            row["id"],
            Heard(
                row["topic"], 0, 0, row["key"].encode(), row["value"], _bytes(orjson.loads(row["headers"]))
            ),
        )
        for row in rows
    ]


def _readable(headers: Sequence[Header]) -> list[list[str]]:
    return [[name, base64.b64encode(value or b"").decode()] for name, value in headers]


def _bytes(headers: list[list[str]]) -> list[Header]:
    return [(name, base64.b64decode(value)) for name, value in headers]
