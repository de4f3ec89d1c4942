"""Replays: the whole log is told once more, apart from what happens, and who lost everything has it again."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from chassis.bus import Consumer
from chassis.clock import SHANGHAI, Clock, technical_now
from chassis.database import Connection, Database
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from chassis.outbox import encode
from chassis.publishing import NotPublished, Publisher, Record
from chassis.records import COLUMNS, record_of, replay_topic
from chassis.relay import Relay
from chassis.replaying import Replayer
from chassis.settings import Settings
from chassis.transaction import Transaction
from contracts.envelope import Event, to_headers
from deploy.instance import Instance
from support.backbone import (
    Happened,
    eventually,
    happened,
    header,
    held_by,
    in_background,
    new_key,
    opened,
    settings_of,
    superuser,
)
from support.instance import Databases, FreshDatabase

KEYS = 40
EACH = 25


@pytest.fixture
def settings(fresh: FreshDatabase, broker: Instance) -> Settings:
    return settings_of(fresh, broker_check_seconds=0.3, replay_poll_seconds=0.1, relay_page=64)


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE outbox, event_log, replay")
        yield connection


async def tell(root: Connection, settings: Settings, events: Sequence[Event]) -> None:
    await root.execute("SELECT announce($1::jsonb)", encode(events, settings.topic))


async def published(root: Connection) -> None:
    async def empty() -> bool:
        return not await root.fetchval("SELECT count(*) FROM outbox")

    await eventually(empty, "the outbox is empty")


async def ask(root: Connection, since: object = None) -> UUID:
    replay = uuid7()
    await root.execute(
        "INSERT INTO replay (id, since, requested_by, requested_at) VALUES ($1, $2, 'system:test', $3)",
        replay, since, technical_now(),
    )  # fmt: skip
    return replay


async def done(root: Connection, replay: UUID) -> int:
    async def state() -> bool:
        return bool(await root.fetchval("SELECT state = 'done' FROM replay WHERE id = $1", replay))

    await eventually(state, "the replay is done")
    count: int = await root.fetchval("SELECT published FROM replay WHERE id = $1", replay)
    return count


def lived() -> list[Event]:
    keys = [new_key() for _ in range(KEYS)]
    return [happened(key, version) for version in range(1, EACH + 1) for key in keys]


@asynccontextmanager
async def publisher_side(settings: Settings, pools: Database) -> AsyncIterator[None]:
    async with in_background(Relay(settings, Doorbell()).run(), Replayer(settings, pools, Doorbell()).run()):
        yield


async def test_a_replay_tells_every_event_once_in_order_and_as_it_was(
    settings: Settings, pools: Database, root: Connection
) -> None:
    events = lived()
    async with publisher_side(settings, pools):
        await tell(root, settings, events)
        await published(root)
        assert await done(root, await ask(root)) == len(events)
    again = await held_by(settings, replay_topic(settings.topic))
    first = await held_by(settings, settings.topic)
    assert {header(one, "ce_id") for one in again} == {str(one.id) for one in events}
    assert len(again) == len(events)
    for key in {one.subject for one in events}:
        told = [(one.value, one.headers) for one in first if one.key == key.encode()]
        assert [(one.value, one.headers) for one in again if one.key == key.encode()] == told


async def test_a_replay_since_tomorrow_tells_nothing(
    settings: Settings, pools: Database, root: Connection
) -> None:
    async with publisher_side(settings, pools):
        await tell(root, settings, [happened(new_key())])
        await published(root)
        tomorrow = await root.fetchval("SELECT max(day) + 1 FROM event_log")
        assert await done(root, await ask(root, tomorrow)) == 0


async def test_a_consumer_with_an_empty_database_has_everything_again_while_events_go_on(
    settings: Settings,
    pools: Database,
    root: Connection,
    backbone_databases: Databases,
) -> None:
    before, meanwhile = lived(), lived()
    empty = settings_of(backbone_databases("tiering"), consumer_batch=100)
    heard: list[Event] = []

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        heard.extend(events)

    async with opened(empty) as other, publisher_side(settings, pools):
        await tell(root, settings, before)
        await published(root)
        consumer = Consumer(empty, other, Clock(None), {Happened.TYPE: hear}, [settings.topic])
        async with in_background(consumer.run()):
            replay = await ask(root)
            for start in range(0, len(meanwhile), 50):
                await tell(root, settings, meanwhile[start : start + 50])
                await asyncio.sleep(0.01)
            await done(root, replay)

            async def complete() -> bool:
                return len(heard) >= len(before) + len(meanwhile)

            await eventually(complete, "everything is heard", 90)
            await done(root, await ask(root))
            await asyncio.sleep(0.5)
    assert sorted(str(one.id) for one in heard) == sorted(str(one.id) for one in [*before, *meanwhile])


async def test_a_replay_that_the_broker_broke_off_begins_again(
    settings: Settings, pools: Database, root: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = lived()
    refusals = iter([False, True, False])
    publish = Publisher.publish

    async def unsteady(self: Publisher, records: Iterable[tuple[str, Record]]) -> bool:
        page = list(records)
        if page and page[0][0].endswith(".replay") and next(refusals, False):
            raise NotPublished("the broker was away")
        return await publish(self, page)

    monkeypatch.setattr(Publisher, "publish", unsteady)
    async with publisher_side(settings, pools):
        await tell(root, settings, events)
        await published(root)
        assert await done(root, await ask(root)) == len(events)
    again = await held_by(settings, replay_topic(settings.topic))
    assert {header(one, "ce_id") for one in again} == {str(one.id) for one in events}
    assert len(again) > len(events), "what was told before the break is told twice; the inbox knows it"


async def test_a_row_of_the_log_becomes_the_record_that_the_envelope_describes(
    settings: Settings, root: Connection
) -> None:
    event = happened(new_key(), 3, text="字")
    await tell(root, settings, [event])
    row = await root.fetchrow(f"SELECT {COLUMNS} FROM outbox")
    assert row is not None
    key, value, headers = record_of(row, "a-life")
    as_told = {**dict(to_headers(event)), "ce_source": b"/keypost/source", "life": b"a-life"}
    as_told["ce_sequence"] = str(row["seq"]).encode()
    as_told["ce_time"] = event.time.astimezone(SHANGHAI).isoformat().encode()
    assert dict(headers) == as_told
    assert (key, orjson.loads(value)) == (event.subject.encode(), event.data)
