"""Consumers: every event has its effect once and in order for each key, though the database rolls back or is lost."""

from typing import Any
from uuid import UUID

from support.backbone import happened, new_key, produce, raw, superuser
from support.bus_bench import Bench
from support.instance import FreshDatabase


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
            await bench.until_working("wait_event_type = 'Lock'")
            await other.execute("SELECT FROM locked WHERE name = 'first' FOR UPDATE")
    await bench.until_applied(key, [1])
    assert not await bench.parked(key)


async def test_a_consumer_whose_connections_are_killed_goes_on(bench: Bench) -> None:
    key = new_key()
    for version in range(1, 6):
        await bench.say(happened(key, version, do="take long", seconds=0.2))
        at_work = await bench.until_working("state = 'idle in transaction'")
        assert await bench.root.fetchval(
            "SELECT bool_and(pg_terminate_backend(p)) FROM unnest($1::int[]) p", at_work
        )
    await bench.until_applied(key, [1, 2, 3, 4, 5])
