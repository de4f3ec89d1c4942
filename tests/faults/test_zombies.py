"""Processes that stood still and go on where others have taken over: they lose nothing, double nothing, reorder nothing.

A process is stopped (SIGSTOP) at a named point with all that it holds. The server ends its database session, as it does
with a client that is gone; another process of its service takes over; then the first goes on (SIGCONT) from where it
stood, with what it had read and published.
"""

import asyncio
from uuid import UUID

import pytest

from support import dying
from support.acknowledged import assert_all_there, rows, writing
from support.companions import beside, end_session, end_transactions_left_open, session_that_relays
from support.crashing import Mortal
from support.players import PATIENCE_SECONDS, eventually

pytestmark = pytest.mark.timeout(1_200)

TOLD = "SELECT event_id FROM event_log WHERE NOT topic LIKE '%.dlq'"
HEARD = "SELECT event_id FROM inbox"
SESSION_SECONDS = 8.0
"""Longer than the broker waits for a member that says nothing (6 s in tests)."""


async def ids(mortal: Mortal, service: str, sql: str) -> set[UUID]:
    return {row[0] for row in await rows(mortal, service, sql)}


@pytest.mark.parametrize(
    ("service", "point"), [("registry", "relay.before-publish"), ("service-desk", "relay.after-publish")]
)
async def test_a_relay_that_stood_still_changes_nothing_when_it_goes_on(
    mortal: Mortal, service: str, point: str
) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(5)
        with beside(mortal, service, {dying.STANDSTILL: point}) as zombie:
            await asyncio.to_thread(zombie.wait)
            revival = asyncio.create_task(asyncio.to_thread(mortal.revive, service))  # gives the lanes away
            await asyncio.to_thread(zombie.wait_for_standstill)
            # At once: the server itself ends a session that is silent for longer, also during a long revival.
            owner = await session_that_relays(mortal, service)
            assert owner is not None
            await revival
            await acknowledged.until(20)
            await end_session(mortal, service, owner)

            async def successor() -> int | None:
                return await session_that_relays(mortal, service)

            assert await eventually(
                successor, lambda pid: pid not in (None, owner), PATIENCE_SECONDS
            ) not in (None, owner)
            await acknowledged.until(20)
            await asyncio.to_thread(zombie.go_on)
            await acknowledged.until(20)
            assert zombie.process.poll() is None
            assert await session_that_relays(mortal, service) != owner
    await assert_all_there(mortal, acknowledged)


@pytest.mark.parametrize("point", ["consumer.before-commit", "consumer.before-offset"])
async def test_a_consumer_that_stood_still_past_its_session_changes_nothing_when_it_goes_on(
    mortal: Mortal, point: str
) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(5)
        with beside(mortal, "console", {dying.STANDSTILL: point}) as zombie:
            await asyncio.to_thread(zombie.wait_for_standstill)
            await asyncio.sleep(SESSION_SECONDS)
            await end_transactions_left_open(mortal, "console")
            await acknowledged.until(20)
            told = await ids(mortal, "registry", TOLD) | await ids(mortal, "service-desk", TOLD)

            async def unheard() -> set[UUID]:
                return told - await ids(mortal, "console", HEARD)

            # The partitions that the zombie holds are heard by the other member meanwhile.
            assert await eventually(unheard, lambda left: not left, PATIENCE_SECONDS) == set()
            await asyncio.to_thread(zombie.go_on)
            await acknowledged.until(20)
            assert zombie.process.poll() is None
    await assert_all_there(mortal, acknowledged)
