"""Consumers: what cannot be applied is parked and stops its key only, until it is released in order."""

from collections.abc import Callable
from dataclasses import replace

from chassis.releasing import StillWrong, release
from chassis.transaction import unscoped
from contracts.envelope import Event
from support.backbone import Raw, eventually, happened, moment, new_key, raw
from support.bus_bench import Bench


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


async def test_what_comes_during_a_release_waits_for_it_and_is_applied_behind(bench: Bench) -> None:
    key = new_key()
    await bench.root.execute("INSERT INTO forbidden VALUES ($1)", key)
    await bench.say(happened(key, 1, do="fail unless allowed"))
    await bench.until_parked(key, 1)
    await bench.root.execute("DELETE FROM forbidden WHERE key = $1", key)
    async with unscoped(bench.database.worker, moment()) as tx:
        assert await release(bench.consumer, tx, key) == 1
        await bench.say(*(happened(key, version) for version in (2, 3)))
        await bench.until_working("wait_event_type = 'Lock'")
    await bench.until_applied(key, [1, 2, 3])
    assert not await bench.parked(key)
