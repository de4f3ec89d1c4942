"""Scoring in this process, on a real database, with the small tree of the harness."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.instance import Instance
from support.instance import Databases, FreshDatabase
from support.service import ServiceUnderTest, running_service


@pytest.fixture(scope="session")
def scoring_databases(postgres: Instance) -> Iterator[Databases]:
    """Makes databases of scoring; they go with the instance."""
    yield Databases(postgres)


@pytest.fixture
def scoring_database(scoring_databases: Databases) -> FreshDatabase:
    """An empty database: scores count everything that is in it."""
    return scoring_databases("scoring")


@pytest_asyncio.fixture
async def scoring(scoring_database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Scoring, its clock at 2 March 2026, 09:00."""
    async with running_service("scoring", scoring_database) as running:
        yield running
