"""A scope, and the time taken, end with their transaction: the next one on the same connection begins with neither."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from chassis.auth import Caller
from chassis.database import Database
from chassis.transaction import scoped
from contracts.refusals import Refusal
from support.backbone import caller, moment, opened, settings_of, superuser
from support.instance import FreshDatabase

NATION = caller("CN", "national-observer")
SEEN = "SELECT count(*) FROM deadline"
ONE = """
    INSERT INTO deadline (id, kind, subject_type, subject_id, org_id, started_at, due_at, due_on, holder, ground, steps,
                          correlation_id)
    VALUES (gen_random_uuid(), 'a', 'thing', '1', '420106', clock_timestamp(), clock_timestamp(), '2026-01-01', '{}', 'g',
            '[]', 'c')
"""


@pytest_asyncio.fixture
async def one_connection(fresh: FreshDatabase) -> AsyncIterator[Database]:
    """Pools of one connection each, which every transaction therefore shares."""
    async with superuser(fresh) as root:
        await root.execute("TRUNCATE deadline")
        await root.execute(ONE)
    async with opened(settings_of(fresh, pool_size=1)) as database:
        yield database


async def seen_by(database: Database, who: Caller | None) -> int:
    async with scoped(database.app, moment(who)) as tx:
        seen: int = await tx.fetchval(SEEN)
        return seen


async def test_after_a_committed_transaction_the_connection_has_no_scope(one_connection: Database) -> None:
    assert await seen_by(one_connection, NATION) == 1
    assert await one_connection.app.fetchval(SEEN) == 0
    assert await seen_by(one_connection, None) == 0


async def test_after_a_refusal_the_connection_has_no_scope(one_connection: Database) -> None:
    with pytest.raises(Refusal):
        async with scoped(one_connection.app, moment(NATION)) as tx:
            assert await tx.fetchval(SEEN) == 1
            raise Refusal("不行", "No")
    assert await one_connection.app.fetchval(SEEN) == 0


async def test_the_actor_ends_with_the_transaction_too(one_connection: Database) -> None:
    await seen_by(one_connection, NATION)
    assert not await one_connection.app.fetchval("SELECT current_setting('keypost.actor', true)")


async def test_the_time_that_a_transaction_takes_ends_with_it(fresh: FreshDatabase) -> None:
    slow = "SELECT pg_sleep(2)"
    async with opened(settings_of(fresh, pool_size=1, statement_timeout_ms=1_000)) as database:
        async with scoped(database.app, moment(NATION)) as tx:
            await tx.take_time(30_000)
            await tx.execute(slow)
        with pytest.raises(asyncpg.QueryCanceledError):
            async with scoped(database.app, moment(NATION)) as tx:
                await tx.execute(slow)
