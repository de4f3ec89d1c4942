"""Notices a client that stands still without an error: a part of it ended, it never joins, records wait and none come."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.clock import technical_now
from chassis.settings import Settings
from chassis.telemetry import CONSUMER_LAG, CONSUMER_MOVED, CONSUMER_REBUILDS, log

LOOK_EVERY_SECONDS = 5.0
GLANCE_EVERY_SECONDS = 0.5


class StoodStill(RuntimeError):
    """The client does nothing any more, or not what it should: it is to be built anew. Says why."""


class Watch:
    """What is known of one consumer's progress, over all the clients it has had."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._applying = False
        self._moved_at = 0.0
        self._looked_at = 0.0
        self._others_at = -1
        self.lag: int | None = None
        self.last_moved: datetime | None = None
        self.rebuilds = 0
        self.reason: str | None = None

    def told(self) -> dict[str, Any]:
        """Give what an operator wants to know."""
        return {
            "lag": self.lag,
            "last_moved": self.last_moved.isoformat() if self.last_moved else None,
            "rebuilds": self.rebuilds,
            "rebuilt_because": self.reason,
        }

    @contextmanager
    def applying(self) -> Iterator[None]:
        """While a batch is applied nothing stands still, however long the database is away."""
        self._applying = True
        try:
            yield
        finally:
            self._applying = False
            self._moved_at = asyncio.get_running_loop().time()
        self.last_moved = technical_now()
        CONSUMER_MOVED.labels(self._name).set(self.last_moved.timestamp())

    def rebuilt(self, reason: str) -> None:
        """The client is replaced."""
        self.rebuilds += 1
        self.reason = reason
        CONSUMER_REBUILDS.labels(self._name).inc()
        log().error("consumer.stood_still", consumer=self._name, reason=reason)

    def look_for_the_dead(self, client: AIOKafkaConsumer) -> None:
        """Raise StoodStill where a task of the client has ended: it would say nothing, or end us along with it."""
        for part, task in _tasks(client).items():
            if task is not None and task.done():
                error = None if task.cancelled() else task.exception()
                raise StoodStill(
                    f"the client's {part} has ended{f': {type(error).__name__}' if error else ''}"
                )

    async def over(self, client: AIOKafkaConsumer, topics: list[str]) -> None:
        """Watch a client from its start on; raises StoodStill."""
        self._begin()
        joined = False
        while True:
            await asyncio.sleep(min(GLANCE_EVERY_SECONDS, self._settings.watchdog_seconds / 4))
            if self._applying:
                continue
            self.look_for_the_dead(client)
            if joined:
                await self._look(client, topics)
            elif joined := _has_joined(client):
                self._begin()
            else:
                self._allow(2 * self._settings.session_timeout_ms / 1000, "it has not joined its group")

    def _begin(self) -> None:
        self._moved_at = self._looked_at = asyncio.get_running_loop().time()

    def _allow(self, more: float, why: str) -> None:
        still = asyncio.get_running_loop().time() - self._moved_at
        if still > self._settings.watchdog_seconds + more:
            raise StoodStill(f"{why} for {still:.0f} s")

    async def _look(self, client: AIOKafkaConsumer, topics: list[str]) -> None:
        """Compare position and end. Asking for ends waits behind the running fetch: not while records are coming."""
        now = asyncio.get_running_loop().time()
        every = min(LOOK_EVERY_SECONDS, self._settings.watchdog_seconds / 2)
        if now - max(self._moved_at, self._looked_at) < every:
            return
        async with asyncio.timeout(self._settings.watchdog_seconds):
            places = client.assignment()
            waiting = await self._lag(client) if places else await self._left_by_others(client, topics)
        self._looked_at = asyncio.get_running_loop().time()
        self.lag = waiting
        CONSUMER_LAG.labels(self._name).set(waiting)
        if waiting == 0:
            self._moved_at = self._looked_at
        else:
            self._allow(0, f"{waiting} records wait and none came" if places else "it was given no partition")

    async def _lag(self, client: AIOKafkaConsumer) -> int:
        """Give how many records are still to be read.

        The end is the larger of two answers: a memory broker counts batches where it is asked for it, and a fetch
        that hangs tells no high-water mark.
        """
        lag = 0
        for place, end in (await client.end_offsets(client.assignment())).items():
            lag += max(0, max(end, client.highwater(place) or 0) - await client.position(place))
        return lag

    async def _left_by_others(self, client: AIOKafkaConsumer, topics: list[str]) -> int:
        """Give what the group has not read; one member too many may wait for ever, as long as the others move.

        A memory broker has one member a service, and answers neither question well: there nothing to read is wrong.
        """
        if not self._settings.kafka_idempotent:
            return 1
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in client.partitions_for_topic(topic) or ()
        ]
        ends = await client.end_offsets(places)
        begins = await client.beginning_offsets(places)
        done = {place: (await client.committed(place)) or begins[place] for place in places}
        if self._others_at != sum(done.values()):
            self._others_at = sum(done.values())
            self._moved_at = asyncio.get_running_loop().time()
        return sum(max(0, ends[place] - done[place]) for place in places)


def _tasks(client: AIOKafkaConsumer) -> dict[str, "asyncio.Task[None] | None"]:
    """Give the client's own tasks; it tells of their end only in passing, or never."""
    return {
        "coordinator": getattr(client._coordinator, "_coordination_task", None),
        "fetcher": getattr(client._fetcher, "_fetch_task", None),
    }


def _has_joined(client: AIOKafkaConsumer) -> bool:
    subscription = client._subscription.subscription
    return subscription is not None and subscription.assignment is not None
