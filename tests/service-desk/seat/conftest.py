"""A seat that is enrolled before a desk that listens."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from support.seats import SEATED, SeatProcess, listening
from support.service import ADMINISTRATOR, ServiceUnderTest, expect


@pytest_asyncio.fixture(loop_scope="session")
async def address(desk: ServiceUnderTest) -> AsyncIterator[str]:
    await desk.rows(
        """INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version)
           VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT DO NOTHING""",
        SEATED.staff_id, SEATED.staff_no, SEATED.name, SEATED.org_id, [SEATED.role],
    )  # fmt: skip
    await desk.runtime.directory.refresh()
    async with listening(desk.app) as where:
        yield where


@pytest_asyncio.fixture(loop_scope="session")
async def seat(desk: ServiceUnderTest, address: str, tmp_path: Path) -> SeatProcess:
    """A seat of its own, enrolled."""
    given = expect(await desk.post(ADMINISTRATOR, "/seats", {"staff_no": SEATED.staff_no}), 201)
    process = SeatProcess(tmp_path / "seat.db", desk.token(SEATED))
    ran = await process.run("enrol", "--server", address, "--seat", str(given["number"]))
    assert ran.status == 0, ran
    return process
