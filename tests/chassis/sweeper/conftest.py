"""A database whose sweepers are under test, a clock that tests set, and what two tests' effects write to."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chassis.database import Connection, Database
from chassis.directory import Snapshot
from chassis.settings import Settings
from support.backbone import settings_of, superuser
from support.instance import FreshDatabase
from support.terms import FRIDAY, MovableClock, law

PREPARE = """
    CREATE TABLE IF NOT EXISTS reacted (subject text PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS unready (subject text PRIMARY KEY);
    TRUNCATE reacted, unready, deadline, outbox;
    GRANT ALL ON reacted, unready TO keypost_tiering_worker;
"""


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute(PREPARE)
        yield connection


@pytest_asyncio.fixture(scope="module")
async def snapshot(pools: Database) -> Snapshot:
    return await law(pools)


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[MovableClock]:
    movable = MovableClock(tmp_path)
    movable.set(FRIDAY)
    yield movable


@pytest.fixture
def settings(fresh: FreshDatabase) -> Settings:
    return settings_of(fresh, service="tiering", deadline_idle_seconds=0.1, deadline_retry_seconds=1.0)
