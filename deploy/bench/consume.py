"""Consume: inbox and a set-based effect in batches of 2,000, beside a bare consumer that does nothing, on the same topic."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.broker import Broker
from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Database, open_database
from chassis.ids import uuid7
from chassis.publishing import Publisher, Record
from chassis.records import record_of
from chassis.settings import Settings
from chassis.transaction import Transaction
from contracts.envelope import Event
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench

EVENTS = 80_000
KEYS = 4_000
BATCH = 2_000
ROUNDS = 5
RATE = 0.35
GIVE_UP_SECONDS = 120.0
SERVICE = "service-desk"
TOPIC = "bench.consume"
TYPE = "service-desk.complaint.received.v1"
SETUP = """
    CREATE TABLE bench_heard (consumer text NOT NULL, key text NOT NULL, events bigint NOT NULL, fee bigint NOT NULL,
                              version bigint NOT NULL, PRIMARY KEY (consumer, key));
    GRANT SELECT, INSERT, UPDATE ON bench_heard TO keypost_service_desk_worker;
"""
EFFECT = """
    INSERT INTO bench_heard AS h (consumer, key, events, fee, version)
    SELECT $1, e.key, count(*), sum(e.fee), max(e.version)
    FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS e(key, fee, version)
    GROUP BY e.key ORDER BY e.key
    ON CONFLICT (consumer, key) DO UPDATE
    SET events = h.events + excluded.events, fee = h.fee + excluded.fee, version = excluded.version
"""
HEARD = (
    "SELECT count(*), sum(events), sum(fee), min(version), max(version) FROM bench_heard WHERE consumer = $1"
)


class WrongEffect(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


@dataclass
class Progress:
    """How far a reader is: when its batches were done, and of how many events each was."""

    batches: list[tuple[float, int]] = field(default_factory=list)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, count: int) -> None:
        """A batch is done."""
        if count:
            self.batches.append((time.perf_counter(), count))
        if sum(size for _, size in self.batches) >= EVENTS:
            self.complete.set()

    def run(self) -> Run:
        """Give the rate from the end of the first batch to that of the last; joining a group is not measured."""
        moments = [moment for moment, _ in self.batches]
        between = [later - earlier for earlier, later in pairwise(moments)]
        seconds = moments[-1] - moments[0]
        run = Run.of(between, seconds)
        events = sum(size for _, size in self.batches[1:])
        return Run(round(events / seconds, 1), run.p50, run.p99, events)


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Let both read the same topic in turn; raises WrongEffect."""
    bench.leave_running()
    settings = bench.settings(SERVICE, consumer_batch=BATCH)
    await _prepare(bench, settings)
    ours: list[Run] = []
    floor: list[Run] = []
    database = await open_database(settings)
    for number in range(1, ROUNDS + 1):
        say(f"consume, round {number} of {ROUNDS}")
        floor.append(await _bare(settings))
        member = bench.settings(SERVICE, service=f"bench-{number}", consumer_batch=BATCH)
        ours.append(await _ours(member, database))
    await database.close()
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    return Comparison(
        bench="consume",
        does="inbox and a set-based effect in one transaction, offsets after it; latencies are those of batches",
        setting=f"{EVENTS} events in batches of {BATCH}, {ROUNDS} rounds in turn; floor: bare consumer that does nothing",
        ours=ours,
        floor=floor,
        to_reach=f"events/s ≥ {RATE}",
        ratios={"events/s": round(rate, 2)},
        reached=rate >= RATE,
    )


async def _prepare(bench: Bench, settings: Settings) -> None:
    """Make the table of the effect, and a topic of events as a relay publishes them."""
    async with bench.superuser(SERVICE) as connection:
        await connection.execute(SETUP)
    broker = Broker(settings)
    await broker.lay([TOPIC])
    publisher = Publisher(settings)
    for start in range(0, EVENTS, BATCH):
        records = [_record(number, broker.life) for number in range(start, start + BATCH)]
        await publisher.publish([(TOPIC, record) for record in records])
    await publisher.close()
    await broker.close()


def _record(number: int, life: str) -> Record:
    """Give an event of about half a kilobyte, the `number // KEYS`th of its key."""
    key = f"420100-{number % KEYS:06d}"
    fee = number % 977
    payload = f'{{"complaint_id": "{UUID(int=number)}", "customer": "{key}", "fee": {fee}, "content": "{"迟" * 40}"}}'
    row: Any = {
        "seq": number + 1,
        "event_id": uuid7(),
        "key": key,
        "type": TYPE,
        "aggregate": f"complaint:{key}",
        "version": 1 + number // KEYS,
        "orgpath": "CN.420000.420100.420106",
        "actor": "staff:0191a0b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
        "correlation_id": str(uuid7()),
        "causation_id": str(uuid7()),
        "time": datetime(2026, 3, 2, 9, 30, 12, 345_678, tzinfo=UTC),
        "payload": payload,
    }
    return record_of(row, life)


async def _bare(settings: Settings) -> Run:
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=settings.fetch_max_wait_ms,
        max_partition_fetch_bytes=settings.kafka_max_request_bytes,
    )
    progress = Progress()
    await client.start()
    try:
        client.assign([TopicPartition(TOPIC, number) for number in range(settings.kafka_partitions)])
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while not progress.complete.is_set():
                fetched = await client.getmany(timeout_ms=settings.consumer_wait_ms, max_records=BATCH)
                progress.note(sum(map(len, fetched.values())))
    finally:
        await client.stop()
    return progress.run()


async def _ours(settings: Settings, database: Database) -> Run:
    async def apply(tx: Transaction, events: Sequence[Event]) -> None:
        keys, fees, versions = zip(
            *((one.subject, one.data["fee"], one.version) for one in events), strict=True
        )
        await tx.execute(EFFECT, settings.service, keys, fees, versions)

    progress = Progress()
    heard: list[str] = []
    versions: list[int] = []

    async def note(events: Sequence[Event]) -> None:
        progress.note(len(events))
        heard.extend(event.subject for event in events)
        versions.extend(event.version for event in events)

    consumer = Consumer(settings, database, Clock(), {TYPE: apply}, [TOPIC])
    consumer.applied.append(note)
    running = asyncio.create_task(consumer.run())
    try:
        async with asyncio.timeout(GIVE_UP_SECONDS):
            await progress.complete.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await _check(database, settings.service)
    last: dict[str, int] = {}
    for key, version in zip(heard, versions, strict=True):
        if version != last.get(key, 0) + 1:
            raise WrongEffect(f"{key}: {version} after {last.get(key, 0)}")
        last[key] = version
    return progress.run()


async def _check(database: Database, consumer: str) -> None:
    """Every event has had its effect once, the last of each key last."""
    row = await database.worker.fetchrow(HEARD, consumer)
    versions = EVENTS // KEYS
    expected = (KEYS, EVENTS, sum(number % 977 for number in range(EVENTS)), versions, versions)
    parked = await database.worker.fetchval("SELECT count(*) FROM parked WHERE consumer = $1", consumer)
    if tuple(row or ()) != expected or parked:
        raise WrongEffect(f"{consumer}: {tuple(row or ())} instead of {expected}, {parked} parked")
