"""Consumers whose client stands still: it is replaced and nothing is lost; one that only waits for the database stays."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection
from chassis.telemetry import CONSUMER_REBUILDS
from support.applied import apply, consumer_of, out_of_order, until_applied
from support.backbone import Happened, happened, in_background, lay_topics, opened, produce, raw, settings_of
from support.instance import FreshDatabase


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
