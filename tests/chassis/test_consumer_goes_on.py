"""A consumer that runs on while its client fails or its log is laid anew under it: nothing lost, nothing twice, in order."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis import lives
from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection
from chassis.transaction import Transaction
from contracts.envelope import Event
from support.backbone import (
    Happened,
    Raw,
    eventually,
    happened,
    in_background,
    lay_topics,
    new_key,
    opened,
    produce,
    raw,
    settings_of,
)
from support.instance import FreshDatabase

BATCH = 10


@pytest.mark.parametrize("failure", [KafkaError, OSError])
async def test_a_consumer_whose_client_fails_goes_on_with_another(
    fresh: FreshDatabase, unheard: Connection, failure: type[Exception]
) -> None:
    settings = settings_of(fresh, session_timeout_ms=6_000)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    events = [happened(new_key()) for _ in range(2 * BATCH)]
    numbers = {event.id: number for number, event in enumerate(events)}
    heard: list[int] = []

    async def hear(_tx: Transaction, batch: Sequence[Event]) -> None:
        heard.extend(numbers[event.id] for event in batch)

    class FailsOnce(Consumer):
        failed = False

        def _client(self) -> AIOKafkaConsumer:
            client = super()._client()
            getmany = client.getmany

            async def unsteady(*places: TopicPartition, **wanted: int) -> object:
                if heard and not self.failed:
                    self.failed = True
                    raise failure("the client is of no use any more")
                return await getmany(*places, **wanted)

            client.getmany = unsteady
            return client

    async def all_heard() -> bool:
        return len(heard) >= len(events)

    async with opened(settings) as database:
        consumer = FailsOnce(settings, database, Clock(), {Happened.TYPE: hear}, [topic])
        async with in_background(consumer.run()):
            await produce(settings, topic, [raw(event) for event in events[:BATCH]])

            async def begun() -> bool:
                return consumer.failed

            await eventually(begun, "the client has failed", 40)
            await produce(settings, topic, [raw(event) for event in events[BATCH:]])
            await eventually(all_heard, "everything is heard", 60)
    assert sorted(heard) == list(range(2 * BATCH))


async def test_a_log_laid_anew_under_a_reader_is_read_from_its_beginning(
    fresh: FreshDatabase, unheard: Connection
) -> None:
    """The old log told its events twice, so that the reader stands behind events of the new one that it never heard."""
    settings = settings_of(fresh, session_timeout_ms=6_000, consumer_batch=BATCH)
    topic = f"{settings.topic}.heard"
    key = new_key()
    events = [happened(key, version) for version in range(1, 8 * BATCH + 1)]
    doubled = [event for event in events[: 2 * BATCH] for _ in range(2)]
    reading, go_on, heard = asyncio.Event(), asyncio.Event(), list[int]()

    async def hear(_tx: Transaction, batch: Sequence[Event]) -> None:
        heard.extend(event.version for event in batch)
        reading.set()
        await go_on.wait()

    async def all_heard() -> bool:
        return len(heard) >= len(events)

    await lay_topics(settings, topic)
    await produce(settings, topic, [of_life(event, b"first") for event in doubled])
    async with opened(settings) as database:
        consumer = Consumer(settings, database, Clock(), {Happened.TYPE: hear}, [topic])
        async with in_background(consumer.run()):
            async with asyncio.timeout(60):
                await reading.wait()
            # What is left of the first fetch keeps the client from asking the broker meanwhile.
            await lay_topics(settings, topic)
            await produce(settings, topic, [of_life(event, b"second") for event in events])
            go_on.set()
            await eventually(all_heard, "everything of both lives is heard", 40)
    assert heard == [event.version for event in events]


def of_life(event: Event, life: bytes) -> Raw:
    """Give the record of an event in a life of its log."""
    told = raw(event)
    return Raw(told.key, told.value, [*told.headers, (lives.HEADER, life)])
