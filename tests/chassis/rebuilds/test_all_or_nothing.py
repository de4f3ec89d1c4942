"""Rebuilds: one that lacks events, fails, is cancelled or dies takes nothing over, and none is seen before it is whole."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest

from chassis import points
from chassis.records import replay_topic
from chassis.transaction import Transaction
from contracts.envelope import Event
from support.backbone import (
    Happened,
    eventually,
    happened,
    in_background,
    lay_topics,
    lose_topic,
    new_key,
    produce,
    raw,
)
from support.projections import PROJECTION, House, a_history, differing, keep

LEFT = "SELECT count(*) FROM pg_class WHERE relnamespace = 'shadow'::regnamespace"
POINTS = [name for name in points.POINTS if name.startswith("rebuild.")]


class Died(BaseException):
    """A process that ends at a named point."""


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
