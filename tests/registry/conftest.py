"""The registry in this process, on a real database, with a small tree and its staff."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.instance import Instance
from support.instance import Databases, FreshDatabase
from support.registry import running_registry
from support.service import ServiceUnderTest


@pytest.fixture(scope="session")
def registry_databases(postgres: Instance) -> Iterator[Databases]:
    """Makes databases of the registry; they go with the instance."""
    yield Databases(postgres)


@pytest.fixture(scope="session")
def registry_database(registry_databases: Databases) -> FreshDatabase:
    """One database for all tests that do not count rows of the whole."""
    return registry_databases("registry")


@pytest_asyncio.fixture(scope="session")
async def registry(registry_database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """The registry, its clock at 2 March 2026, 09:00."""
    async with running_registry(registry_database) as running:
        yield running
