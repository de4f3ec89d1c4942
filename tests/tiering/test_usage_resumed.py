"""A province's file while it loads: seen as it goes, corrected meanwhile, killed at 60 %, and whole in the end."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.ids import uuid7
from deploy.child import base_environment
from support.facts import customer_fact
from support.instance import Databases, FreshDatabase, free_base_port
from support.service import (
    FAR_OFFICER,
    OFFICER,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    environment,
    expect,
    running_service,
    surroundings,
)
from support.usage_filing import code, csv, done, on_record, row, upload
from support.usage_sums import summed, sums_hold
from tiering.consumers.files import Loader

pytestmark = pytest.mark.timeout(900)
PORTIONS_BEFORE, PORTIONS = 9, 15
PATIENCE_SECONDS = 120
UNITS = ("420106-T01", "420525", "420100-S01", "420506")
IN_THE_WAY = """
    INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
    SELECT customer_id, 'domestic-express', '2026-02-01', 1, 1, 1, 1, '420000', now() FROM customer WHERE code = $1
"""
# For a writer of the same row; portions that wait for their turn hold another kind of lock.
WAITING = """
    SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'
"""


@dataclass(frozen=True)
class Province:
    """Customers of several units, and a file of their month: good rows, wrong ones, some on record otherwise."""

    customers: list[tuple[UUID, str]] = field(default_factory=lambda: [(uuid7(), code()) for _ in range(400)])

    unknown: str = field(default_factory=code)

    @property
    def rows(self) -> list[str]:
        made = [row(one, f"{number}.25") for number, (_, one) in enumerate(self.customers)]
        made[30:30] = [row(self.customers[0][1], "-1", line="礼仪"), row(self.unknown)]
        made.append(row(self.customers[0][1], "4.00"))
        return made

    @property
    def content(self) -> bytes:
        """The file."""
        return csv(self.rows)

    @property
    def portion_bytes(self) -> int:
        """How large a piece is, so that there are as many as there should be."""
        return -(-len(self.content) // PORTIONS)

    @property
    def after_60_percent(self) -> str:
        """The code of a customer in the portion that begins at 60 %."""
        middle = self.portion_bytes * PORTIONS_BEFORE + self.portion_bytes // 2
        line = self.content[middle:].split(b"\r\n")[1].decode()
        return line.partition(",")[0]

    async def plant(self, tiering: ServiceUnderTest) -> None:
        """Let them be heard of; some have been filed before, by their cities."""
        facts = [
            customer_fact(one, org_id=UNITS[number % len(UNITS)], customer_code=name)
            for number, (one, name) in enumerate(self.customers)
        ]
        await tiering.hear(*facts)
        figures = {"line": "domestic-express", "pieces": 1}
        for customers, person in ((self.customers[:40:4], OFFICER), (self.customers[1:240:8], FAR_OFFICER)):
            rows = [{"customer": name, "revenue": "9.99", **figures} for _, name in customers]
            expect(await tiering.post(person, "/usage", {"month": "2026-02", "rows": rows}), 201)


@asynccontextmanager
async def without_loaders(databases: Databases, province: Province) -> AsyncIterator[ServiceUnderTest]:
    """Run tiering so that files wait, in small pieces."""
    settings = {"KEYPOST_USAGE_LOADERS": "0", "KEYPOST_USAGE_PART_BYTES": str(province.portion_bytes)}
    with surroundings(settings):
        async with running_service("tiering", databases("tiering")) as running:
            yield running


@asynccontextmanager
async def a_loader(tiering: ServiceUnderTest) -> AsyncIterator[None]:
    loader = asyncio.create_task(Loader(tiering.runtime, tiering.app.state.settings).run())
    try:
        yield
    finally:
        loader.cancel()
        await asyncio.gather(loader, return_exceptions=True)


@contextmanager
def a_process(database: FreshDatabase) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the service in a process of its own."""
    uvicorn = ("-m", "uvicorn", "tiering.app:create", "--factory", "--log-level", "error", "--port")
    with subprocess.Popen(
        [sys.executable, "-P", *uvicorn, str(free_base_port())],
        env={**base_environment(), **environment(database)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@asynccontextmanager
async def held_at(tiering: ServiceUnderTest, customer_code: str) -> AsyncIterator[None]:
    """Let whoever writes a customer's row wait, as for another writer that has not come to its end."""
    connection = await asyncpg.connect(tiering.database.superuser_url)
    holding = connection.transaction()
    await holding.start()
    try:
        await connection.execute(IN_THE_WAY, customer_code)
        yield
    finally:
        await holding.rollback()
        await connection.close()


async def somebody_waits(tiering: ServiceUnderTest) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await tiering.rows(WAITING) == [{"n": 0}]:
            await asyncio.sleep(0.02)


async def loaded_to(tiering: ServiceUnderTest, file_id: str, progress: str) -> Any:
    """Give the file once the portions that were written beside the waiting one are in."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            file = expect(await tiering.get(PROVINCE_OFFICER, f"/usage-files/{file_id}"), 200)
            if file["progress"] == progress:
                return file
            await asyncio.sleep(0.02)


async def what_came_of(tiering: ServiceUnderTest, file: Any) -> dict[str, Any]:
    """Give the rows, sums, events, refusals and counts that a file left, without ids and times of the load."""
    rows = await tiering.rows(
        """SELECT customer_id, line, version, current, revenue, pieces, weight_kg, org_id, reason,
             usage_file_id IS NOT NULL AS of_file FROM usage ORDER BY month, customer_id, line, version"""
    )
    events = await tiering.events("usage:420000:2026-02")
    for event in events:
        assert event["payload"].pop("usage_file_id") == file["id"]
    refused = await tiering.rows(
        "SELECT row_no, code, cells FROM usage_refusal WHERE usage_file_id = $1 ORDER BY row_no", file["id"]
    )
    [ended] = await tiering.events(f"usage-file:{file['id']}")
    counts = ("state", "rows", "loaded_rows", "corrected_rows", "unchanged_rows", "refused_rows", "totals")
    return {
        "rows": rows,
        "sums": await summed(tiering),
        "events": events,
        "refused": refused,
        "file": {name: file[name] for name in counts},
        "told": {name: ended["payload"][name] for name in ("state", "rows", "refused_rows", "late")},
    }


async def test_a_load_killed_at_60_percent_ends_as_one_that_nobody_disturbed(
    tiering_databases: Databases,
) -> None:
    province = Province()
    ends = []
    for killed in (False, True):
        async with without_loaders(tiering_databases, province) as tiering:
            await province.plant(tiering)
            sent = await upload(tiering, PROVINCE_OFFICER, province.content)
            if killed:
                await killed_at_60_percent(tiering, province, sent["id"])
            async with a_loader(tiering):
                file = await done(tiering, PROVINCE_OFFICER, sent["id"])
            assert await sums_hold(tiering)
            ends.append(await what_came_of(tiering, file))
    undisturbed, resumed = ends
    assert undisturbed["file"]["corrected_rows"] == 40 and undisturbed["file"]["refused_rows"] == 3
    for what, expected in undisturbed.items():
        assert resumed[what] == expected, what


async def killed_at_60_percent(tiering: ServiceUnderTest, province: Province, file_id: str) -> None:
    async with held_at(tiering, province.after_60_percent):
        with a_process(tiering.database) as process:
            await somebody_waits(tiering)
            half = await loaded_to(tiering, file_id, "0.600")
            process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.wait)
    assert half["state"] == "checking"
    assert half["loaded_rows"] + half["refused_rows"] == half["rows"]
    assert 0 < half["rows"] < len(province.content.splitlines()) - 1
    assert await sums_hold(tiering)


async def test_corrections_and_another_unit_s_file_while_a_file_loads_all_count(
    tiering_databases: Databases,
) -> None:
    province = Province()
    (_, taken), (_, to_come) = province.customers[4], province.customers[380]
    async with without_loaders(tiering_databases, province) as tiering:
        await province.plant(tiering)
        sent = await upload(tiering, PROVINCE_OFFICER, province.content)
        async with a_loader(tiering), a_loader(tiering):
            async with held_at(tiering, province.after_60_percent):
                await somebody_waits(tiering)
                figures = {"line": "domestic-express", "pieces": 1, "revenue": "1000.00"}
                rows = [{"customer": one, **figures} for one in (taken, to_come)]
                expect(await tiering.post(OFFICER, "/usage", {"month": "2026-02", "rows": rows}), 201)
                other = await upload(tiering, FAR_OFFICER, csv([row(province.customers[1][1], "7.00")]))
                assert await sums_hold(tiering)
            for person, file in ((PROVINCE_OFFICER, sent), (FAR_OFFICER, other)):
                assert (await done(tiering, person, file["id"]))["state"] == "loaded"
        assert await sums_hold(tiering)
        # Each figure in the order in which they came: the correction after the file's row, the file's after the correction.
        assert [one["revenue"] for one in await on_record(tiering, taken)] == [
            Decimal("9.99"), Decimal("4.25"), Decimal("1000.00"),
        ]  # fmt: skip
        assert [one["revenue"] for one in await on_record(tiering, to_come)] == [
            Decimal("1000.00"), Decimal("380.25"),
        ]  # fmt: skip
        # The province's file came first: the city's waited for it.
        assert [one["revenue"] for one in await on_record(tiering, province.customers[1][1])] == [
            Decimal("9.99"), Decimal("1.25"), Decimal("7.00"),
        ]  # fmt: skip
