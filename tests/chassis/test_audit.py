"""The audit: whoever looked is on record, and nobody changes the record unnoticed."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from chassis import audit
from chassis.audit import Look
from chassis.clock import Clock
from chassis.database import Connection, Database
from chassis.housekeeping import Housekeeping
from chassis.transaction import scoped, unscoped
from support.backbone import caller, moment, settings_of, superuser
from support.instance import FreshDatabase

HEAD = caller("420106", "unit-head")


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE audit_entry, audit_block, audit_seal")
        yield connection


async def look(pools: Database, count: int = 1) -> None:
    async with scoped(pools.app, moment(HEAD)) as tx:
        for number in range(count):
            await audit.record(tx, Look("phone", f"customer:{number}", ["phone"], {"why": "回访"}))


async def seal(pools: Database, most: int = 100) -> int:
    async with unscoped(pools.worker, moment()) as tx:
        return await audit.seal(tx, most)


async def broken(pools: Database) -> list[int]:
    async with unscoped(pools.worker, moment()) as tx:
        return await audit.broken_blocks(tx)


async def test_sealed_blocks_verify_and_every_entry_is_sealed_once(pools: Database, root: Connection) -> None:
    sealed = []
    for _ in range(3):
        await look(pools, 7)
        sealed.append(await seal(pools, 5))
        sealed.append(await seal(pools, 5))
    assert sealed == [5, 2] * 3
    assert await seal(pools) == 0
    assert await broken(pools) == []
    assert await root.fetchval("SELECT count(DISTINCT entry_id) FROM audit_seal") == 21
    assert [row["number"] for row in await root.fetch("SELECT number FROM audit_block ORDER BY number")] == [
        *range(1, 7)
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit_entry SET subject = 'customer:x' WHERE id = $1",
        "UPDATE audit_entry SET fields = '{}' WHERE id = $1",
        "UPDATE audit_entry SET detail = '{}' WHERE id = $1",
        "UPDATE audit_entry SET actor = 'somebody' WHERE id = $1",
        "UPDATE audit_entry SET at = at + interval '1 second' WHERE id = $1",
        "WITH s AS (DELETE FROM audit_seal WHERE entry_id = $1) SELECT 1",
    ],
)
async def test_a_changed_or_removed_entry_is_found(pools: Database, root: Connection, damage: str) -> None:
    for _ in range(3):
        await look(pools, 4)
        await seal(pools)
    entry = await root.fetchval(
        "SELECT entry_id FROM audit_seal WHERE block = 2 ORDER BY ordinal LIMIT 1 OFFSET 1"
    )
    await root.execute(damage, entry)
    assert await broken(pools) == [2]


async def test_a_removed_or_rewritten_block_breaks_the_chain_behind_it(
    pools: Database, root: Connection
) -> None:
    for _ in range(3):
        await look(pools, 2)
        await seal(pools)
    await root.execute("DELETE FROM audit_seal WHERE block = 2")
    await root.execute("DELETE FROM audit_block WHERE number = 2")
    assert 3 in await broken(pools)


async def test_the_application_adds_and_never_changes(pools: Database, root: Connection) -> None:
    await look(pools)
    await seal(pools)
    for table, column in (("audit_entry", "at"), ("audit_block", "number"), ("audit_seal", "block")):
        for verb in ("DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {}"):
            for pool in (pools.app, pools.worker):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await pool.execute(verb.format(table, column, column))


async def test_of_two_sealers_at_once_one_seals(pools: Database, root: Connection) -> None:
    await look(pools, 200)
    sealed = await asyncio.gather(*(seal(pools, 20) for _ in range(6)))
    while await seal(pools, 20):
        pass
    assert sum(sealed) >= 20
    assert await broken(pools) == []
    assert await root.fetchval("SELECT count(*) FROM audit_seal") == 200


async def test_an_entry_committed_late_is_sealed_later(pools: Database, root: Connection) -> None:
    async with scoped(pools.app, moment(HEAD)) as tx:
        await audit.record(tx, Look("phone", "customer:late", ["phone"]))
        await look(pools, 3)
        assert await seal(pools) == 3
    assert await seal(pools) == 1
    assert await broken(pools) == []


async def test_what_cannot_be_recorded_is_not_shown(pools: Database, root: Connection) -> None:
    with pytest.raises(LookupError):
        async with unscoped(pools.worker, moment()) as tx:
            await audit.record(tx, Look("phone", "customer:1", ["phone"]))


async def test_housekeeping_seals_and_drops_old_keys_only(
    fresh: FreshDatabase, pools: Database, root: Connection
) -> None:
    await look(pools, 3)
    await root.execute("TRUNCATE idempotency")
    await root.execute(
        """INSERT INTO idempotency (actor, key, fingerprint, at) VALUES
           ('a', 'old', '', clock_timestamp() - interval '72 hours 1 second'),
           ('a', 'young', '', clock_timestamp() - interval '71 hours 59 minutes')"""
    )
    await Housekeeping(settings_of(fresh), pools, Clock())._once()
    assert await root.fetchval("SELECT count(*) FROM audit_seal") == 3
    assert [row["key"] for row in await root.fetch("SELECT key FROM idempotency")] == ["young"]
