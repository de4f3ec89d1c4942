"""Parts of the chassis on a real database and broker: settings, small trees, events, what a topic holds."""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from chassis.auth import Caller
from chassis.broker import Broker
from chassis.clock import SHANGHAI
from chassis.database import Connection, Database, open_database
from chassis.ids import uuid7
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.transaction import Moment
from contracts.envelope import Event, Header, to_headers
from support.instance import Databases, FreshDatabase

_numbers = itertools.count(1)

# org_id → (parent, kind)
TREE: Mapping[str, tuple[str | None, str]] = {
    "CN": (None, "national"),
    "420000": ("CN", "province"),
    "420100": ("420000", "city"),
    "420106": ("420100", "county"),
    "420106-T01": ("420106", "team"),
    "420107": ("420100", "county"),
    "4201": ("CN", "province"),
}
ADOPTIONS = [{"pack": "platform", "topics": None, "from": "2009-01-01", "until": None}]


def orgpath(org_id: str) -> str:
    """Give the path of a node of the tree."""
    parent = TREE[org_id][0]
    return org_id if parent is None else f"{orgpath(parent)}.{org_id}"


def settings_of(fresh: FreshDatabase, **changed: object) -> Settings:
    """Give the settings of a process on this database; every call is a service of its own on the bus."""
    values: dict[str, Any] = {
        name.removeprefix("KEYPOST_").lower(): value
        for name, value in fresh.environment.items()
        if name.startswith("KEYPOST_")
    }
    values["services"] = json.loads(values["services"])
    values["service"] = f"t{next(_numbers)}"
    values["clock_file"] = None
    return Settings(**{**values, **changed})


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open a service's pools for a test."""
    database = await open_database(settings)
    try:
        yield database
    finally:
        database.app.terminate()
        database.worker.terminate()


@asynccontextmanager
async def superuser(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    """Connect as the one who may look at and damage everything."""
    connection = await asyncpg.connect(fresh.superuser_url, server_settings={"timezone": "Asia/Shanghai"})
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


@asynccontextmanager
async def in_background(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Run loops beside the test; one that ended by itself fails it."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield tasks
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()
                raise AssertionError("a background loop came to its end")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def eventually(condition: Callable[[], Awaitable[Any]], what: str, seconds: float = 60.0) -> Any:
    """Wait until a condition holds and give what it gave; fails by name."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        value = await condition()
        if value:
            return value
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"not within {seconds:g} s: {what} (last: {value!r})")
        await asyncio.sleep(0.05)


def moment(caller: Caller | None = None, *, now: datetime | None = None, service: str = "tiering") -> Moment:
    """Give a moment of a caller, or of the system."""
    actor = caller.actor if caller else "system:test"
    return Moment(service, now or datetime.now(SHANGHAI), actor, str(uuid7()), None, caller)


def caller(org_id: str = "420106", *roles: str, staff_id: str | None = None) -> Caller:
    """Give somebody with roles at a node of the tree."""
    return Caller(staff_id or str(uuid7()), "测试员", orgpath(org_id), frozenset(roles or ("unit-head",)))


async def plant_tree(connection: Connection) -> None:
    """Write the tree's organisations, under the platform's law."""
    for org_id, (parent, kind) in TREE.items():
        await connection.execute(
            """INSERT INTO organisation (org_id, parent_id, kind, name, orgpath, adoptions, valid_from, version)
               VALUES ($1, $2, $3, $1, $4, $5::jsonb, $6, 1)""",
            org_id, parent, kind, orgpath(org_id),
            json.dumps(ADOPTIONS if parent is None else []), date(2009, 1, 1),
        )  # fmt: skip


@asynccontextmanager
async def planted(databases: Databases) -> AsyncIterator[FreshDatabase]:
    """Make a database of the smallest service with the tree in it, and drop it afterwards."""
    made = databases("tiering")
    async with superuser(made) as connection:
        await plant_tree(connection)
    yield made
    databases.drop_all()


@dataclass(frozen=True)
class Happened:
    """The public data of an event that only tests tell."""

    TYPE: ClassVar[str] = "source.thing.happened.v1"
    data: Mapping[str, Any]

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Give the JSON-ready data."""
        return dict(self.data)


def happened(
    key: str, version: int = 1, *, type_: str = Happened.TYPE, event_id: UUID | None = None, **data: Any
) -> Event:
    """Give an event of a thing with this key."""
    return Event(
        id=event_id or uuid7(),
        source="/keypost/source",
        type=type_,
        time=datetime(2026, 3, 2, 9, tzinfo=SHANGHAI),
        subject=key,
        aggregate=f"thing:{key}",
        version=version,
        orgpath="CN",
        actor="system:source",
        correlation_id=str(uuid7()),
        causation_id=None,
        data={"key": key, **data},
    )


@dataclass(frozen=True)
class Raw:
    """A record as any producer may write it."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[Header] = ()


def raw(event: Event, **changed: bytes) -> Raw:
    """Give the record of an event, with headers replaced (`ce_id=b"…"`)."""
    headers = [(name, changed.get(name, value)) for name, value in to_headers(event)]
    return Raw(event.subject.encode(), orjson.dumps(event.data), headers)


async def lay_topics(settings: Settings, *names: str) -> None:
    """Create topics afresh."""
    broker = Broker(settings)
    await broker.lay(names)
    await broker.close()


async def lose_topic(settings: Settings, name: str | None = None, *, with_marker: bool = False) -> None:
    """Delete a topic, the service's own if not named, behind everybody's back, and wait until it is gone."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        known = await admin.list_topics()
        markers = {one for one in known if with_marker and one.startswith(f"{settings.topic}.marker.")}
        lost = {name or settings.topic, *markers}
        await admin.delete_topics(sorted(lost))

        async def gone() -> bool:
            return lost.isdisjoint(await admin.list_topics())

        await eventually(gone, f"{lost} are gone")
    finally:
        await admin.close()


async def produce(settings: Settings, topic: str, records: Sequence[Raw]) -> None:
    """Write records to a topic in order, as a stranger would."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, enable_idempotence=False, max_request_size=8 * 1024 * 1024
    )
    await producer.start()
    try:
        sent = [
            await producer.send(topic, one.value, one.key, headers=cast("Any", list(one.headers)))
            for one in records
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def held_by(settings: Settings, topic: str) -> list[Any]:
    """Read a topic from its first to its last record; in order for each key."""
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await client.start()
    try:
        places = [TopicPartition(topic, number) for number in range(settings.kafka_partitions)]
        client.assign(places)
        ends = await client.end_offsets(places)
        await client.seek_to_beginning(*places)
        found: list[Any] = []
        while any([await client.position(place) < end for place, end in ends.items()]):
            batch = await client.getmany(timeout_ms=200)
            found += [record for records in batch.values() for record in records]
        return found
    finally:
        await client.stop()


def header(record: Any, name: str) -> str:
    """Give a header of a record as text."""
    return str(dict(record.headers)[name].decode())


@asynccontextmanager
async def relaying(*relays: Relay) -> AsyncIterator[None]:
    """Run relays beside the test."""
    async with in_background(*(relay.run() for relay in relays)):
        yield


def new_key() -> str:
    """Give a key that no other test uses."""
    return f"k{next(_numbers)}-{os.getpid()}"


def utc(text: str) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(text).astimezone(UTC)
