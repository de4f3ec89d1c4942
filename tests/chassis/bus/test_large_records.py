"""Records of megabytes: applied, or parked whole and told in short; an event that no broker takes is never announced."""

from collections.abc import Callable
from dataclasses import replace

import asyncpg
import pytest

from chassis.transaction import unscoped
from contracts.envelope import Event
from support.backbone import Raw, eventually, happened, moment, new_key, raw
from support.bus_bench import Bench


async def test_a_record_of_two_megabytes_is_applied(bench: Bench) -> None:
    key = new_key()
    await bench.say(happened(key, 1, text="x" * 2_000_000), happened(key, 2))
    await bench.until_applied(key, [1, 2])

    async def caught_up() -> bool:
        return bench.consumer.caught_up

    await eventually(caught_up, "the consumer has caught up")


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
