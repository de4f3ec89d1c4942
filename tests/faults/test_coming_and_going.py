"""Members of the groups that are added and removed every few seconds under traffic, in order and not, lose nothing."""

import asyncio
import signal
from contextlib import ExitStack
from itertools import cycle

import pytest

from support.acknowledged import assert_all_there, writing
from support.companions import Companion, beside
from support.crashing import Mortal

pytestmark = pytest.mark.timeout(1_200)

ROUNDS = 4
SECONDS_APART = 3.0
SERVICES = ("console", "service-desk")
WAYS = cycle((signal.SIGTERM, signal.SIGKILL))


async def test_members_that_come_and_go_every_few_seconds_lose_and_double_nothing(mortal: Mortal) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        with ExitStack() as stack:
            members: list[Companion] = []
            for _ in range(ROUNDS):
                members += [stack.enter_context(beside(mortal, service)) for service in SERVICES]
                await asyncio.sleep(SECONDS_APART)
                await acknowledged.until(5)
                if len(members) > len(SERVICES):
                    for member, way in zip([members.pop(0) for _ in SERVICES], WAYS, strict=False):
                        await asyncio.to_thread(member.end, way)
                await asyncio.sleep(SECONDS_APART)
            for member in members:
                await asyncio.to_thread(member.wait)
            await acknowledged.until(10)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)
