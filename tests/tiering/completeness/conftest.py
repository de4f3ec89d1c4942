"""One mass of drawn customers, reviewed at once, and once more where its facts are changed or come in another order."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from support.drawn_customers import ADOPTED, drawn_mass
from support.instance import Databases
from support.reviewed import Line, Subject, adopted, on_record, proposed_lines
from support.service import ServiceUnderTest, running_service

Reviewed = Callable[[Sequence[Subject]], Awaitable[Mapping[str, Line]]]


@pytest.fixture(scope="package")
def mass() -> list[Subject]:
    """The drawn customers."""
    return drawn_mass()


@pytest_asyncio.fixture(scope="package")
async def rated(tiering_databases: Databases, mass: list[Subject]) -> AsyncIterator[ServiceUnderTest]:
    """Tiering with the drawn customers on record."""
    async with running_service("tiering", tiering_databases("tiering")) as tiering:
        await adopted(tiering, ADOPTED)
        await on_record(tiering, mass)
        yield tiering


@pytest_asyncio.fixture(scope="package")
async def lines(rated: ServiceUnderTest) -> Mapping[str, Line]:
    """The lines of a review over them, by the customer's code."""
    return await proposed_lines(rated)


@pytest_asyncio.fixture
async def reviewed_apart(tiering_databases: Databases) -> AsyncIterator[Reviewed]:
    """Reviews customers in a database of their own; gives the lines by the customer's code."""
    async with AsyncExitStack() as stack:

        async def review(subjects: Sequence[Subject]) -> Mapping[str, Line]:
            fresh = running_service("tiering", tiering_databases("tiering"))
            tiering = await stack.enter_async_context(fresh)
            await adopted(tiering, ADOPTED)
            await on_record(tiering, subjects)
            return await proposed_lines(tiering)

        yield review
