"""One of three brokers lost, leaders moved, too few copies in sync: nothing is lost, doubled in effect or out of order."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection
from chassis.doorbell import Doorbell
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.transaction import Transaction
from contracts.envelope import Event
from deploy.kafka.cluster import Cluster
from support.backbone import eventually, held_by, in_background, opened, settings_of, superuser
from support.histories import History, judge
from support.instance import Databases
from support.kafka import BROKERS, copies_in_sync, leaders, settings_of_topic

pytestmark = pytest.mark.usefixtures("whole_again")

PATIENCE_SECONDS = 120.0
STILL_SECONDS = 15.0
WRITERS = 4
MANY = 150
PREPARE = """
    CREATE TABLE applied (key text, version bigint, position bigint GENERATED ALWAYS AS IDENTITY);
    GRANT ALL ON applied TO keypost_tiering_worker;
"""


@dataclass
class Road:
    """A service that writes and tells, and one that hears it, on three brokers."""

    settings: Settings
    history: History
    root: Connection
    writers: list["asyncio.Task[None]"] = field(default_factory=list)

    async def told(self) -> int:
        """How many events the brokers have acknowledged."""
        return int(await self.root.fetchval("SELECT count(*) FROM event_log"))

    async def waiting(self) -> int:
        """How many events wait in the outbox."""
        return int(await self.root.fetchval("SELECT count(*) FROM outbox"))

    async def tell_more(self, count: int = MANY) -> None:
        """Wait until so many more events have been told."""
        wanted = await self.told() + count

        async def done() -> bool:
            return await self.told() >= wanted

        await eventually(done, f"{count} more events told", PATIENCE_SECONDS)

    async def write_more(self, count: int = MANY) -> None:
        """Wait until so many more writes have been acknowledged."""
        wanted = len(self.history.acknowledged) + count

        async def done() -> bool:
            return len(self.history.acknowledged) >= wanted

        await eventually(done, f"{count} more writes", PATIENCE_SECONDS)

    async def stop_writing(self) -> None:
        """Let the writers end their last write."""
        self.history.stopped = True
        await asyncio.gather(*self.writers)

    async def assert_sound(self) -> None:
        """Everything written was told in order and had its effect once, in order."""
        await self.stop_writing()

        async def all_told() -> bool:
            return not await self.waiting()

        async def all_applied() -> bool:
            applied = await self.root.fetchval("SELECT count(*) FROM applied")
            return int(applied) >= len(self.history.acknowledged)

        await eventually(all_told, "everything written has been told", PATIENCE_SECONDS)
        await eventually(all_applied, "everything told has had its effect", PATIENCE_SECONDS)
        verdict = judge(self.history, await held_by(self.settings, self.settings.topic))
        assert (verdict.lost, verdict.phantom, verdict.reordered) == (set(), set(), [])
        rows = await self.root.fetch("SELECT key, version FROM applied ORDER BY position")
        assert Counter((row["key"], row["version"]) for row in rows) == Counter(self.history.acknowledged)
        for key in {row["key"] for row in rows}:
            versions = [row["version"] for row in rows if row["key"] == key]
            assert versions == sorted(versions)


async def apply(tx: Transaction, events: Sequence[Event]) -> None:
    """Write down what came."""
    await tx.execute(
        "INSERT INTO applied (key, version) SELECT * FROM unnest($1::text[], $2::bigint[])",
        [event.subject for event in events],
        [event.version for event in events],
    )


@asynccontextmanager
async def road(cluster: Cluster, database: Databases, min_insync: int) -> AsyncIterator[Road]:
    fresh = database("tiering")
    settings = settings_of(
        fresh,
        kafka_bootstrap=cluster.bootstrap,
        kafka_replication=BROKERS,
        kafka_min_insync=min_insync,
        broker_check_seconds=0.3,
    )
    async with superuser(fresh) as root, opened(settings) as pools:
        history = History(settings.topic)
        await history.prepare(root)
        await root.execute(PREPARE)
        hears = Consumer(settings, pools, Clock(None), {"source.thing.happened.v1": apply}, [settings.topic])
        async with in_background(Relay(settings, Doorbell()).run(), hears.run()):
            made = Road(settings, history, root)
            made.writers = [
                asyncio.create_task(history.write(settings.worker_url, number)) for number in range(WRITERS)
            ]
            try:
                await made.tell_more()
                yield made
            finally:
                await made.stop_writing()


@pytest_asyncio.fixture
async def safe(cluster: Cluster, database: Databases) -> AsyncIterator[Road]:
    """The settings of use: an event is acknowledged once two of its three copies have it."""
    async with road(cluster, database, BROKERS - 1) as made:
        yield made


@pytest_asyncio.fixture
async def strict(cluster: Cluster, database: Databases) -> AsyncIterator[Road]:
    """An event is acknowledged only where every copy has it."""
    async with road(cluster, database, BROKERS) as made:
        yield made


def leader_of_most(led: Mapping[int, int]) -> int:
    [(broker, _)] = Counter(led.values()).most_common(1)
    return broker


async def whole(cluster: Cluster, topic: str) -> None:
    async def in_sync() -> bool:
        return await copies_in_sync(cluster, topic) == BROKERS

    await eventually(in_sync, "every copy in sync again", PATIENCE_SECONDS)


async def led_by_others(cluster: Cluster, topic: str, victim: int) -> None:
    async def moved() -> bool:
        found = (await leaders(cluster, topic)).values()
        return bool(found) and victim not in found

    await eventually(moved, "the leaders moved to the brokers that live", PATIENCE_SECONDS)


async def test_a_broker_killed_under_writers_loses_nothing_and_the_others_go_on(
    safe: Road, cluster: Cluster
) -> None:
    before = await leaders(cluster, safe.settings.topic)
    victim = leader_of_most(before)
    cluster.kill(victim)

    await led_by_others(cluster, safe.settings.topic, victim)
    await safe.tell_more()  # while it is dead

    await asyncio.to_thread(cluster.start, victim)
    await whole(cluster, safe.settings.topic)

    async def back() -> bool:
        return await leaders(cluster, safe.settings.topic) == before

    await eventually(back, "the leaders moved back to where they were", PATIENCE_SECONDS)
    await safe.tell_more()
    await safe.assert_sound()


async def test_events_wait_in_order_while_too_few_copies_are_in_sync(strict: Road, cluster: Cluster) -> None:
    victim = leader_of_most(await leaders(cluster, strict.settings.topic))
    cluster.kill(victim)

    async def missed() -> bool:
        return 0 < await copies_in_sync(cluster, strict.settings.topic) < BROKERS

    await eventually(missed, "a copy is missing", PATIENCE_SECONDS)
    await led_by_others(cluster, strict.settings.topic, victim)
    told = await strict.told()
    await strict.write_more()
    await asyncio.sleep(STILL_SECONDS)  # the brokers that live could have acknowledged meanwhile
    assert await strict.waiting() > 0
    assert await strict.told() == told, "an event was acknowledged that not every copy has"

    await asyncio.to_thread(cluster.start, victim)
    await strict.tell_more()
    await strict.assert_sound()


async def test_events_wait_while_no_majority_of_brokers_lives(safe: Road, cluster: Cluster) -> None:
    victims = [number for number in cluster.numbers if number != 1]
    for victim in victims:
        cluster.kill(victim)
    await safe.write_more()
    assert await safe.waiting() > 0

    await asyncio.to_thread(cluster.start, *victims)
    await safe.tell_more()
    await safe.assert_sound()


async def test_topics_are_laid_as_the_settings_say(safe: Road, cluster: Cluster) -> None:
    kept = await settings_of_topic(cluster, safe.settings.topic)
    dead_letters = await settings_of_topic(cluster, f"{safe.settings.topic}.dlq")
    day = 24 * 60 * 60 * 1000
    assert kept["min.insync.replicas"] == str(BROKERS - 1)
    assert kept["unclean.leader.election.enable"] == "false"
    assert int(kept["max.message.bytes"]) >= safe.settings.kafka_max_request_bytes
    assert (kept["retention.ms"], dead_letters["retention.ms"]) == (str(14 * day), str(30 * day))
    await whole(cluster, safe.settings.topic)
