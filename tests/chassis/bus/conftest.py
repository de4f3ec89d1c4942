"""The consumer that every module of this folder speaks to.

The folder is a package, so that the consumer joins its group once for all of them.
"""

from collections.abc import AsyncIterator

import pytest_asyncio

from chassis.bus import Consumer
from chassis.clock import Clock
from deploy.instance import Instance
from support.backbone import Happened, in_background, lay_topics, opened, planted, settings_of, superuser
from support.bus_bench import PREPARE, Bench, apply
from support.instance import Databases, FreshDatabase


@pytest_asyncio.fixture(scope="package")
async def fresh(backbone_databases: Databases) -> AsyncIterator[FreshDatabase]:
    """A database for the tests of this folder, with the tree of organisations in it."""
    async with planted(backbone_databases) as made:
        yield made


@pytest_asyncio.fixture(scope="package")
async def bench(fresh: FreshDatabase, broker: Instance) -> AsyncIterator[Bench]:
    """The consumer on that database, with a topic of its own."""
    settings = settings_of(fresh)
    topic = f"{settings.topic}.heard"
    await lay_topics(settings, topic)
    async with superuser(fresh) as root, opened(settings) as database:
        await root.execute(PREPARE)
        consumer = Consumer(settings, database, Clock(), {Happened.TYPE: apply}, [topic])
        async with in_background(consumer.run()):
            yield Bench(settings, database, consumer, root)
