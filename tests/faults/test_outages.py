"""The broker gone and back empty, PostgreSQL stopped hard: what was acknowledged is there, once and in order."""

import asyncio
import signal

import pytest

from support.acknowledged import assert_all_there, writing
from support.crashing import Mortal


async def test_a_broker_that_comes_back_empty_gets_its_log_again_under_traffic(mortal: Mortal) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(20)
        mortal.kill("broker")
        await acknowledged.until(10)  # the outbox takes them
        await asyncio.to_thread(mortal.revive, "broker")
        await acknowledged.until(20)
    await assert_all_there(mortal, acknowledged)


async def test_a_relay_that_dies_while_it_gives_the_log_back_gives_it_back_again(mortal: Mortal) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        mortal.kill("broker")
        points = {"registry": "relay.after-republish", "service-desk": "relay.after-republish"}
        await asyncio.to_thread(mortal.let_die, points, lambda: mortal.revive("broker"))
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT], ids=["kill -9", "stop -m immediate"])
async def test_what_was_acknowledged_before_the_database_died_is_there_afterwards(
    mortal: Mortal, number: signal.Signals
) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(30)
        mortal.kill("postgres", number)
        assert await asyncio.to_thread(mortal.death_of, "postgres") is not None
        await asyncio.to_thread(mortal.revive, "postgres")
        await acknowledged.until(20)
    await assert_all_there(mortal, acknowledged)
