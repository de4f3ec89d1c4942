"""Two sweepers at one due deadline: whoever comes second passes it over, and does not wait to fire it again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from chassis.database import Connection, Database
from chassis.deadlines import plan
from support.backbone import superuser
from support.instance import FreshDatabase
from support.terms import FRIDAY, a_term, law, start, steps_of, told

FIRE = "SELECT step FROM fire_deadlines('tiering', $1, 500, '{}', false, '{}')"
LATE = FRIDAY + timedelta(days=30)


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE deadline, outbox")
        yield connection


async def test_what_one_sweeper_is_firing_another_passes_over(
    fresh: FreshDatabase, pools: Database, root: Connection
) -> None:
    planned = plan(a_term(), await law(pools))
    await start(pools, planned)
    async with superuser(fresh) as first, superuser(fresh) as second, first.transaction():
        fired = await first.fetch(FIRE, LATE)
        assert len(fired) == 1
        assert await asyncio.wait_for(second.fetch(FIRE, LATE), 60) == []
    assert (await told(root, planned))[str(planned.id)] == steps_of(planned)[:1]
