"""The relay: whatever was committed is on the bus, once in order for each key, through every failure."""

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from chassis import points
from chassis.database import Connection
from chassis.doorbell import Doorbell
from chassis.outbox import encode
from chassis.relay import OWNERSHIP, Relay
from chassis.settings import Settings
from deploy.instance import Instance
from deploy.supervision import USUAL_STOP_SECONDS
from support.backbone import (
    eventually,
    happened,
    header,
    held_by,
    lose_topic,
    new_key,
    opened,
    relaying,
    settings_of,
    superuser,
)
from support.histories import SOUND, History, judge
from support.instance import FreshDatabase

OWNER = (
    f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = {OWNERSHIP} AND database = \
(SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE outbox, event_log")
        yield connection


@pytest_asyncio.fixture
async def history(root: Connection, settings: Settings) -> History:
    made = History(settings.topic)
    await made.prepare(root)
    return made


@pytest.fixture(params=[2_000, 160], ids=["long pages", "short pages"])
def settings(request: pytest.FixtureRequest, fresh: FreshDatabase, broker: Instance) -> Settings:
    """With short pages the next is always read while the one before is on its way."""
    return settings_of(fresh, broker_check_seconds=0.3, relay_page=request.param)


async def drained(root: Connection) -> None:
    async def empty() -> bool:
        return not await root.fetchval("SELECT count(*) FROM outbox")

    await eventually(empty, "the outbox is empty")


async def test_what_overlapping_writers_committed_is_told_once_and_in_order(
    settings: Settings, history: History, root: Connection
) -> None:
    async with relaying(Relay(settings, Doorbell())):
        while len(history.acknowledged) < 500:
            await history.write_for(settings.worker_url, 2.5)
        await drained(root)
    assert judge(history, await held_by(settings, settings.topic)) == SOUND
    logged = await root.fetch("SELECT key, version FROM event_log")
    assert {(row["key"], row["version"]) for row in logged} == history.acknowledged
    assert len(logged) == len(history.acknowledged)


async def test_of_two_relays_one_works(settings: Settings, history: History, root: Connection) -> None:
    async with relaying(Relay(settings, Doorbell()), Relay(settings, Doorbell())):
        await history.write_for(settings.worker_url, 1.0)
        await drained(root)
        assert len(await root.fetch(OWNER)) == 1
    assert judge(history, await held_by(settings, settings.topic)) == SOUND


async def test_another_relay_takes_over_when_the_owner_loses_its_connection(
    settings: Settings, history: History, root: Connection
) -> None:
    async def kill_owners() -> set[int]:
        killed: set[int] = set()
        while len(killed) < 3:
            await asyncio.sleep(0.4)
            for row in await root.fetch(OWNER):
                killed.add(row["pid"])
                await root.execute("SELECT pg_terminate_backend($1)", row["pid"])
        return killed

    async with relaying(Relay(settings, Doorbell()), Relay(settings, Doorbell())):
        killing = asyncio.create_task(kill_owners())
        await history.write_for(settings.worker_url, 2.0)
        assert len(await killing) == 3
        await drained(root)
    verdict = judge(history, await held_by(settings, settings.topic))
    assert (verdict.lost, verdict.phantom, verdict.reordered) == (set(), set(), [])


async def test_a_connection_lost_between_publish_and_move_costs_duplicates_only(
    settings: Settings, history: History, root: Connection, fresh: FreshDatabase
) -> None:
    lost = [False, False]
    async with superuser(fresh) as killer:

        def lose_the_connection(name: str) -> None:
            if name == "relay.after-publish" and not all(lost):
                lost[lost.index(False)] = True
                kill = f"SELECT pg_terminate_backend(pid) FROM ({OWNER}) owner"
                asyncio.get_running_loop().create_task(killer.execute(kill))

        points.replace(lose_the_connection)
        await history.write_for(settings.worker_url, 0.5)
        committed = await root.fetchval("SELECT count(*) FROM outbox")
        async with relaying(Relay(settings, Doorbell())):
            while not all(lost):
                await history.write_for(settings.worker_url, 0.5)
            await drained(root)
    assert committed
    verdict = judge(history, await held_by(settings, settings.topic))
    assert (verdict.lost, verdict.phantom, verdict.reordered) == (set(), set(), [])
    assert await root.fetchval("SELECT count(*) FROM event_log") == len(history.acknowledged)


async def test_a_broker_killed_and_back_empty_holds_everything_again_in_order(
    settings: Settings, history: History, root: Connection, broker: Instance
) -> None:
    async with relaying(Relay(settings, Doorbell())):
        await history.write_for(settings.worker_url, 0.5)
        await drained(root)
        published_before = len(history.acknowledged)
        broker.kill("broker")
        await history.write_for(settings.worker_url, 0.5)
        unpublished = await root.fetchval("SELECT count(*) FROM outbox")
        broker.start("broker")
        broker.wait_for("broker")
        await drained(root)
        await history.write_for(settings.worker_url, 0.3)
        await drained(root)
    assert published_before
    assert unpublished
    verdict = judge(history, await held_by(settings, settings.topic))
    assert (verdict.lost, verdict.phantom, verdict.reordered) == (set(), set(), [])


async def test_a_topic_that_the_broker_lost_alone_is_filled_again(
    settings: Settings, history: History, root: Connection
) -> None:
    async with relaying(Relay(settings, Doorbell())):
        await history.write_for(settings.worker_url, 0.3)
        await drained(root)
    first = await held_by(settings, settings.topic)
    assert judge(history, first) == SOUND
    await lose_topic(settings)
    async with relaying(Relay(settings, Doorbell())):
        await history.write_for(settings.worker_url, 0.3)
        await drained(root)
    assert judge(history, await held_by(settings, settings.topic)).lost == set()


async def test_what_is_committed_late_is_told_before_the_next_of_its_key(
    settings: Settings, root: Connection, fresh: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lower `seq` becomes visible while a page of its lane is on its way, and a higher one of the same key with it."""
    key, announce = new_key(), "SELECT announce($1::jsonb)"
    first, second = (encode([happened(key, version)], settings.topic) for version in (1, 2))
    others = encode([happened(new_key()) for _ in range(2 * settings.relay_page)], settings.topic)
    read_ahead, open_still = Relay._move_and_read, [True]
    async with superuser(fresh) as writer:
        late = writer.transaction()
        await late.start()
        await writer.execute(announce, first)
        await root.execute(announce, others)

        async def after_the_late_one(self: Relay, *page: Any) -> Any:
            if open_still:
                open_still.clear()
                await late.commit()
                await writer.execute(announce, second)
            return await read_ahead(self, *page)

        monkeypatch.setattr(Relay, "_move_and_read", after_the_late_one)
        async with relaying(Relay(settings, Doorbell())):
            await drained(root)
    told = [one for one in await held_by(settings, settings.topic) if one.key == key.encode()]
    assert [header(one, "ce_aggregateversion") for one in told] == ["1", "2"]


async def test_a_record_carries_the_attributes_of_its_event(
    settings: Settings, history: History, root: Connection
) -> None:
    async with relaying(Relay(settings, Doorbell())):
        await history.write_for(settings.worker_url, 0.1, writers=1)
        await drained(root)
    row = await root.fetchrow("SELECT * FROM event_log ORDER BY seq LIMIT 1")
    assert row
    records = await held_by(settings, settings.topic)
    record = next(one for one in records if header(one, "ce_id") == str(row["event_id"]))
    assert record.key == row["key"].encode()
    expected = {
        "ce_specversion": "1.0",
        "ce_type": row["type"],
        "ce_source": "/keypost/source",
        "ce_subject": row["key"],
        "ce_sequence": str(row["seq"]),
        "ce_aggregate": row["aggregate"],
        "ce_aggregateversion": str(row["version"]),
        "ce_orgpath": "CN",
        "ce_actor": "system:test",
        "ce_correlationid": "a-chain",
        "content-type": "application/json",
    }
    assert {name: header(record, name) for name in expected} == expected
    assert header(record, "ce_time").endswith("+08:00")


async def test_without_a_broker_the_outbox_buffers_and_the_bus_is_reported_down(
    fresh: FreshDatabase, history: History, root: Connection, broker: Instance
) -> None:
    nowhere = settings_of(fresh, kafka_bootstrap=f"127.0.0.1:{broker.layout.port + 99}")
    relay = Relay(nowhere, Doorbell())
    async with relaying(relay), opened(nowhere):
        await history.write_for(nowhere.worker_url, 0.3, writers=2)
        assert relay.bus_up is False
        assert await root.fetchval("SELECT count(*) FROM outbox") == len(history.acknowledged)


async def test_a_relay_ends_soon_and_loses_nothing_while_its_broker_does_not_answer(
    settings: Settings, history: History, root: Connection, broker: Instance
) -> None:
    """An idempotent producer never gives up what it has sent; the supervisor would have to kill the service."""
    loop = asyncio.get_running_loop()
    try:
        async with relaying(Relay(settings, Doorbell())):
            await history.write_for(settings.worker_url, 0.3)
            await drained(root)
            broker.kill("broker", signal.SIGSTOP)
            await history.write_for(settings.worker_url, 0.5)
            ending = loop.time()
        took = loop.time() - ending
    finally:
        broker.kill("broker", signal.SIGCONT)
    assert took < USUAL_STOP_SECONDS
    assert await root.fetchval("SELECT count(*) FROM outbox")
    async with relaying(Relay(settings, Doorbell())):
        await drained(root)
    verdict = judge(history, await held_by(settings, settings.topic))
    assert (verdict.lost, verdict.phantom, verdict.reordered) == (set(), set(), [])
