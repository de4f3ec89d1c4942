"""A service with a database and topics of its own for every test of this folder."""

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from chassis.records import replay_topic
from deploy.instance import Instance
from support.backbone import lay_topics, opened, settings_of, superuser
from support.instance import Databases, FreshDatabase
from support.projections import House

PREPARE = """
    CREATE TABLE thing (key text PRIMARY KEY, version bigint NOT NULL, text text NOT NULL, written bigint NOT NULL DEFAULT 1);
    CREATE TABLE tally (key text PRIMARY KEY, events bigint NOT NULL, points numeric NOT NULL);
    CREATE INDEX thing_text ON thing (text);
    CALL guard_any('thing');
    CALL guard_any('tally');
    CREATE TABLE own (key text PRIMARY KEY);
    CALL guard_any('own');
"""


@pytest_asyncio.fixture
async def house(backbone_databases: Databases, broker: Instance) -> AsyncIterator[House]:
    fresh: FreshDatabase = backbone_databases("tiering")
    settings = settings_of(
        fresh,
        rebuild_poll_seconds=0.2,
        consumer_wait_ms=200,
        consumer_batch=100,
        rebuild_batch=100,
        relay_poll_seconds=0.1,
    )
    async with superuser(fresh) as root, opened(settings) as database:
        owner = await asyncpg.connect(fresh.url("owner"))
        await owner.execute(
            "SELECT set_config('keypost.app_role', 'keypost_tiering_app', false),"
            " set_config('keypost.worker_role', 'keypost_tiering_worker', false)"
        )
        await owner.execute(PREPARE)
        await owner.close()
        made = House(settings, database, root)
        await lay_topics(settings, made.topic, replay_topic(made.topic))
        yield made
