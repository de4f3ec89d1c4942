"""One review over all the customers of a test file."""

from collections.abc import Hashable, Mapping

import pytest
import pytest_asyncio

from support.instance import FreshDatabase
from support.reviewed import Line, adopted, on_record, proposed_lines
from support.service import running_service


@pytest_asyncio.fixture(scope="module")
async def lines(tiering_database: FreshDatabase, request: pytest.FixtureRequest) -> Mapping[Hashable, Line]:
    """The lines of the file's `SUBJECTS`, by their keys; its `ADOPTED` says which packs hold where beside hubei."""
    subjects = request.module.SUBJECTS
    async with running_service("tiering", tiering_database) as tiering:
        await adopted(tiering, getattr(request.module, "ADOPTED", {}))
        await on_record(tiering, subjects.values())
        found = await proposed_lines(tiering)
    return {key: found[one.planted.code] for key, one in subjects.items()}
