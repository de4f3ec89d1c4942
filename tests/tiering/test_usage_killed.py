"""A loader that is killed in the middle of a file: nothing half written, the rest is loaded by whoever comes next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from support import dying
from support.instance import Databases, FreshDatabase
from support.mortal import DEATH_SECONDS, a_process_that_dies
from support.service import OFFICER, ServiceUnderTest, running_service, surroundings
from support.usage_filing import code, csv, customer, done, row, upload, warned
from tiering.consumers.files import Loader

ROWS = 120


@asynccontextmanager
async def without_loaders(database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Run tiering so that files wait, in small pieces."""
    with surroundings({"KEYPOST_USAGE_LOADERS": "0", "KEYPOST_USAGE_PART_BYTES": "2000"}):
        async with running_service("tiering", database) as running:
            yield running


async def state(tiering: ServiceUnderTest, file_id: str) -> tuple[str, int, int, int]:
    """Give the file's state, its counted rows, and the rows and event rows that there are."""
    [file] = await tiering.rows("SELECT state, rows, refused_rows FROM usage_file WHERE id = $1", file_id)
    [there] = await tiering.rows("SELECT count(*) FROM usage WHERE usage_file_id = $1", file_id)
    [refused] = await tiering.rows("SELECT count(*) FROM usage_refusal WHERE usage_file_id = $1", file_id)
    assert refused["count"] == file["refused_rows"]
    assert there["count"] + refused["count"] == file["rows"]
    told = sum(len(event["payload"]["rows"]) for event in await tiering.events("usage:420100:2026-02"))
    return file["state"], file["rows"], there["count"], told


@pytest.mark.parametrize(("at", "portions"), [("usage.before-commit", 0), ("usage.after-portion", 1)])
async def test_a_killed_loader_leaves_whole_portions_and_another_goes_on(
    tiering_databases: Databases, at: str, portions: int
) -> None:
    database = tiering_databases("tiering")
    async with without_loaders(database) as tiering:
        codes = [await customer(tiering) for _ in range(ROWS)]
        rows = [row(one, f"{number}.00") for number, one in enumerate(codes)]
        rows[50:50] = [row(code())]
        file = await upload(tiering, OFFICER, csv([*rows, f"合计,,,{sum(range(ROWS)) + 100}.00,,"]))
        with a_process_that_dies(database, at) as process:
            assert await asyncio.to_thread(process.wait, DEATH_SECONDS) == dying.EXIT_CODE
        name, counted, there, told = await state(tiering, file["id"])
        assert name == "checking" and there == told
        [half] = await tiering.rows("SELECT progress FROM usage_file WHERE id = $1", file["id"])
        assert (half["progress"] > 0) is bool(portions) and half["progress"] < 1
        assert (counted > 0) is bool(portions) and counted < ROWS
        loader = asyncio.create_task(Loader(tiering.runtime, tiering.app.state.settings).run())
        try:
            loaded = await done(tiering, OFFICER, file["id"])
        finally:
            loader.cancel()
        assert (loaded["state"], loaded["rows"], loaded["loaded_rows"], loaded["refused_rows"]) == (
            "loaded",
            ROWS + 1,
            ROWS,
            1,
        )
        assert Decimal(loaded["totals"]["revenue"]) == sum(range(ROWS)) + 100 and warned(loaded) == []
        assert await state(tiering, file["id"]) == ("loaded", ROWS + 1, ROWS, ROWS)
        events = await tiering.events("usage:420100:2026-02")
        assert [event["version"] for event in events] == list(range(1, len(events) + 1))
        assert len(await tiering.events(f"usage-file:{file['id']}")) == 1
