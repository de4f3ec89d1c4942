"""A position is committed behind the effects only: whoever dies before an effect is durable hears its events again.

A broker that forgets is read from its beginning at every join; one that keeps its data hands out what was committed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection
from chassis.settings import Settings
from chassis.transaction import Transaction
from contracts.envelope import Event
from support.backbone import (
    Happened,
    eventually,
    happened,
    held_by,
    in_background,
    lay_topics,
    new_key,
    opened,
    produce,
    raw,
    settings_of,
)
from support.instance import FreshDatabase

COUNT = 50


async def test_a_consumer_that_ends_before_its_effect_is_durable_leaves_its_events_to_the_next(
    fresh: FreshDatabase, unheard: Connection
) -> None:
    settings = settings_of(fresh, session_timeout_ms=6_000)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    events = [happened(new_key()) for _ in range(COUNT)]
    begun = asyncio.Event()
    heard: list[UUID] = []

    async def never_end(_tx: Transaction, _events: Sequence[Event]) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        heard.extend(event.id for event in events)

    async with opened(settings) as database:
        first = Consumer(settings, database, Clock(), {Happened.TYPE: never_end}, [topic])
        async with in_background(first.run()):
            await produce(settings, topic, [raw(event) for event in events])
            async with asyncio.timeout(60):
                await begun.wait()
        assert not await unheard.fetchval("SELECT count(*) FROM inbox"), "nothing is durable yet"
        second = Consumer(settings, database, Clock(), {Happened.TYPE: hear}, [topic])

        async def all_heard() -> bool:
            return len(heard) >= COUNT

        async with in_background(second.run()):
            await eventually(all_heard, "the next member has heard everything", 40)
    assert sorted(heard) == sorted(event.id for event in events)


async def test_positions_in_a_log_that_is_gone_are_not_believed(
    fresh: FreshDatabase, unheard: Connection
) -> None:
    """The log told everything twice, and a member commits how far it was in it when another stands in its place already."""
    settings = settings_of(fresh, session_timeout_ms=6_000)
    topic = f"{settings.topic}.heard"
    key = new_key()
    events = [happened(key, version) for version in range(1, 3 * COUNT + 1)]
    old, heard = events[:COUNT], list[UUID]()

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        heard.extend(event.id for event in events)

    async def all_heard(count: int) -> None:
        async def done() -> bool:
            return len(heard) >= count

        await eventually(done, f"{count} events are heard", 90)

    async with opened(settings) as database:
        await lay_topics(settings, topic)
        await produce(settings, topic, [raw(event) for event in (*old, *old)])
        partition = (await held_by(settings, topic))[0].partition
        async with in_background(Consumer(settings, database, Clock(), {Happened.TYPE: hear}, [topic]).run()):
            await all_heard(COUNT)
        async with member(settings, topic) as late:
            await lay_topics(settings, topic)
            await produce(settings, topic, [raw(event) for event in events])
            await late.commit({TopicPartition(topic, partition): 2 * COUNT})
        async with in_background(Consumer(settings, database, Clock(), {Happened.TYPE: hear}, [topic]).run()):
            await all_heard(len(events))
    assert heard == [event.id for event in events]


@asynccontextmanager
async def member(settings: Settings, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Join the group of a service as one who only says how far it is."""
    client = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=settings.service,
        enable_auto_commit=False,
        session_timeout_ms=settings.session_timeout_ms,
    )
    await client.start()
    try:

        async def joined() -> bool:
            return bool(client.assignment())

        await eventually(joined, "the member has joined", 40)
        yield client
    finally:
        await client.stop()
