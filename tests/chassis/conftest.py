"""Databases of the smallest service, whose tables are the chassis' own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from chassis import points
from chassis.database import Connection, Database
from deploy.instance import Instance
from support.backbone import opened, planted, settings_of, superuser
from support.instance import Databases, FreshDatabase


@pytest.fixture(scope="session")
def backbone_databases(postgres: Instance) -> Databases:
    """Makes databases that last as long as the instance."""
    return Databases(postgres)


@pytest_asyncio.fixture(scope="module")
async def fresh(backbone_databases: Databases) -> AsyncIterator[FreshDatabase]:
    """A database for the tests of one module, with the tree of organisations in it."""
    async with planted(backbone_databases) as made:
        yield made


@pytest_asyncio.fixture(scope="module")
async def pools(fresh: FreshDatabase) -> AsyncIterator[Database]:
    """The service's two pools on that database."""
    async with opened(settings_of(fresh)) as database:
        yield database


@pytest_asyncio.fixture
async def unheard(fresh: FreshDatabase, broker: Instance) -> AsyncIterator[Connection]:
    """The superuser's connection to that database, of which nothing has been heard or parked yet."""
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE inbox, parked")
        yield connection


@pytest.fixture(autouse=True)
def nothing_happens_at_points() -> Iterator[None]:
    """A test that replaced what happens at named points leaves nothing behind."""
    before = points._reached
    yield
    points.replace(before)
