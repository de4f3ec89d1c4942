"""Consumers whose group, offsets, records or broker fail: nothing is lost, nothing has its effect twice or out of order."""

import asyncio
import os

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from chassis import points
from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection
from chassis.doorbell import Doorbell
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.transaction import unscoped
from deploy.instance import Instance
from support.applied import apply, consumer_of, out_of_order, until_applied
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
)
from support.instance import FreshDatabase


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
