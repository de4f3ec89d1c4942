"""Services killed at each named point, under writers: nothing acknowledged is lost, nothing has its effect twice.

Every service dies at its points one after another, as dead as by SIGKILL, and is started again; callers who got no
answer ask again under the same key. What a point stands between is said in `chassis.points.POINTS`.
"""

import asyncio
import signal
import time
from collections.abc import Mapping, Sequence

import pytest

from support import dying
from support.acknowledged import assert_all_there, writing
from support.companions import beside
from support.crashing import Mortal

pytestmark = pytest.mark.timeout(1_200)

STALLED_SECONDS = 3.0
DEATHS = [
    pytest.param(
        {
            "registry": ["write.before-commit", "write.after-commit"],
            "service-desk": ["intake.after-commit", "housekeeping.before-commit"],
        },
        id="writing",
    ),
    pytest.param(
        {
            "registry": ["relay.before-publish", "relay.after-publish", "relay.after-move"],
            "service-desk": ["relay.before-publish", "relay.after-publish", "relay.after-move"],
        },
        id="telling",
    ),
    pytest.param(
        {
            "service-desk": ["consumer.before-commit", "consumer.after-commit"],
            "scoring": ["consumer.before-offset", "consumer.after-offset"],
            "console": ["consumer.before-commit", "consumer.before-offset", "consumer.after-offset"],
        },
        id="hearing",
    ),
]


@pytest.mark.parametrize("deaths", DEATHS)
async def test_nothing_is_lost_or_doubled_where_services_die(
    mortal: Mortal, deaths: Mapping[str, Sequence[str]]
) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        await asyncio.to_thread(mortal.let_die, deaths)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


async def test_a_relay_that_dies_in_the_middle_of_a_page_sends_it_again(mortal: Mortal) -> None:
    def let_the_broker_go_on() -> None:
        time.sleep(STALLED_SECONDS)  # the outbox takes what is written: a page for several partitions
        mortal.kill("broker", signal.SIGCONT)

    deaths = {"registry": ["publish.after-batch"], "service-desk": ["publish.after-batch"]}
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        mortal.kill("broker", signal.SIGSTOP)
        try:
            await acknowledged.until(30)
            await asyncio.to_thread(mortal.let_die, deaths, let_the_broker_go_on)
        finally:
            mortal.kill("broker", signal.SIGCONT)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


async def test_a_relay_that_dies_while_it_gives_the_log_back_gives_it_back_again(mortal: Mortal) -> None:
    points = ["relay.before-republish", "publish.after-batch", "relay.after-republish", "relay.after-mark"]
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        mortal.empty_broker()
        await asyncio.to_thread(
            mortal.let_die, {"registry": points, "service-desk": points}, lambda: mortal.revive("broker")
        )
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


async def test_all_services_killed_at_once_lose_nothing(mortal: Mortal) -> None:
    services = ("console", "registry", "service-desk", "tiering", "pricing", "scoring")
    async with writing(mortal) as acknowledged:
        await acknowledged.until(20)
        for service in services:
            mortal.kill(service)
        await asyncio.to_thread(mortal.revive, *services)
        await acknowledged.until(20)
    await assert_all_there(mortal, acknowledged)


async def test_a_process_does_not_outlive_one_of_its_loops(mortal: Mortal) -> None:
    """A loop that was cancelled ends without an error; its process would serve on, and do only a part of its work."""
    with beside(mortal, "pricing", {dying.CANCELLATION: "housekeeping.before-commit"}) as maimed:
        assert await asyncio.to_thread(maimed.wait_for_end) == 1
    with beside(mortal, "pricing") as sound:
        await asyncio.to_thread(sound.wait)
