"""One tiering for all usage files: each test has customers of its own, and months where it counts."""

from collections.abc import AsyncIterator

import pytest_asyncio

from support.instance import Databases
from support.service import ServiceUnderTest, running_service


@pytest_asyncio.fixture(scope="package")
async def tiering(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering, its clock at 2 March 2026, 09:00."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        yield running
