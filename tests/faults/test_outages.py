"""The broker away, hanging or back empty, PostgreSQL stopped hard: what was acknowledged is there, once and in order.

Outages last 20 s; with KEYPOST_LONG=1 three minutes.
"""

import asyncio
import os
import signal

import pytest

from support.acknowledged import Acknowledged, assert_all_there, rows, writing
from support.crashing import Mortal
from support.crowds import CALLERS, Crowd

pytestmark = pytest.mark.timeout(1_200)

OUTAGE_SECONDS = 180 if os.environ.get("KEYPOST_LONG") == "1" else 20
STRETCHES = 4
WAITING = "SELECT count(*) FROM outbox"


async def waiting(mortal: Mortal) -> int:
    """Give how many events of the two services that are written to are not published."""
    counts = [await rows(mortal, service, WAITING) for service in ("registry", "service-desk")]
    return sum(int(count[0][0]) for count in counts)


async def go_on_for(seconds: float, acknowledged: Acknowledged) -> None:
    """Wait, and see that writes are answered in every stretch of the time."""
    for _ in range(STRETCHES):
        await asyncio.sleep(seconds / STRETCHES)
        await acknowledged.until(5)


async def test_writes_are_answered_all_the_while_the_broker_hangs_and_told_in_order_afterwards(
    mortal: Mortal,
) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        mortal.kill("broker", signal.SIGSTOP)
        try:
            await go_on_for(OUTAGE_SECONDS, acknowledged)
            assert await waiting(mortal) >= 5 * STRETCHES
        finally:
            mortal.kill("broker", signal.SIGCONT)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


async def test_a_broker_that_comes_back_empty_gets_its_log_again_under_traffic(mortal: Mortal) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(20)
        mortal.empty_broker()
        await go_on_for(OUTAGE_SECONDS, acknowledged)
        assert await waiting(mortal) >= 5 * STRETCHES
        await asyncio.to_thread(mortal.revive, "broker")
        await acknowledged.until(20)
    await assert_all_there(mortal, acknowledged)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT], ids=["kill -9", "stop -m immediate"])
async def test_what_was_acknowledged_before_the_database_died_is_there_afterwards(
    mortal: Mortal, number: signal.Signals
) -> None:
    async with Crowd.on(mortal) as crowd, crowd.writing(3):
        await crowd.acknowledged.until(CALLERS)
        mortal.kill("postgres", number)
        assert await asyncio.to_thread(mortal.death_of, "postgres") is not None
        await asyncio.to_thread(mortal.revive, "postgres")
    assert crowd.acknowledged.count == 3 * CALLERS
    assert crowd.unanswered > 0, "nobody was waiting for an answer when the database died"
    await assert_all_there(mortal, crowd.acknowledged)
