"""Tiering in this process, on a real database, with a small tree of organisations."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.instance import Instance
from support.instance import Databases, FreshDatabase
from support.service import ServiceUnderTest, running_service


@pytest.fixture(scope="session")
def tiering_databases(postgres: Instance) -> Iterator[Databases]:
    """Makes databases of tiering; they go with the instance."""
    yield Databases(postgres)


@pytest.fixture(scope="module")
def tiering_database(tiering_databases: Databases) -> FreshDatabase:
    """One database for all tests of a file."""
    return tiering_databases("tiering")


@pytest_asyncio.fixture(scope="module")
async def tiering(tiering_database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Tiering, its clock at 2 March 2026, 09:00."""
    async with running_service("tiering", tiering_database) as running:
        yield running


@pytest_asyncio.fixture
async def fresh(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering on a database of its own: a province is reviewed as a whole."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        yield running
