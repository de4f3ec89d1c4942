"""The table in which the consumers of every module of this folder write down what they apply."""

from collections.abc import AsyncIterator

import pytest_asyncio

from chassis.database import Connection
from deploy.instance import Instance
from support.backbone import superuser
from support.instance import FreshDatabase

PREPARE = """
    CREATE TABLE IF NOT EXISTS applied (key text, version bigint, position bigint GENERATED ALWAYS AS IDENTITY);
    TRUNCATE applied, inbox, outbox, event_log, parked;
    GRANT ALL ON applied TO keypost_tiering_worker;
"""


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase, broker: Instance) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute(PREPARE)
        yield connection
