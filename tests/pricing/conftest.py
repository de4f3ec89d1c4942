"""Pricing in this process, on a real database, with a small tree of organisations."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.instance import Instance
from support.instance import Databases
from support.service import ServiceUnderTest, running_service


@pytest.fixture(scope="session")
def pricing_databases(postgres: Instance) -> Iterator[Databases]:
    """Makes databases of pricing; they go with the instance."""
    yield Databases(postgres)


@pytest_asyncio.fixture(scope="session")
async def pricing(pricing_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Pricing, its clock at 2 March 2026, 09:00; every test brings customers of its own."""
    async with running_service("pricing", pricing_databases("pricing")) as running:
        yield running


@pytest_asyncio.fixture
async def alone(pricing_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Pricing whose clock nobody else moves."""
    async with running_service("pricing", pricing_databases("pricing")) as running:
        yield running
