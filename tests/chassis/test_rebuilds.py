"""Rebuilds: a projection made once more under live traffic is the incremental one, row by row, or it is not taken over."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
import pytest_asyncio

from chassis import points
from chassis.bus import Consumer
from chassis.clock import Clock, technical_now
from chassis.database import Connection, Database
from chassis.ids import uuid7
from chassis.rebuilding import Rebuilder
from chassis.records import replay_topic
from chassis.settings import Settings
from chassis.shadow import Projection
from chassis.transaction import Transaction
from contracts.envelope import Event
from deploy.instance import Instance
from support.backbone import (
    Happened,
    eventually,
    happened,
    in_background,
    lay_topics,
    lose_topic,
    new_key,
    opened,
    produce,
    raw,
    settings_of,
    superuser,
)
from support.instance import Databases, FreshDatabase

PREPARE = """
    CREATE TABLE thing (key text PRIMARY KEY, version bigint NOT NULL, text text NOT NULL, written bigint NOT NULL DEFAULT 1);
    CREATE TABLE tally (key text PRIMARY KEY, events bigint NOT NULL, points numeric NOT NULL);
    CREATE INDEX thing_text ON thing (text);
    CALL guard_any('thing');
    CALL guard_any('tally');
    CREATE TABLE own (key text PRIMARY KEY);
    CALL guard_any('own');
"""
# The newest word wins; and a sum, which comes out wrong where an event has its effect twice or not at all.
THINGS = """
    INSERT INTO thing AS t (key, version, text)
    SELECT DISTINCT ON (key) key, version, text FROM unnest($1::text[], $2::bigint[], $3::text[]) AS e(key, version, text)
    ORDER BY key, version DESC
    ON CONFLICT (key) DO UPDATE SET version = EXCLUDED.version, text = EXCLUDED.text, written = t.written + 1
    WHERE t.version < EXCLUDED.version
"""
TALLIES = """
    INSERT INTO tally AS t (key, events, points)
    SELECT key, count(*), sum(points) FROM unnest($1::text[], $2::numeric[]) AS e(key, points) GROUP BY key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET events = t.events + EXCLUDED.events, points = t.points + EXCLUDED.points
"""
CATALOGUE = """
    SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text, c.relowner::regrole::text,
      c.relpersistence, (SELECT array_agg(p::text ORDER BY p.policyname) FROM pg_policies p
        WHERE p.schemaname = 'public' AND p.tablename = c.relname) AS policies,
      (SELECT array_agg(i.indexdef ORDER BY i.indexname) FROM pg_indexes i
        WHERE i.schemaname = 'public' AND i.tablename = c.relname) AS indexes,
      (SELECT array_agg(pg_get_constraintdef(k.oid) ORDER BY k.conname) FROM pg_constraint k
        WHERE k.conrelid = c.oid) AS rules
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
LEFT = "SELECT count(*) FROM pg_class WHERE relnamespace = 'shadow'::regnamespace"


async def keep(tx: Transaction, events: Sequence[Event]) -> None:
    """Keep the newest word of each thing, and how much was said of it."""
    keys = [event.subject for event in events]
    versions = [event.version for event in events]
    await tx.execute(THINGS, keys, versions, [str(event.data["text"]) for event in events])
    await tx.execute(TALLIES, keys, [event.data["points"] for event in events])


PROJECTION = Projection(("thing", "tally"), {Happened.TYPE: keep}, counted={"thing": ("written",)})


class Died(BaseException):
    """A process that ends at a named point."""


