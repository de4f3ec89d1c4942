"""Ids, encoding, doorbells, named points: each does the one thing it says."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import orjson
import pytest

from chassis import points
from chassis.doorbell import Doorbell
from chassis.encoding import dumps
from chassis.ids import uuid7


def test_ids_are_uuid7_and_rise() -> None:
    ids = [uuid7() for _ in range(1_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1_000
    assert {one.version for one in ids} == {7}
    assert abs((ids[0].int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 5


def test_decimals_fractions_and_ids_are_text() -> None:
    value = {
        "d": Decimal("0.10"),
        "f": Fraction(1, 3),
        "u": UUID(int=1),
        "t": datetime(2026, 3, 1, tzinfo=UTC),
    }
    assert orjson.loads(dumps(value)) == {
        "d": "0.10",
        "f": "1/3",
        "u": str(UUID(int=1)),
        "t": "2026-03-01T00:00:00+00:00",
    }
    with pytest.raises(TypeError):
        dumps({"x": object()})


async def test_a_bell_rung_before_the_wait_is_heard_once() -> None:
    bell = Doorbell()
    bell.ring()
    bell.ring()
    assert await bell.wait(0.01)
    assert not await bell.wait(0.01)


async def test_a_waiting_loop_is_woken_at_once() -> None:
    bell = Doorbell()
    waiting = asyncio.create_task(bell.wait(10))
    await asyncio.sleep(0.01)
    bell.ring()
    assert await asyncio.wait_for(waiting, 1)


def test_a_point_is_nothing_until_a_test_replaces_it() -> None:
    heard: list[str] = []
    points.reach("relay.after-publish")
    points.replace(heard.append)
    points.reach("relay.after-publish")
    assert heard == ["relay.after-publish"]
