"""Law and calendar that the registry published: taken over by the directory of every service."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from chassis import directory_consumer
from chassis.database import Connection, Database
from chassis.directory import Directory, Snapshot
from chassis.ids import uuid7
from chassis.transaction import unscoped
from contracts.envelope import Event
from regulations.reading import PackError
from regulations.topics.deadlines import DeadlineWarnings
from support.backbone import moment, plant_tree, superuser
from support.instance import FreshDatabase

DAY = date(2026, 11, 20)
HOLDER = str(uuid7())


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE organisation, staff, rule_wording, calendar_day, inbox")
        await plant_tree(connection)
        yield connection


@pytest.fixture
def directory(pools: Database) -> Directory:
    return Directory(pools.worker)


async def read(directory: Directory) -> Snapshot:
    await directory.refresh()
    return directory.current


async def hear(pools: Database, *batch: Event) -> None:
    async with unscoped(pools.worker, moment()) as tx:
        await directory_consumer.HANDLERS[batch[0].type](tx, batch)


def event(kind: str, aggregate: str, key: str, version: int, data: dict[str, Any]) -> Event:
    return Event(
        id=uuid7(),
        source="/keypost/registry",
        type=kind,
        time=moment().now,
        subject=key,
        aggregate=aggregate,
        version=version,
        orgpath="CN",
        actor="system:registry",
        correlation_id="a-chain",
        causation_id=None,
        data=data,
    )


def wording(
    version: int, *, at: list[str], recorded: str = "2026-10-01T09:00:00.000001+08:00", **more: Any
) -> Event:
    data = {
        "rule": "platform.deadline-warnings", "org_id": "420000", "in_force": "2026-11-01", "recorded": recorded,
        "citation": {"act": "platform", "article": "平台约定"}, "assumption": True, "value": {"at": at},
        "published_by": HOLDER, **more,
    }  # fmt: skip
    return event("registry.rule.published.v1", "rule:platform.deadline-warnings", "420000", version, data)


def notice(version: int, *, workday: bool, year: int = 2027, **more: Any) -> Event:
    days = [{"day": f"{year}-01-01", "workday": workday, "provisional": False, "note": f"notice {version}"}]
    data = {"year": year, "source": "notice", "days": days, **more}
    return event("registry.calendar.imported.v1", f"calendar:{year}", "CN", version, data)


def warnings(snapshot: Snapshot, day: date = DAY) -> list[str]:
    return [str(one) for one in snapshot.find(DeadlineWarnings, org_id="420106", day=day).value.at]


async def test_a_wording_heard_of_is_law_from_its_day_on_with_its_citation(
    root: Connection, pools: Database, directory: Directory
) -> None:
    before = warnings(await read(directory))
    await hear(pools, wording(1, at=["1/3"]))
    snapshot = await read(directory)
    assert warnings(snapshot) == ["1/3"]
    assert warnings(snapshot, date(2026, 10, 31)) == before
    found = snapshot.find(DeadlineWarnings, org_id="420106", day=DAY)
    assert (found.in_force, found.citation.article, found.assumption) == (date(2026, 11, 1), "平台约定", True)
    assert found.recorded.isoformat() == "2026-10-01T09:00:00.000001+08:00"


async def test_wordings_give_the_same_law_in_whatever_order_and_however_often_they_come(
    root: Connection, pools: Database, directory: Directory
) -> None:
    correction = wording(2, at=["1/4"], recorded="2026-10-02T09:00:00+08:00")
    first = wording(1, at=["1/3"])
    await hear(pools, correction)
    assert warnings(await read(directory)) == ["1/4"]
    await hear(pools, first, correction, first)
    assert warnings(await read(directory)) == ["1/4"]
    rows = await root.fetch("SELECT version FROM rule_wording ORDER BY version")
    assert [row["version"] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    "broken",
    [
        {"value": {"at": ["5/4"]}},
        {"value": {"at": ["1/3"], "surprise": 1}},
        {"rule": "platform.no-such-topic"},
        {"rule": "nowhere.deadline-warnings"},
        {"citation": {"act": "nowhere", "article": "1"}},
    ],
)
async def test_a_wording_that_this_program_cannot_read_becomes_no_law(
    root: Connection, pools: Database, broken: dict[str, Any]
) -> None:
    with pytest.raises(PackError):
        await hear(pools, wording(1, at=["1/3"], **broken))
    assert await root.fetchval("SELECT count(*) FROM rule_wording") == 0


async def test_a_calendar_heard_of_is_counted_by_and_its_newest_notice_stays(
    root: Connection, pools: Database, directory: Directory
) -> None:
    new_year = date(2027, 1, 1)
    assert (await read(directory)).calendar.status(new_year).provisional
    await hear(pools, notice(1, workday=True))
    status = (await read(directory)).calendar.status(new_year)
    assert (status.workday, status.provisional) == (True, False)
    await hear(pools, notice(3, workday=False), notice(2, workday=True), notice(1, workday=True, year=2028))
    await hear(pools, notice(2, workday=True))
    calendar = (await read(directory)).calendar
    assert (calendar.status(new_year).workday, calendar.status(new_year).note) == (False, "notice 3")
    assert calendar.status(date(2028, 1, 1)).workday


async def test_a_second_notice_of_a_year_is_noticed(
    root: Connection, pools: Database, directory: Directory
) -> None:
    await hear(pools, notice(1, workday=True))
    first = await read(directory)
    await hear(pools, notice(2, workday=False))
    assert await read(directory) is not first