@dataclass
class House:
    """A service that hears, and what it has of what it heard."""

    settings: Settings
    database: Database
    root: Connection

    @property
    def topic(self) -> str:
        return f"{self.settings.topic}.heard"

    @property
    def consumer(self) -> Consumer:
        return Consumer(self.settings, self.database, Clock(None), {Happened.TYPE: keep}, [self.topic])

    def rebuilder(self, projection: Projection = PROJECTION) -> Rebuilder:
        return Rebuilder(self.settings, self.database, Clock(None), projection, [self.topic])

    async def say(self, *events: Event) -> None:
        await produce(self.settings, self.topic, [raw(event) for event in events])

    async def until_heard(self, count: int) -> None:
        async def heard() -> bool:
            return bool(await self.root.fetchval("SELECT count(*) FROM inbox") >= count)

        await eventually(heard, f"{count} events heard", 60)

    async def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Give every row of the projection, but for how often it was written."""
        things = await self.root.fetch("SELECT key, version, text FROM thing ORDER BY key")
        tallies = await self.root.fetch("SELECT * FROM tally ORDER BY key")
        return {"thing": [tuple(row) for row in things], "tally": [tuple(row) for row in tallies]}

    async def ask(self) -> UUID:
        asked = uuid7()
        await self.root.execute(
            "INSERT INTO rebuild (id, requested_by, requested_at) VALUES ($1, 'system:test', $2)",
            asked,
            technical_now(),
        )
        return asked

    async def rebuild(self, asked: UUID) -> asyncpg.Record:
        row = await self.root.fetchrow("SELECT * FROM rebuild WHERE id = $1", asked)
        assert row is not None
        return row

    async def until(self, asked: UUID, state: str, seconds: float = 90.0) -> asyncpg.Record:
        async def reached() -> bool:
            found = (await self.rebuild(asked))["state"]
            assert found == state or found in ("requested", "running"), await self.rebuild(asked)
            return bool(found == state)

        await eventually(reached, f"the rebuild is {state}", seconds)
        return await self.rebuild(asked)

    async def until_missing(self, asked: UUID, count: int) -> None:
        async def missing() -> bool:
            lack = (await self.rebuild(asked))["missing"]
            return lack is not None and sum(orjson.loads(lack).values()) == count

        await eventually(missing, f"{count} events are missing", 60)


@pytest_asyncio.fixture
async def house(backbone_databases: Databases, broker: Instance) -> AsyncIterator[House]:
    fresh: FreshDatabase = backbone_databases("tiering")
    settings = settings_of(
        fresh,
        rebuild_poll_seconds=0.2,
        consumer_wait_ms=200,
        consumer_batch=100,
        rebuild_batch=100,
        relay_poll_seconds=0.1,
    )
    async with superuser(fresh) as root, opened(settings) as database:
        owner = await asyncpg.connect(fresh.url("owner"))
        await owner.execute(
            "SELECT set_config('keypost.app_role', 'keypost_tiering_app', false),"
            " set_config('keypost.worker_role', 'keypost_tiering_worker', false)"
        )
        await owner.execute(PREPARE)
        await owner.close()
        made = House(settings, database, root)
        await lay_topics(settings, made.topic, replay_topic(made.topic))
        yield made


def a_history(chance: random.Random, keys: Sequence[str], each: int) -> list[Event]:
    """Give versions of things in an order in which a bus may bring them, some told twice."""
    events = [
        happened(key, version, text=f"{key} {version}", points=chance.randint(1, 100))
        for version in range(1, each + 1)
        for key in keys
    ]
    again = [events[chance.randrange(len(events))] for _ in range(len(events) // 10)]
    return events + again


def differing(row: asyncpg.Record) -> dict[str, int]:
    """Give how many rows of each table a rebuild has changed."""
    return {table: sum(one.values()) for table, one in orjson.loads(row["changed"]).items()}


@asynccontextmanager
async def writing(house: House, chance: random.Random) -> AsyncIterator[list[Event]]:
    """Let things happen all the time beside the test; the last of them is told before it goes on."""
    told: list[Event] = []
    enough = asyncio.Event()
    keys = [new_key() for _ in range(20)]

    async def write() -> None:
        version = 0
        while not enough.is_set():
            version += 1
            events = [happened(key, version, text="字", points=chance.randint(1, 9)) for key in keys]
            await house.say(*events)
            told.extend(events)

    task = asyncio.create_task(write())
    try:
        yield told
    finally:
        enough.set()
        await task


async def test_rebuilt_under_a_live_writer_it_is_the_incremental_one_row_by_row(house: House) -> None:
    chance = random.Random(1)
    events = a_history(chance, [new_key() for _ in range(40)], 25)
    await house.say(*events)
    async with in_background(house.consumer.run(), house.rebuilder().run()):
        await house.until_heard(40 * 25)
        async with writing(house, chance) as told:
            await eventually(lambda: asyncio.sleep(0, len(told) > 200), "the writer writes")
            asked = await house.ask()
            done = await house.until(asked, "done")
            so_far = len(told)
            await eventually(lambda: asyncio.sleep(0, len(told) > so_far), "the writer writes on")
        await house.until_heard(40 * 25 + len(told))
    assert differing(done) == {"thing": 0, "tally": 0}
    assert done["heard"] >= 40 * 25 + 200
    assert done["begun_at"] <= done["ended_at"]
    said = {event.id: event for event in [*events, *told]}.values()
    expected: dict[str, list[Any]] = {}
    for event in said:
        known = expected.setdefault(event.subject, [event.subject, 0, 0])
        known[1:] = [known[1] + 1, known[2] + event.data["points"]]
    assert [list(row) for row in (await house.rows())["tally"]] == sorted(expected.values())


async def test_what_was_damaged_by_hand_is_healed_while_the_consumer_goes_on(house: House) -> None:
    chance = random.Random(2)
    await house.say(*a_history(chance, [new_key() for _ in range(50)], 10))
    async with in_background(house.consumer.run(), house.rebuilder().run()):
        await house.until_heard(500)
        sound = await house.rows()
        written = await house.root.fetch("SELECT key, written FROM thing ORDER BY key")
        await house.root.execute(
            "UPDATE thing SET text = 'wrong' WHERE key IN (SELECT key FROM thing LIMIT 7)"
        )
        await house.root.execute("DELETE FROM tally WHERE key IN (SELECT key FROM tally LIMIT 3)")
        await house.root.execute("INSERT INTO tally VALUES ('never told', 1, 1)")
        await house.root.execute(
            "UPDATE tally SET points = points + 0.00 WHERE key = $1", sound["tally"][-1][0]
        )
        done = await house.until(await house.ask(), "done")
        assert await house.rows() == sound
        assert await house.root.fetch("SELECT key, written FROM thing ORDER BY key") == written
        changed = orjson.loads(done["changed"])
        assert changed["thing"] == {"added": 0, "changed": 7, "removed": 0}
        assert changed["tally"] == {"added": 3, "changed": 1, "removed": 1}
        key = new_key()
        await house.say(happened(key, 1, text="later", points=5))
        await house.until_heard(501)
        assert await house.root.fetchval("SELECT points FROM tally WHERE key = $1", key) == 5


async def test_statements_prepared_before_read_what_is_there_after(house: House) -> None:
    await house.say(*a_history(random.Random(3), [new_key() for _ in range(5)], 4))
    reader = await asyncpg.connect(house.settings.worker_url)
    try:
        prepared = await reader.prepare("SELECT * FROM thing WHERE key = $1")
        writer = await reader.prepare("UPDATE tally SET events = events WHERE key = $1 RETURNING events")
        async with in_background(house.consumer.run(), house.rebuilder().run()):
            await house.until_heard(20)
            key = (await house.rows())["thing"][0][0]
            before = await prepared.fetchrow(key)
            await house.root.execute("UPDATE thing SET text = 'wrong' WHERE key = $1", key)
            await house.until(await house.ask(), "done")
            assert await prepared.fetchrow(key) == before
            assert await writer.fetchval(key) == 4
    finally:
        await reader.close()


async def test_events_that_the_bus_holds_no_longer_are_counted_and_nothing_is_taken_over(
    house: House,
) -> None:
    keys = [new_key() for _ in range(30)]
    lost = a_history(random.Random(4), keys[:10], 3)
    kept = a_history(random.Random(5), keys[10:], 3)
    await house.say(*lost, *kept)
    async with in_background(house.consumer.run()):
        await house.until_heard(90)
        await house.root.execute("UPDATE thing SET text = 'wrong'")
        wrong = await house.rows()
    await lose_topic(house.settings, house.topic)
    await lay_topics(house.settings, house.topic, replay_topic(house.topic))
    await house.say(*kept)
    async with in_background(house.consumer.run(), house.rebuilder().run()):
        asked = await house.ask()
        await house.until_missing(asked, 30)
        await asyncio.sleep(3)
        row = await house.rebuild(asked)
        assert (row["state"], orjson.loads(row["missing"]), row["heard"]) == ("running", {"source": 30}, 60)
        assert await house.rows() == wrong
        await produce(house.settings, replay_topic(house.topic), [raw(one) for one in lost])
        done = await house.until(asked, "done")
    assert (done["heard"], differing(done)) == (90, {"thing": 30, "tally": 0})
    assert {row[2] for row in (await house.rows())["thing"]} == {f"{key} 3" for key in keys}


async def test_an_event_that_was_set_aside_is_no_part_of_it_and_one_released_is(house: House) -> None:
    good, bad = new_key(), new_key()
    wrong = happened(bad, 1, text="x", points="no number")
    await house.say(happened(good, 1, text="a", points=1), wrong, happened(bad, 2, text="b", points=2))
    async with in_background(house.consumer.run(), house.rebuilder().run()):
        await house.until_heard(3)
        done = await house.until(await house.ask(), "done")
        assert (done["heard"], differing(done)) == (1, {"thing": 0, "tally": 0})
        await house.root.execute("DELETE FROM parked WHERE event_id = $1", wrong.id)
        await house.root.execute("DELETE FROM inbox WHERE event_id = $1", wrong.id)
        async with house.database.worker.acquire() as connection, connection.transaction():
            later = await connection.fetchval("DELETE FROM parked WHERE key = $1 RETURNING event_id", bad)
            await connection.execute("INSERT INTO thing VALUES ($1, 2, 'b')", bad)
            await connection.execute("INSERT INTO tally VALUES ($1, 1, 2)", bad)
        assert later is not None
        done = await house.until(await house.ask(), "done")
        assert (done["heard"], differing(done)) == (2, {"thing": 0, "tally": 0})


async def test_an_event_that_a_handler_can_no_longer_apply_ends_it_and_is_named(house: House) -> None:
    events = a_history(random.Random(6), [new_key() for _ in range(5)], 4)
    culprit = events[7]
    await house.say(*events)

    async def keep_not(tx: Transaction, heard: Sequence[Event]) -> None:
        if any(event.id == culprit.id for event in heard):
            raise LookupError("unheard of")
        await keep(tx, heard)

    projection = replace(PROJECTION, handlers={Happened.TYPE: keep_not})
    async with in_background(house.consumer.run(), house.rebuilder(projection).run()):
        await house.until_heard(20)
        before = await house.rows()
        failed = await house.until(await house.ask(), "failed")
        assert str(culprit.id) in failed["reason"]
        assert "unheard of" in failed["reason"]
        assert await house.rows() == before
        assert await house.root.fetchval(LEFT) == 0


async def tells(tx: Transaction, events: Sequence[Event]) -> None:
    await tx.announce([events[0]])


async def writes_beside(tx: Transaction, events: Sequence[Event]) -> None:
    await tx.execute("INSERT INTO own VALUES ($1)", events[0].subject)


async def reads_beside(tx: Transaction, events: Sequence[Event]) -> None:
    await tx.execute("SELECT FROM organisation")


@pytest.mark.parametrize("handler", [tells, writes_beside, reads_beside])
async def test_a_handler_that_does_more_than_keep_its_tables_is_refused(house: House, handler: Any) -> None:
    await house.say(happened(new_key(), 1, text="a", points=1))

    async def impure(tx: Transaction, events: Sequence[Event]) -> None:
        await keep(tx, events)
        await handler(tx, events)

    projection = replace(PROJECTION, handlers={Happened.TYPE: impure})
    async with in_background(house.consumer.run(), house.rebuilder(projection).run()):
        await house.until_heard(1)
        failed = await house.until(await house.ask(), "failed")
    assert "does not exist" in failed["reason"]
    assert await house.root.fetchval("SELECT count(*) FROM outbox") == 0
    assert await house.root.fetchval("SELECT count(*) FROM own") == 0


async def test_cancelled_it_leaves_everything_as_it_was(house: House) -> None:
    await house.say(*a_history(random.Random(7), [new_key() for _ in range(20)], 5))
    async with in_background(house.consumer.run()):
        await house.until_heard(100)
        await house.root.execute("UPDATE thing SET text = 'wrong'")
        wrong = await house.rows()
        gone = happened(new_key(), 1, text="a", points=1)
        await house.root.execute(
            "INSERT INTO inbox (consumer, event_id, source, type, aggregate, version) VALUES ($1, $2, 's', $3, 'a', 1)",
            house.settings.service, gone.id, gone.type,
        )  # fmt: skip
        async with in_background(house.rebuilder().run()):
            asked = await house.ask()
            await house.until_missing(asked, 1)
            await house.root.execute("UPDATE rebuild SET state = 'cancelled' WHERE id = $1", asked)

            async def swept() -> bool:
                return not await house.root.fetchval(LEFT)

            await eventually(swept, "nothing is left of the shadow")
            assert await house.rows() == wrong
            assert (await house.rebuild(asked))["state"] == "cancelled"


POINTS = [name for name in points.POINTS if name.startswith("rebuild.")]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_any_point_it_begins_again_or_is_done(house: House, point: str) -> None:
    await house.say(*a_history(random.Random(8), [new_key() for _ in range(60)], 5))

    def die(name: str) -> None:
        if name == point:
            raise Died(name)

    async with in_background(house.consumer.run()):
        await house.until_heard(300)
        sound = await house.rows()
        await house.root.execute(
            "UPDATE thing SET text = 'wrong' WHERE key IN (SELECT key FROM thing LIMIT 9)"
        )
        wrong = await house.rows()
        asked = await house.ask()
        points.replace(die)
        with pytest.raises(Died):
            await asyncio.wait_for(house.rebuilder()._rebuild_next(), 90)
        points.replace(lambda _: None)
        is_over = point == "rebuild.after-commit"
        assert await house.rows() == (sound if is_over else wrong)
        async with in_background(house.rebuilder().run()):
            done = await house.until(asked, "done")
        assert await house.rows() == sound
        assert differing(done) == {"thing": 9, "tally": 0}
        assert await house.root.fetchval(LEFT) == 0


async def test_two_processes_make_one_rebuild(house: House) -> None:
    await house.say(*a_history(random.Random(9), [new_key() for _ in range(20)], 5))
    async with in_background(house.consumer.run(), house.rebuilder().run(), house.rebuilder().run()):
        await house.until_heard(100)
        for _ in range(3):
            done = await house.until(await house.ask(), "done")
            assert (done["heard"], differing(done)) == (100, {"thing": 0, "tally": 0})


async def test_rights_policies_indexes_and_rules_are_the_same_before_and_after(house: House) -> None:
    await house.say(*a_history(random.Random(10), [new_key() for _ in range(20)], 5))
    async with in_background(house.consumer.run(), house.rebuilder().run()):
        await house.until_heard(100)
        before = await house.root.fetch(CATALOGUE)
        await house.root.execute("DELETE FROM thing")
        done = await house.until(await house.ask(), "done")
    assert differing(done) == {"thing": 20, "tally": 0}
    assert await house.root.fetch(CATALOGUE) == before


async def test_the_application_sees_nothing_of_a_shadow(house: House) -> None:
    await house.say(happened(new_key(), 1, text="a", points=1))

    def look(name: str) -> None:
        if name == "rebuild.after-effect":
            raise Died

    async with in_background(house.consumer.run()):
        await house.until_heard(1)
        await house.ask()
        points.replace(look)
        with pytest.raises(Died):
            await asyncio.wait_for(house.rebuilder()._rebuild_next(), 90)
    assert await house.root.fetchval("SELECT count(*) FROM shadow.thing") == 1
    for statement in (
        "SELECT * FROM shadow.thing",
        "CREATE TABLE shadow.mine ()",
        "DELETE FROM shadow.inbox",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await house.database.app.execute(statement)
