"""Consumers: every event has its effect once, in order for each key, and what cannot be applied stops its key only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection, Database
from chassis.releasing import StillWrong, release
from chassis.settings import Settings
from chassis.transaction import Transaction, unscoped
from contracts.envelope import Event
from deploy.instance import Instance
from support.backbone import (
    Happened,
    Raw,
    eventually,
    happened,
    in_background,
    lay_topics,
    moment,
    new_key,
    opened,
    produce,
    raw,
    settings_of,
    superuser,
)
from support.instance import FreshDatabase

PREPARE = """
    CREATE TABLE applied (key text, version bigint, event_id uuid, position bigint GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE forbidden (key text PRIMARY KEY);
    CREATE TABLE locked (name text PRIMARY KEY);
    INSERT INTO locked VALUES ('first'), ('second');
    CREATE SEQUENCE tries;
    GRANT ALL ON applied, forbidden, locked TO keypost_tiering_worker;
    GRANT ALL ON SEQUENCE tries TO keypost_tiering_worker;
"""
FAIL_TWICE = "DO $$ BEGIN IF nextval('tries') <= 2 THEN RAISE SQLSTATE '40001'; END IF; END $$"


@dataclass
class Bench:
    """A running consumer, whose handler writes what it gets into a table."""

    settings: Settings
    database: Database
    consumer: Consumer
    root: Connection

    @property
    def topic(self) -> str:
        return f"{self.settings.topic}.heard"

    async def say(self, *records: Raw | Event) -> None:
        await produce(
            self.settings, self.topic, [one if isinstance(one, Raw) else raw(one) for one in records]
        )

    async def applied(self, key: str) -> list[int]:
        rows = await self.root.fetch("SELECT version FROM applied WHERE key = $1 ORDER BY position", key)
        return [row["version"] for row in rows]

    async def parked(self, key: str) -> list[asyncpg.Record]:
        return await self.root.fetch("SELECT * FROM parked WHERE key = $1 ORDER BY position", key)

    async def until_applied(self, key: str, versions: Sequence[int], seconds: float = 20.0) -> None:
        async def done() -> bool:
            return set(versions) <= set(await self.applied(key))

        await eventually(done, f"{key} applied to {max(versions)}", seconds)
        assert await self.applied(key) == list(versions)

    async def until_parked(self, key: str, count: int) -> list[asyncpg.Record]:
        async def done() -> bool:
            return len(await self.parked(key)) >= count

        await eventually(done, f"{count} parked of {key}")
        return await self.parked(key)

    async def release(self, key: str) -> int:
        async with unscoped(self.database.worker, moment()) as tx:
            return await release(self.consumer, tx, key)


async def apply(tx: Transaction, events: Sequence[Event]) -> None:
    """Write down what came; an event may ask for trouble."""
    for event in events:
        await do(tx, event)
    await tx.execute(
        "INSERT INTO applied (key, version, event_id) SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[])",
        [event.subject for event in events],
        [event.version for event in events],
        [event.id for event in events],
    )


async def do(tx: Transaction, event: Event) -> None:
    match event.data.get("do"):
        case "fail unless allowed":
            if await tx.fetchval("SELECT true FROM forbidden WHERE key = $1", event.subject):
                raise ValueError(f"{event.subject} 13800138000 is forbidden")
        case "send what has no place":
            await tx.execute("SELECT $1::bigint", 2**70)
        case "be rolled back twice":
            await tx.execute(FAIL_TWICE)
        case "lock both":
            await tx.execute("SELECT FROM locked WHERE name = 'first' FOR UPDATE")
            await asyncio.sleep(0.5)
            await tx.execute("SELECT FROM locked WHERE name = 'second' FOR UPDATE")
        case "take long":
            await asyncio.sleep(event.data["seconds"])


@pytest_asyncio.fixture(scope="module")
async def bench(fresh: FreshDatabase, broker: Instance) -> AsyncIterator[Bench]:
    settings = settings_of(fresh)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    async with superuser(fresh) as root, opened(settings) as database:
        await root.execute(PREPARE)
        consumer = Consumer(settings, database, Clock(), {Happened.TYPE: apply}, [topic])
        async with in_background(consumer.run()):
            yield Bench(settings, database, consumer, root)


async def test_an_event_told_again_has_no_second_effect(bench: Bench) -> None:
    key = new_key()
    events = [happened(key, version) for version in (1, 2, 3)]
    await bench.say(*events, events[1])
    await bench.until_applied(key, [1, 2, 3])
    await bench.say(*events, happened(key, 4))
    await bench.until_applied(key, [1, 2, 3, 4])


async def test_events_of_others_are_passed_over(bench: Bench) -> None:
    key = new_key()
    stranger = happened(key, 1, type_="source.thing.renamed.v1")
    await bench.say(stranger, happened(key, 2))
    await bench.until_applied(key, [2])
    assert not await bench.root.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", stranger.id)


async def test_a_record_that_is_no_event_is_parked_and_only_its_key_waits(bench: Bench) -> None:
    poison: dict[str, Callable[[Event], Raw]] = {
        "a header that is not UTF-8": lambda one: raw(one, ce_actor=b"\xff\xfe"),
        "no headers": lambda one: Raw(one.subject.encode(), b"{}"),
        "an attribute missing": lambda one: replace(raw(one), headers=raw(one).headers[1:5]),
        "no JSON": lambda one: replace(raw(one), value=b"{"),
        "no value": lambda one: replace(raw(one), value=None),
        "JSON but no object": lambda one: replace(raw(one), value=b"[]"),
        "a version beyond a bigint": lambda one: raw(one, ce_aggregateversion=b"9" * 30),
        "version nought": lambda one: raw(one, ce_aggregateversion=b"0"),
        "a NUL in an attribute": lambda one: raw(one, ce_source=b"/key\x00post"),
        "a time without offset": lambda one: raw(one, ce_time=b"2026-03-02T09:00:00"),
        "no UUID": lambda one: raw(one, ce_id=b"42"),
    }
    keys = {name: new_key() for name in poison}
    sound = new_key()
    await bench.say(*(make(happened(keys[name], 1)) for name, make in poison.items()))
    await bench.say(*(happened(key, 2) for key in keys.values()), happened(sound))
    await bench.until_applied(sound, [1])
    for name, key in keys.items():
        rows = await bench.until_parked(key, 2)
        assert "MalformedEvent" in rows[0]["error"], name
        assert rows[1]["error"] == "waits behind an earlier record of its key", name
        assert await bench.applied(key) == [], name
        letters = await bench.root.fetch("SELECT * FROM outbox WHERE key = $1 ORDER BY seq", key)
        assert {row["topic"] for row in letters} == {f"{bench.settings.topic}.dlq"}, name
        assert len(letters) == 2, name


async def test_keys_that_are_no_text_are_parked_too(bench: Bench) -> None:
    strange = [None, b"\xff\xfe", b"a\x00b", b"k" * 9_000]
    sound = new_key()
    await bench.say(*(Raw(key, b"nothing") for key in strange), happened(sound))
    await bench.until_applied(sound, [1])

    async def all_parked() -> bool:
        count = "SELECT count(*) FROM parked WHERE value = 'nothing'"
        return bool(await bench.root.fetchval(count) == len(strange))

    await eventually(all_parked, "every strange key is parked")


async def test_an_unknown_version_of_a_known_fact_is_parked(bench: Bench) -> None:
    key = new_key()
    await bench.say(happened(key, 1, type_="source.thing.happened.v2"), happened(key, 2))
    rows = await bench.until_parked(key, 2)
    assert "source.thing.happened.v2 is of a version" in rows[0]["error"]


async def test_what_a_handler_refuses_is_parked_and_released_in_order(bench: Bench) -> None:
    key = new_key()
    await bench.root.execute("INSERT INTO forbidden VALUES ($1)", key)
    await bench.say(*(happened(key, version, do="fail unless allowed") for version in (1, 2, 3)))
    rows = await bench.until_parked(key, 3)
    assert "13800138000" not in rows[0]["error"]
    try:
        await bench.release(key)
        raise AssertionError("what is still wrong is not released")
    except StillWrong:
        assert len(await bench.parked(key)) == 3
    await bench.root.execute("DELETE FROM forbidden WHERE key = $1", key)
    assert await bench.release(key) == 3
    assert await bench.applied(key) == [1, 2, 3]
    await bench.say(happened(key, 4))
    await bench.until_applied(key, [1, 2, 3, 4])


async def test_what_the_driver_cannot_send_is_parked_not_retried(bench: Bench) -> None:
    key, sound = new_key(), new_key()
    await bench.say(happened(key, do="send what has no place"), happened(sound))
    await bench.until_applied(sound, [1])
    await bench.until_parked(key, 1)


async def test_one_bad_event_in_a_batch_of_2000_is_found_and_the_others_are_applied(bench: Bench) -> None:
    keys = [new_key() for _ in range(500)]
    bad = keys[250]
    await bench.root.execute("INSERT INTO forbidden VALUES ($1)", bad)
    await bench.say(
        *(happened(key, version, do="fail unless allowed") for version in range(1, 5) for key in keys)
    )
    await bench.until_parked(bad, 4)

    async def all_others() -> bool:
        count = "SELECT count(*) FROM applied WHERE key = ANY ($1)"
        return bool(await bench.root.fetchval(count, keys) == 4 * 499)

    await eventually(all_others, "the others are applied")
    assert await bench.applied(bad) == []
    assert await bench.root.fetchval("SELECT count(*) FROM parked WHERE key = ANY ($1)", keys) == 4


async def test_a_transaction_rolled_back_by_the_database_is_tried_again(bench: Bench) -> None:
    key = new_key()
    await bench.root.execute("ALTER SEQUENCE tries RESTART")
    await bench.say(happened(key, do="be rolled back twice"))
    await bench.until_applied(key, [1])
    assert await bench.root.fetchval("SELECT last_value FROM tries") == 3
    assert not await bench.parked(key)


async def test_a_deadlock_is_tried_again(bench: Bench, fresh: FreshDatabase) -> None:
    key = new_key()
    async with superuser(fresh) as other:
        await other.execute("SET deadlock_timeout = '10s'")
        async with other.transaction():
            await other.execute("SELECT FROM locked WHERE name = 'second' FOR UPDATE")
            await bench.say(happened(key, do="lock both"))
            await asyncio.sleep(1.0)
            await other.execute("SELECT FROM locked WHERE name = 'first' FOR UPDATE")
    await bench.until_applied(key, [1])
    assert not await bench.parked(key)


async def test_a_consumer_whose_connections_are_killed_goes_on(bench: Bench) -> None:
    key = new_key()
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keypost_tiering_worker'"
    for version in range(1, 6):
        await bench.say(happened(key, version, do="take long", seconds=0.2))
        await asyncio.sleep(0.1)
        await bench.root.execute(kill)
    await bench.until_applied(key, [1, 2, 3, 4, 5])


async def test_a_record_of_two_megabytes_is_applied(bench: Bench) -> None:
    key = new_key()
    await bench.say(happened(key, 1, text="x" * 2_000_000), happened(key, 2))
    await bench.until_applied(key, [1, 2])

    async def caught_up() -> bool:
        return bench.consumer.caught_up

    await eventually(caught_up, "the consumer has caught up")


async def test_release_takes_along_what_was_parked_meanwhile(bench: Bench) -> None:
    key = new_key()
    await bench.root.execute("INSERT INTO forbidden VALUES ($1)", key)
    await bench.say(happened(key, 1, do="fail unless allowed"))
    await bench.until_parked(key, 1)
    await bench.root.execute("DELETE FROM forbidden WHERE key = $1", key)
    async with unscoped(bench.database.worker, moment()) as tx:
        assert await release(bench.consumer, tx, key) == 1
        await bench.say(*(happened(key, version) for version in (2, 3)))
        await asyncio.sleep(1.0)
    await bench.until_applied(key, [1, 2, 3])
    assert not await bench.parked(key)


async def test_the_inbox_names_what_was_heard(bench: Bench) -> None:
    key = new_key()
    event = happened(key)
    await bench.say(event)
    await bench.until_applied(key, [1])
    row: Any = await bench.root.fetchrow("SELECT * FROM inbox WHERE event_id = $1", event.id)
    assert (row["consumer"], row["source"], row["aggregate"]) == (
        bench.settings.service,
        "/keypost/source",
        f"thing:{key}",
    )
    assert isinstance(row["event_id"], UUID)


async def test_what_stands_behind_a_later_version_is_parked_and_applied_when_released(bench: Bench) -> None:
    """In one batch and over two; a gap alone is none of this consumer's business."""
    together, apart, sound = new_key(), new_key(), new_key()
    await bench.say(
        happened(together, 1), happened(together, 3), happened(together, 2), happened(together, 4)
    )
    await bench.say(happened(apart, 1), happened(apart, 5), happened(sound))
    await bench.until_applied(apart, [1, 5])
    await bench.say(happened(apart, 4), happened(apart, 6), happened(sound, 2))
    await bench.until_applied(sound, [1, 2])
    for key, first, rest in ((together, [1, 3], [2, 4]), (apart, [1, 5], [4, 6])):
        rows = await bench.until_parked(key, 2)
        assert "OutOfOrder" in rows[0]["error"]
        assert rows[1]["error"] == "waits behind an earlier record of its key"
        assert await bench.applied(key) == first
        assert await bench.root.fetchval("SELECT count(*) FROM outbox WHERE key = $1", key) == 2
        assert await bench.release(key) == 2
        assert await bench.applied(key) == [*first, *rest]
    await bench.say(happened(together, 5))
    await bench.until_applied(together, [1, 3, 2, 4, 5])


async def test_an_earlier_version_told_again_is_not_out_of_order(bench: Bench) -> None:
    key = new_key()
    events = [happened(key, version) for version in (1, 2, 3)]
    await bench.say(*events)
    await bench.until_applied(key, [1, 2, 3])
    await bench.say(*events, happened(key, 4))
    await bench.until_applied(key, [1, 2, 3, 4])
    assert not await bench.parked(key)


async def test_what_a_replay_tells_is_never_out_of_order(bench: Bench) -> None:
    """Whoever lost a database hears what happens and, beside it, what had happened."""
    key = new_key()
    await bench.say(happened(key, 9))
    await bench.until_applied(key, [9])
    again = [raw(happened(key, version)) for version in (1, 2)]
    await produce(bench.settings, f"{bench.topic}.replay", again)
    await bench.until_applied(key, [9, 1, 2])
    assert not await bench.parked(key)


async def test_records_of_five_megabytes_from_a_stranger_are_parked_whole_and_told_in_short(
    bench: Bench,
) -> None:
    much = b"x" * 5_000_000
    strange: dict[str, Callable[[Event], Raw]] = {
        "no headers": lambda one: Raw(one.subject.encode(), much),
        "a header of no text": lambda one: replace(raw(one, ce_actor=b"\xff" * 1_000), value=much),
        "a time that is none": lambda one: raw(one, ce_time=much),
        "a type of megabytes": lambda one: raw(one, ce_type=b"source.thing.happened.v" + much),
        "an organisation of megabytes": lambda one: raw(one, ce_orgpath=much, ce_aggregateversion=b"0"),
    }
    keys = {name: new_key() for name in strange}
    sound = new_key()
    for name, make in strange.items():
        await bench.say(make(happened(keys[name], 1)))
    await bench.say(happened(sound))
    await bench.until_applied(sound, [1], 60)
    for name, key in keys.items():
        (row,) = await bench.until_parked(key, 1)
        held = len(row["value"] or b"") + len(row["headers"])
        assert held > len(much), name
        assert len(row["error"]) <= 500, name
        (letter,) = await bench.root.fetch("SELECT outbox::text AS told FROM outbox WHERE key = $1", key)
        assert len(letter["told"]) < 4_000, name


async def test_an_event_of_five_megabytes_that_cannot_be_applied_is_told_in_short(bench: Bench) -> None:
    """Its attributes are as long as its sender likes; the dead letter stays a letter."""
    key = new_key()
    await bench.root.execute("INSERT INTO forbidden VALUES ($1)", key)
    event = replace(
        happened(key, do="fail unless allowed"), orgpath="o" * 3_000_000, correlation_id="c" * 3_000_000
    )
    await bench.say(event)
    (row,) = await bench.until_parked(key, 1)
    (letter,) = await bench.root.fetch("SELECT * FROM outbox WHERE key = $1", key)
    assert (letter["orgpath"], letter["correlation_id"]) == ("CN", str(row["id"]))
    await bench.root.execute("DELETE FROM forbidden WHERE key = $1", key)
    assert await bench.release(key) == 1
    await bench.until_applied(key, [1])


async def test_an_event_that_no_broker_takes_is_refused_where_it_is_announced(bench: Bench) -> None:
    key = new_key()
    with pytest.raises(asyncpg.CheckViolationError, match="outbox_event_size"):
        async with unscoped(bench.database.worker, moment()) as tx:
            await tx.announce([happened(key, text="x" * 4_200_000)])
    async with unscoped(bench.database.worker, moment()) as tx:
        await tx.announce([happened(key, text="x" * 4_100_000)])
    assert await bench.root.fetchval("SELECT count(*) FROM outbox WHERE key = $1", key) == 1
