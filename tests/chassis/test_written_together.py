"""A state and the event that tells of it live or die together, whichever of the two fails."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from chassis.database import Connection, Database
from chassis.outbox import encode
from chassis.transaction import Transaction, scoped, unscoped
from contracts.refusals import Refusal
from support.backbone import caller, happened, moment, new_key, superuser
from support.instance import FreshDatabase

PREPARE = """
    CREATE TABLE IF NOT EXISTS thing (key text PRIMARY KEY);
    TRUNCATE thing, outbox;
    GRANT ALL ON thing TO keypost_tiering_app, keypost_tiering_worker;
"""
WRITE = (
    "WITH written AS (INSERT INTO thing VALUES ($1) RETURNING key) SELECT announce($2::jsonb) FROM written"
)
TOPIC = "keypost.tiering"


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute(PREPARE)
        yield connection


async def kept(root: Connection, key: str) -> tuple[int, int]:
    """Give how many states and events there are of a key."""
    states: int = await root.fetchval("SELECT count(*) FROM thing WHERE key = $1", key)
    events: int = await root.fetchval("SELECT count(*) FROM outbox WHERE key = $1", key)
    return states, events


async def write(tx: Transaction, key: str) -> None:
    await tx.execute(WRITE, key, encode([happened(key)], TOPIC))


async def test_what_was_committed_has_its_state_and_its_event(pools: Database, root: Connection) -> None:
    by_worker, by_caller = new_key(), new_key()
    async with unscoped(pools.worker, moment()) as tx:
        await write(tx, by_worker)
        assert await kept(root, by_worker) == (0, 0), "nobody sees half of it"
    async with scoped(pools.app, moment(caller())) as tx:
        await write(tx, by_caller)
    assert [await kept(root, key) for key in (by_worker, by_caller)] == [(1, 1), (1, 1)]


async def test_what_was_refused_at_its_end_left_neither_state_nor_event(
    pools: Database, root: Connection
) -> None:
    by_worker, by_caller = new_key(), new_key()
    with pytest.raises(Refusal):
        async with unscoped(pools.worker, moment()) as tx:
            await write(tx, by_worker)
            raise Refusal("不行", "No")
    with pytest.raises(Refusal):
        async with scoped(pools.app, moment(caller())) as tx:
            await write(tx, by_caller)
            raise Refusal("不行", "No")
    assert [await kept(root, key) for key in (by_worker, by_caller)] == [(0, 0), (0, 0)]


async def test_a_state_whose_event_cannot_be_written_is_not_written_either(
    pools: Database, root: Connection
) -> None:
    key = new_key()
    untold = encode([happened(key)], TOPIC).replace('"version":1', '"version":null')
    with pytest.raises(asyncpg.NotNullViolationError):
        async with unscoped(pools.worker, moment()) as tx:
            await tx.execute(WRITE, key, untold)
    assert await kept(root, key) == (0, 0)
