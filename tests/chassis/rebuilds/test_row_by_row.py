"""Rebuilds: a projection made once more under live traffic is the incremental one, row by row, rights and rules too."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson

from contracts.envelope import Event
from support.backbone import eventually, happened, in_background, new_key
from support.projections import House, a_history, differing

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
            await house.until_heard(40 * 25 + 200)
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
            "UPDATE thing SET text = 'wrong' WHERE key IN (SELECT key FROM thing ORDER BY key LIMIT 7)"
        )
        await house.root.execute(
            "DELETE FROM tally WHERE key IN (SELECT key FROM tally ORDER BY key LIMIT 3)"
        )
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
