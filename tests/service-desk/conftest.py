"""The service desk in this process, on a real database, with a small tree of organisations."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.instance import Instance
from support.instance import Databases, FreshDatabase
from support.service import ServiceUnderTest, running_service


@pytest.fixture(scope="session")
def desk_databases(postgres: Instance) -> Iterator[Databases]:
    """Makes databases of the service desk; they go with the instance."""
    yield Databases(postgres)


@pytest.fixture(scope="session")
def desk_database(desk_databases: Databases) -> FreshDatabase:
    """One database for all tests that do not count rows of the whole."""
    return desk_databases("service-desk")


@pytest_asyncio.fixture(scope="session")
async def desk(desk_database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """The desk, its clock at 2 March 2026, 09:00."""
    async with running_service("service-desk", desk_database) as running:
        yield running
