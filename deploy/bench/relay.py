"""Relay: outbox → broker and event log, beside a bare producer that sends the same records in batches of 2,000."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from chassis.broker import Broker
from chassis.database import Connection
from chassis.publishing import Record, partition_of
from chassis.records import COLUMNS, record_of
from chassis.relay import Relay
from chassis.settings import Settings
from deploy.bench.measures import Comparison, Run, WatchedBell, middle
from deploy.bench.setting import Bench

EVENTS = 60_000
KEYS = 5_000
BATCH = 2_000
ROUNDS = 5
RATE = 0.55
GIVE_UP_SECONDS = 120.0
SERVICE = "service-desk"
BARE = "bench.relay"
FILL = f"""
    INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, causation_id,
                        time, payload)
    SELECT crc32(convert_to(k.key, 'UTF8')) % 8, uuidv7(), $1, k.key, 'service-desk.complaint.received.v1',
           'complaint:' || k.key, 1 + g / {KEYS}, 'CN.420000.420100.420106', 'staff:' || k.key, uuidv7()::text,
           uuidv7()::text, $2::timestamptz + g * interval '1 millisecond',
           jsonb_build_object('complaint_id', k.key, 'fee', g, 'content', repeat('x', 230 + g % 300))
    FROM generate_series(0, {EVENTS} - 1) AS g, LATERAL (SELECT md5((g % {KEYS})::text)::uuid::text AS key) AS k
"""  # noqa: S608 - numbers of our own
WRITTEN = f"SELECT topic, {COLUMNS} FROM outbox ORDER BY seq"  # noqa: S608 - column names of our own


class NotAllThere(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Run ours and the floor in turn; raises NotAllThere."""
    bench.leave_running()
    settings = bench.settings(SERVICE, service="bench")
    ours: list[Run] = []
    floor: list[Run] = []
    async with bench.superuser(SERVICE) as root:
        for number in range(1, ROUNDS + 1):
            say(f"relay, round {number} of {ROUNDS}")
            await root.execute("TRUNCATE outbox, event_log")
            floor.append(await _bare(settings, root, f"{BARE}.{number}"))
            ours.append(await _ours(bench.settings(SERVICE, service=f"bench-relay-{number}"), root))
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    return Comparison(
        bench="relay",
        does="outbox → broker, all acknowledged, and event log, by the service's relay",
        setting=f"{EVENTS} events of 300–600 bytes with all headers, {settings.kafka_partitions} partitions, "
        f"{ROUNDS} rounds in turn; floor: aiokafka, send_batch of {BATCH}, records made before",
        ours=ours,
        floor=floor,
        to_reach=f"events/s ≥ {RATE}",
        ratios={"events/s": round(rate, 2)},
        reached=rate >= RATE,
    )


async def _ours(settings: Settings, root: Connection) -> Run:
    bell = WatchedBell()
    relay = Relay(settings, bell)
    running = asyncio.create_task(relay.run())
    try:
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while not relay.bus_up:  # noqa: ASYNC110 - the relay lays its topics first
                await asyncio.sleep(0.05)
            async with root.transaction():
                await _fill(root, settings.topic)
                began = time.perf_counter()
            bell.ring()
            took = await bell.done(root, "SELECT FROM outbox") - began
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    logged = await root.fetchval("SELECT count(*) FROM event_log")
    left = await root.fetchval("SELECT count(*) FROM outbox")
    if (logged, left) != (EVENTS, 0):
        raise NotAllThere(f"{logged} in the log, {left} in the outbox, of {EVENTS}")
    await _check(settings, settings.topic)
    return Run.counted(EVENTS, took)


async def _bare(settings: Settings, root: Connection, topic: str) -> Run:
    records = await _records(root)
    broker = Broker(settings)
    await broker.lay([topic])
    await broker.close()
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        acks="all",
        enable_idempotence=settings.kafka_idempotent,
        linger_ms=0,
        max_batch_size=1024 * 1024,
        max_request_size=settings.kafka_max_request_bytes,
    )
    await producer.start()
    began = time.perf_counter()
    for start in range(0, EVENTS, BATCH):
        await _send(producer, (topic, settings.kafka_partitions), records[start : start + BATCH])
    took = time.perf_counter() - began
    await producer.stop()
    await _check(settings, topic)
    return Run.counted(EVENTS, took)


async def _send(producer: AIOKafkaProducer, place: tuple[str, int], records: list[Record]) -> None:
    topic, partitions = place
    pages: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        pages[partition_of(record[0], partitions)].append(record)
    sent = []
    for partition, page in pages.items():
        batch = producer.create_batch()
        for key, value, headers in page:
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                raise NotAllThere("a batch of the floor is full")
        batch.close()
        sent.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*sent)


async def _records(root: Connection) -> list[Record]:
    """Give in memory what the relay finds in the outbox."""
    filling = root.transaction()
    await filling.start()
    await _fill(root, BARE)
    rows = await root.fetch(WRITTEN)
    await filling.rollback()
    return [record_of(row, "a-life") for row in rows]


async def _fill(root: Connection, topic: str) -> None:
    await root.execute(FILL, topic, datetime(2026, 3, 2, 9, tzinfo=UTC))


async def _check(settings: Settings, topic: str) -> None:
    """The topic holds every event once, those of a key in order."""
    client = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    versions: dict[bytes, list[int]] = defaultdict(list)
    await client.start()
    try:
        places = [TopicPartition(topic, number) for number in range(settings.kafka_partitions)]
        client.assign(places)
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while sum(map(len, versions.values())) < EVENTS:
                for records in (await client.getmany(timeout_ms=500)).values():
                    for one in records:
                        versions[one.key].append(int(dict(one.headers)["ce_aggregateversion"]))
    finally:
        await client.stop()
    wrong = sum(found != list(range(1, EVENTS // KEYS + 1)) for found in versions.values())
    if wrong or len(versions) != KEYS:
        raise NotAllThere(f"{topic}: {wrong} of {len(versions)} keys incomplete or out of order")
