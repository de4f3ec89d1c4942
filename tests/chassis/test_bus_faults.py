"""Consumers whose client or broker fails: nothing is lost, nothing has its effect twice or out of order."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from chassis import points
from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection, Database
from chassis.doorbell import Doorbell
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.telemetry import CONSUMER_REBUILDS
from chassis.transaction import Transaction, unscoped
from contracts.envelope import Event
from deploy.instance import Instance
from support.backbone import (
    Happened,
    eventually,
    happened,
    in_background,
    lay_topics,
    moment,
    opened,
    produce,
    raw,
    relaying,
    settings_of,
    superuser,
)
from support.instance import FreshDatabase

PREPARE = """
    CREATE TABLE IF NOT EXISTS applied (key text, version bigint, position bigint GENERATED ALWAYS AS IDENTITY);
    TRUNCATE applied, inbox, outbox, event_log, parked;
    GRANT ALL ON applied TO keypost_tiering_worker;
"""


async def apply(tx: Transaction, events: Sequence[Event]) -> None:
    await tx.execute(
        "INSERT INTO applied (key, version) SELECT * FROM unnest($1::text[], $2::bigint[])",
        [event.subject for event in events],
        [event.version for event in events],
    )


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase, broker: Instance) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute(PREPARE)
        yield connection


def consumer_of(settings: Settings, database: Database, topic: str) -> Consumer:
    return Consumer(settings, database, Clock(), {Happened.TYPE: apply}, [topic])


async def until_applied(root: Connection, count: int, seconds: float = 25.0) -> None:
    async def done() -> bool:
        return bool(await root.fetchval("SELECT count(*) FROM applied") >= count)

    await eventually(done, f"{count} events applied", seconds)


async def out_of_order(root: Connection) -> list[tuple[str, int]]:
    """Give the events that did not come right after the one before of their key; a doubled one is among them."""
    wrong: list[tuple[str, int]] = []
    last: dict[str, int] = {}
    for row in await root.fetch("SELECT key, version FROM applied ORDER BY position"):
        if row["version"] != last.get(row["key"], 0) + 1:
            wrong.append((row["key"], row["version"]))
        last[row["key"]] = row["version"]
    return wrong


class _FailsAtFirst(Consumer):
    """Something happens to its first client, which says nothing about it."""

    clients = 0

    def __init__(self, what: Callable[[AIOKafkaConsumer], Awaitable[None]], *parts: Any) -> None:
        super().__init__(*parts)
        self._what = what

    def _client(self) -> AIOKafkaConsumer:
        client = super()._client()
        self.clients += 1
        if self.clients == 1:
            client.start = lambda start=client.start: self._start(client, start)  # type: ignore[method-assign]
        return client

    async def _start(self, client: AIOKafkaConsumer, start: Callable[[], Awaitable[None]]) -> None:
        await start()
        await self._what(client)


async def fetch_nothing(client: AIOKafkaConsumer) -> None:
    client.pause(*client.assignment())


async def fetch_without_end(client: AIOKafkaConsumer) -> None:
    async def hang(_assignment: object, node_id: object, _request: object) -> bool:
        return await asyncio.get_running_loop().create_future()

    client._fetcher._proc_fetch_request = hang


async def end_the_coordinator(client: AIOKafkaConsumer) -> None:
    client._coordinator._coordination_task.cancel()


async def end_the_fetcher(client: AIOKafkaConsumer) -> None:
    client._fetcher._fetch_task.cancel()


async def forget_every_partition(client: AIOKafkaConsumer) -> None:
    client._subscription.assign_from_subscribed([])


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (fetch_nothing, "records wait and none came"),
        (fetch_without_end, "records wait and none came"),
        (end_the_coordinator, "the client's coordinator has ended"),
        (end_the_fetcher, "the client's fetcher has ended"),
        (forget_every_partition, "it was given no partition"),
    ],
)
async def test_a_client_that_stands_still_is_replaced(
    fresh: FreshDatabase, root: Connection, what: Callable[[AIOKafkaConsumer], Awaitable[None]], reason: str
) -> None:
    settings = settings_of(fresh, watchdog_seconds=1.5, session_timeout_ms=6_000, consumer_wait_ms=100)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    async with opened(settings) as database:
        consumer = _FailsAtFirst(what, settings, database, Clock(), {Happened.TYPE: apply}, [topic])
        async with in_background(consumer.run()):
            await produce(settings, topic, [raw(happened("a"))])
            await until_applied(root, 1, 60)
            await produce(settings, topic, [raw(happened("a", 2))])
            await until_applied(root, 2)
    told = consumer.watch.told()
    assert consumer.clients == 2
    assert told["rebuilds"] == 1
    assert reason in told["rebuilt_because"]
    assert told["last_moved"]
    assert CONSUMER_REBUILDS.labels(consumer.name)._value.get() == 1
    assert await out_of_order(root) == []


async def test_a_client_that_never_joins_is_replaced(fresh: FreshDatabase, root: Connection) -> None:
    settings = settings_of(fresh, watchdog_seconds=1.5, session_timeout_ms=6_000, consumer_wait_ms=100)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    await produce(settings, topic, [raw(happened("a"))])

    class JoinsNothingAtFirst(Consumer):
        clients = 0

        def _client(self) -> AIOKafkaConsumer:
            client = super()._client()
            self.clients += 1
            if self.clients == 1:
                client.start = asyncio.Event().wait
            return client

    async with opened(settings) as database:
        consumer = JoinsNothingAtFirst(settings, database, Clock(), {Happened.TYPE: apply}, [topic])
        async with in_background(consumer.run()):
            await until_applied(root, 1, 90)
    assert consumer.clients == 2
    assert "has not joined" in consumer.watch.told()["rebuilt_because"]


async def test_a_database_that_is_away_is_no_reason_to_replace_the_client(
    fresh: FreshDatabase, root: Connection
) -> None:
    settings = settings_of(fresh, watchdog_seconds=1.0, session_timeout_ms=6_000, consumer_wait_ms=100)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    async with opened(settings) as database:
        consumer = consumer_of(settings, database, topic)
        async with in_background(consumer.run()):
            await produce(settings, topic, [raw(happened("a"))])
            await until_applied(root, 1)
            async with root.transaction():
                await root.execute("LOCK TABLE inbox")
                await produce(settings, topic, [raw(happened("a", version)) for version in (2, 3)])
                await asyncio.sleep(4.0)
            await until_applied(root, 3)
    assert consumer.watch.told()["rebuilds"] == 0
    assert await out_of_order(root) == []


async def test_offsets_that_cannot_be_committed_cost_nothing(fresh: FreshDatabase, root: Connection) -> None:
    settings = settings_of(fresh, session_timeout_ms=6_000, watchdog_seconds=1.0, consumer_wait_ms=100)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    failures: list[object] = []

    class LosesItsClientBeforeCommitting(Consumer):
        async def _commit(self, client: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
            if len(failures) < 2:
                failures.append(offsets)
                client.unsubscribe()
            await super()._commit(client, offsets)

    async with opened(settings) as database:
        consumer = LosesItsClientBeforeCommitting(
            settings, database, Clock(), {Happened.TYPE: apply}, [topic]
        )
        async with in_background(consumer.run()):
            await produce(settings, topic, [raw(happened("a", version)) for version in (1, 2, 3)])
            await until_applied(root, 3)
        async with in_background(consumer_of(settings, database, topic).run()):
            await produce(settings, topic, [raw(happened("a", 4))])
            await until_applied(root, 4)
    assert failures
    assert await out_of_order(root) == []


async def test_members_that_come_and_go_lose_and_double_nothing(
    fresh: FreshDatabase, root: Connection
) -> None:
    settings = settings_of(fresh, session_timeout_ms=6_000, consumer_batch=20)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    comings = 20 if os.environ.get("KEYPOST_LONG") else 2
    events = [happened(f"k{number % 30}", 1 + number // 30) for number in range(1_500 * comings)]

    async def say() -> None:
        for start in range(0, len(events), 100):
            await produce(settings, topic, [raw(event) for event in events[start : start + 100]])
            await asyncio.sleep(0.15)

    async with opened(settings) as database, in_background(consumer_of(settings, database, topic).run()):
        telling = asyncio.create_task(say())
        for _ in range(comings):
            await asyncio.sleep(2.0)
            async with in_background(consumer_of(settings, database, topic).run()):
                await asyncio.sleep(3.0)
        await telling
        await until_applied(root, len(events), 120)
    assert await out_of_order(root) == []
    assert await root.fetchval("SELECT count(*) FROM applied") == len(events)


async def produce_with_a_header_named_in_no_encoding(settings: Settings, topic: str, partition: int) -> None:
    """Write what no client of ours would: the broker looks at the sum of a batch, not at its headers."""
    made = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 10_000)
    made.append(0, timestamp=1, key=b"poison", value=b"{}", headers=[("zzzz", b"x")])
    batch = bytearray(made.build())
    place = batch.index(b"zzzz")
    batch[place : place + 4] = b"\xff\xfe\xff\xfe"
    batch[17:21] = calc_crc32c(batch[21:]).to_bytes(4, "big")
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap, enable_idempotence=False)
    await producer.start()
    try:
        forged = producer.create_batch()
        forged.append(key=b"poison", value=b"{}", timestamp=1)
        forged.close()
        forged._build()
        forged._buffer = batch
        await (await producer.send_batch(forged, topic, partition=partition))
    finally:
        await producer.stop()


async def test_a_header_whose_name_is_no_text_is_passed_over_aloud(
    fresh: FreshDatabase, root: Connection
) -> None:
    settings = settings_of(fresh, session_timeout_ms=6_000)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    events = [happened(f"k{number}", version) for version in (1, 2) for number in range(40)]
    async with opened(settings) as database, in_background(consumer_of(settings, database, topic).run()):
        await produce(settings, topic, [raw(event) for event in events[:40]])
        await until_applied(root, 40)
        for partition in range(settings.kafka_partitions):
            await produce_with_a_header_named_in_no_encoding(settings, topic, partition)
        await produce(settings, topic, [raw(event) for event in events[40:]])
        await until_applied(root, 80)
    assert await out_of_order(root) == []
    parked = await root.fetch("SELECT * FROM parked")
    assert len(parked) == settings.kafka_partitions


async def test_a_broker_killed_and_back_empty_is_consumed_again_from_its_beginning(
    fresh: FreshDatabase, root: Connection, broker: Instance
) -> None:
    settings = settings_of(fresh, broker_check_seconds=0.3)
    versions = 0

    async def tell(count: int) -> None:
        nonlocal versions
        async with unscoped(database.worker, moment(service=settings.service)) as tx:
            for _ in range(count):
                versions += 1
                await tx.announce([happened(f"k{number}", versions) for number in range(5)])

    async def drained() -> None:
        async def empty() -> bool:
            return not await root.fetchval("SELECT count(*) FROM outbox")

        await eventually(empty, "the outbox is empty", 60)

    doubling = [5]

    def double_what_is_published(name: str) -> None:
        if name == "relay.after-publish" and doubling[0]:
            doubling[0] -= 1
            raise ConnectionError("lost before the move")

    async with (
        opened(settings) as database,
        relaying(Relay(settings, Doorbell())),
        in_background(consumer_of(settings, database, settings.topic).run()),
    ):
        points.replace(double_what_is_published)
        await tell(20)
        await drained()
        await until_applied(root, 100)
        assert doubling == [0]
        broker.kill("broker")
        await tell(150)
        broker.start("broker")
        broker.wait_for("broker")
        await drained()
        await tell(150)
        await drained()
        await until_applied(root, 5 * versions, 60)
    assert await out_of_order(root) == []
    assert await root.fetchval("SELECT count(*) FROM applied") == 5 * versions
    assert not await root.fetchval("SELECT count(*) FROM parked")
