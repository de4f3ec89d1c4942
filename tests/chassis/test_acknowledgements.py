"""What the broker has not acknowledged counts as not told: it is sent again, in its place, before anything behind it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import RequestTimedOutError

from chassis import points
from chassis.database import Connection
from chassis.doorbell import Doorbell
from chassis.outbox import encode
from chassis.publishing import NotPublished, Publisher
from chassis.relay import Relay
from chassis.settings import Settings
from contracts.envelope import Event
from deploy.instance import Instance
from support.backbone import (
    eventually,
    happened,
    header,
    held_by,
    lose_topic,
    new_key,
    relaying,
    settings_of,
    superuser,
)
from support.instance import BROKER_KIND, FreshDatabase

LARGE = "x" * 150_000
KEYS = 40


@pytest.fixture
def settings(fresh: FreshDatabase, broker: Instance) -> Settings:
    return settings_of(fresh, broker_check_seconds=0.3, relay_page=400)


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE outbox, event_log")
        yield connection


async def tell(root: Connection, settings: Settings, events: Iterable[Event]) -> None:
    await root.execute("SELECT announce($1::jsonb)", encode(events, settings.topic))


async def drained(root: Connection) -> None:
    async def empty() -> bool:
        return not await root.fetchval("SELECT count(*) FROM outbox")

    await eventually(empty, "the outbox is empty")


def first_told(records: Sequence[Any]) -> dict[str, list[int]]:
    """Give the versions of each key in the order in which they were told for the first time."""
    found: dict[str, list[int]] = {}
    for record in records:
        versions = found.setdefault(record.key.decode(), [])
        version = int(header(record, "ce_aggregateversion"))
        if version not in versions:
            versions.append(version)
    return found


@pytest.fixture(params=[RequestTimedOutError, asyncio.CancelledError])
def lose_a_batch(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[int]]:
    """Let the first batch of events that is sent from now on never arrive; gives the partitions it was for.

    The client says that it has timed out, or cancels it.
    """
    send = AIOKafkaProducer.send_batch

    def arm() -> list[int]:
        lost: list[int] = []

        async def unsteady(self: AIOKafkaProducer, batch: Any, topic: str, *, partition: int) -> Any:
            if lost or topic != settings.topic:
                return await send(self, batch, topic, partition=partition)
            lost.append(partition)
            return asyncio.create_task(_give_up(request.param))

        monkeypatch.setattr(AIOKafkaProducer, "send_batch", unsteady)
        return lost

    return arm


async def _give_up(error: type[BaseException]) -> None:
    await asyncio.sleep(0.3)
    raise error


async def test_a_page_of_which_one_batch_was_not_acknowledged_is_sent_again(
    settings: Settings, root: Connection, lose_a_batch: Callable[[], list[int]]
) -> None:
    keys = [new_key() for _ in range(KEYS)]
    async with relaying(Relay(settings, Doorbell())):
        await tell(root, settings, [happened(key, 1) for key in keys])
        await drained(root)
        lost = lose_a_batch()
        await tell(root, settings, [happened(key, version) for version in (2, 3) for key in keys])
        await drained(root)
    assert lost
    assert first_told(await held_by(settings, settings.topic)) == {key: [1, 2, 3] for key in keys}


async def test_nothing_of_a_partition_is_sent_behind_a_batch_that_was_not_acknowledged(
    settings: Settings, root: Connection, lose_a_batch: Callable[[], list[int]]
) -> None:
    key = new_key()
    async with relaying(Relay(settings, Doorbell())):
        await tell(root, settings, [happened(key, 1)])
        await drained(root)
        lost = lose_a_batch()
        await tell(root, settings, [happened(key, version, text=LARGE) for version in range(2, 32)])
        await drained(root)
    assert lost
    assert first_told(await held_by(settings, settings.topic)) == {key: [*range(1, 32)]}


async def test_a_log_half_given_back_is_given_back_again(
    settings: Settings, root: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [new_key() for _ in range(KEYS)]
    async with relaying(Relay(settings, Doorbell())):
        for start in range(1, 101, 10):
            await tell(root, settings, [happened(key, start + n) for n in range(10) for key in keys])
        await drained(root)
    await lose_topic(settings, with_marker=True)
    publish, pages = Publisher.publish, iter([True, False])

    async def unsteady(self: Publisher, records: Sequence[tuple[str, Any]]) -> bool:
        if not next(pages, True):
            raise NotPublished("the broker was away")
        return await publish(self, records)

    monkeypatch.setattr(Publisher, "publish", unsteady)
    everything = {key: [*range(1, 101)] for key in keys}

    async def all_there() -> bool:
        return first_told(await held_by(settings, settings.topic)) == everything

    async with relaying(Relay(settings, Doorbell())):
        await eventually(all_there, "the whole log is there again, in order", 30)
    assert next(pages, None) is None


async def lose_the_topic(settings: Settings) -> None:
    """Let the broker forget a topic's records, and nothing else: its marker stays."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([settings.topic])
        await admin.create_topics([NewTopic(settings.topic, settings.kafka_partitions, 1)])
    finally:
        await admin.close()


async def test_a_page_acknowledged_by_a_topic_that_had_just_lost_its_records_is_told_again_with_them(
    settings: Settings, root: Connection
) -> None:
    keys = [new_key() for _ in range(KEYS)]
    losing = [False]

    def lose_it_once(name: str) -> None:
        if name == "relay.before-publish" and losing[0]:
            losing[0] = False
            beside = threading.Thread(target=lambda: asyncio.run(lose_the_topic(settings)))
            beside.start()
            beside.join()

    points.replace(lose_it_once)
    async with relaying(Relay(settings, Doorbell())):
        await tell(root, settings, [happened(key, version) for version in (1, 2) for key in keys])
        await drained(root)
        losing[0] = True
        await tell(root, settings, [happened(key, 3) for key in keys])
        await drained(root)

        async def all_there() -> bool:
            told = first_told(await held_by(settings, settings.topic))
            if BROKER_KIND == "kafka":  # what the new topic took before the loss was noticed stays first
                told = {key: sorted(versions) for key, versions in told.items()}
            return told == {key: [1, 2, 3] for key in keys}

        await eventually(all_there, "everything is on the topic again, in order")
    assert losing == [False]
