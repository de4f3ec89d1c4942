"""The directory: who is where, under which law, read again when it changed; kept in step with the registry's events."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from chassis import directory_consumer
from chassis.database import Connection, Database
from chassis.directory import Directory, Snapshot, UnknownOrganisation
from chassis.ids import uuid7
from chassis.transaction import unscoped
from contracts.envelope import Event
from regulations.rulebook import NoLaw
from regulations.topics.deadlines import DeadlineWarnings
from support.backbone import moment, orgpath, plant_tree, superuser
from support.instance import FreshDatabase

DAY = date(2026, 11, 20)
HOLDER, DEPUTY = str(uuid7()), str(uuid7())


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


async def test_the_tree_is_looked_up_by_kind_and_path(root: Connection, directory: Directory) -> None:
    snapshot = await read(directory)
    assert snapshot.path("420106-T01") == "CN.420000.420100.420106.420106-T01"
    city = snapshot.city_above("420106-T01")
    assert city is not None
    assert city.org_id == "420100"
    nearest = snapshot.nearest("420100", "city")
    assert nearest is not None
    assert nearest.org_id == "420100"
    assert snapshot.nearest("420000", "city") is None
    with pytest.raises(UnknownOrganisation):
        snapshot.path("999999")


async def test_it_is_read_again_only_when_something_changed(root: Connection, directory: Directory) -> None:
    first = await read(directory)
    assert await read(directory) is first
    for change in (
        "UPDATE organisation SET name = 'new', version = version + 1 WHERE org_id = '420106'",
        "INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version)"
        f" VALUES ('{HOLDER}', '1', 'X', '420106', '{{}}', 1)",
        f"UPDATE staff SET version = version + 1 WHERE staff_id = '{HOLDER}'",
        "INSERT INTO calendar_day VALUES ('2027-01-01', false, false, '元旦', 1)",
        "UPDATE calendar_day SET workday = true, version = 2",
    ):
        before = directory.current
        await root.execute(change)
        assert await read(directory) is not before, change
    assert directory.current.calendar.status(date(2027, 1, 1)).workday


async def test_law_is_found_where_it_is_adopted_on_the_day(root: Connection, directory: Directory) -> None:
    snapshot = await read(directory)
    assert snapshot.find(DeadlineWarnings, org_id="420106-T01", day=DAY).value.at
    assert snapshot.find(DeadlineWarnings, org_id="420106-T01", day=DAY) is snapshot.find(
        DeadlineWarnings, org_id="420106-T01", day=DAY
    )
    with pytest.raises(NoLaw):
        snapshot.find(DeadlineWarnings, org_id="420106-T01", day=date(2008, 12, 31))
    await root.execute("UPDATE organisation SET adoptions = '[]', version = 2 WHERE org_id = 'CN'")
    with pytest.raises(NoLaw):
        (await read(directory)).find(DeadlineWarnings, org_id="420106-T01", day=DAY)


async def test_an_adoption_ends_before_its_last_day(root: Connection, directory: Directory) -> None:
    adoption = [
        {"pack": "platform", "topics": ["deadline-warnings"], "from": "2026-11-20", "until": "2026-11-21"}
    ]
    await root.execute(
        "UPDATE organisation SET adoptions = $1::jsonb, version = 2 WHERE org_id = 'CN'", json.dumps(adoption)
    )
    snapshot = await read(directory)
    assert snapshot.find(DeadlineWarnings, org_id="420106", day=DAY)
    for day in (date(2026, 11, 19), date(2026, 11, 21)):
        with pytest.raises(NoLaw):
            snapshot.find(DeadlineWarnings, org_id="420106", day=day)


async def person(root: Connection, staff_id: str, **changed: Any) -> None:
    given = {
        "staff_no": staff_id[-8:],
        "name": "X",
        "org_id": "420106",
        "roles": ["unit-head"],
        "version": 1,
        **changed,
    }
    names = ", ".join(["staff_id", *given])
    places = ", ".join(f"${number}" for number in range(1, len(given) + 2))
    await root.execute(f"INSERT INTO staff ({names}) VALUES ({places})", staff_id, *given.values())


async def test_staff_are_found_by_role_at_exactly_their_node(root: Connection, directory: Directory) -> None:
    await person(root, HOLDER, staff_no="2")
    await person(root, DEPUTY, staff_no="1")
    await person(root, str(uuid7()), active=False)
    await person(root, str(uuid7()), org_id="420106-T01")
    snapshot = await read(directory)
    assert [one.staff_id for one in snapshot.staff_at("420106", "unit-head")] == [DEPUTY, HOLDER]
    assert snapshot.staff_at("420106", "center-director") == []


@pytest.mark.parametrize(
    ("day", "acting"),
    [("19", HOLDER), ("20", DEPUTY), ("22", DEPUTY), ("23", HOLDER)],
    ids=["19", "20", "22", "23"],
)
async def test_a_deputy_acts_from_the_first_to_the_last_day_of_an_absence(
    root: Connection, directory: Directory, day: str, acting: str
) -> None:
    await person(root, HOLDER, deputy_id=DEPUTY, absences='[{"from": "2026-11-20", "until": "2026-11-22"}]')
    await person(root, DEPUTY)
    assert (await read(directory)).standing_in(HOLDER, date(2026, 11, int(day))).staff_id == acting


async def test_an_absence_without_end_and_one_who_left_are_stood_in_for(
    root: Connection, directory: Directory
) -> None:
    gone = str(uuid7())
    await person(root, HOLDER, deputy_id=DEPUTY, absences='[{"from": "2026-11-20", "until": null}]')
    await person(root, gone, deputy_id=DEPUTY, active=False)
    await person(root, DEPUTY)
    snapshot = await read(directory)
    assert snapshot.standing_in(HOLDER, date(2030, 1, 1)).staff_id == DEPUTY
    assert snapshot.standing_in(gone, DAY).staff_id == DEPUTY


def changed(version: int, *, name: str = "武昌区", org_id: str = "420999", **more: Any) -> Event:
    data = {
        "org_id": org_id, "parent_id": "420100", "kind": "county", "name": name, "name_en": None, "division": org_id,
        "place_class": "wuhan", "orgpath": f"{orgpath('420100')}.{org_id}", "adoptions": [], "successor_id": None,
        "valid_from": "2009-01-01", "valid_to": None, **more,
    }  # fmt: skip
    return event("registry.organisation.changed.v1", f"organisation:{org_id}", org_id, version, data)


def moved(version: int, **more: Any) -> Event:
    data = {
        "staff_id": HOLDER, "staff_no": "10000001", "name": "X", "org_id": "420106", "roles": ["unit-head"],
        "deputy_id": None, "absences": [{"from": "2026-11-20", "until": None}], "active": True, **more,
    }  # fmt: skip
    return event("registry.staff.changed.v1", f"staff:{HOLDER}", "420106", version, data)


def event(kind: str, aggregate: str, key: str, version: int, data: dict[str, Any]) -> Event:
    now = moment().now
    return Event(
        uuid7(),
        "/keypost/registry",
        kind,
        now,
        key,
        aggregate,
        version,
        "CN",
        "system:registry",
        "a-chain",
        None,
        data,
    )


async def hear(pools: Database, *batch: Event) -> None:
    async with unscoped(pools.worker, moment()) as tx:
        await directory_consumer.HANDLERS[batch[0].type](tx, batch)


async def test_the_newest_version_stays_whatever_order_it_comes_in(root: Connection, pools: Database) -> None:
    find = "SELECT name, version FROM organisation WHERE org_id = '420999'"
    await hear(pools, changed(2, name="second"), changed(3, name="third"), changed(1, name="first"))
    assert tuple(await root.fetchrow(find) or ()) == ("third", 3)
    await hear(pools, changed(2, name="second"))
    await hear(pools, changed(3, name="third again"))
    assert tuple(await root.fetchrow(find) or ()) == ("third", 3)
    await hear(pools, changed(4, name="fourth"))
    assert tuple(await root.fetchrow(find) or ()) == ("fourth", 4)


async def test_what_an_event_says_more_than_we_know_is_passed_over(root: Connection, pools: Database) -> None:
    await hear(pools, changed(1, surprise={"a": 1}))
    assert await root.fetchval("SELECT count(*) FROM organisation WHERE org_id = '420999'") == 1


async def test_staff_are_taken_over_whole_also_under_a_node_not_heard_of(
    root: Connection, pools: Database
) -> None:
    await hear(pools, moved(1), moved(2, org_id="unheard-of", roles=["finance"]))
    await hear(pools, moved(1))
    row = await root.fetchrow("SELECT org_id, roles, absences::text AS absences FROM staff")
    assert row
    assert (row["org_id"], row["roles"]) == ("unheard-of", ["finance"])
    assert json.loads(row["absences"]) == [{"from": "2026-11-20", "until": None}]


async def test_another_order_between_partitions_gives_the_same_tree(
    root: Connection, pools: Database
) -> None:
    child = changed(
        1,
        org_id="420999-T01",
        parent_id="420999",
        kind="team",
        orgpath=f"{orgpath('420100')}.420999.420999-T01",
    )
    await hear(pools, child)
    await hear(pools, changed(1))
    directory = Directory(pools.worker)
    city = (await read(directory)).city_above("420999-T01")
    assert city is not None
    assert city.org_id == "420100"


async def test_a_wording_published_at_run_time_is_law_and_a_broken_one_is_refused_aloud(
    root: Connection, directory: Directory
) -> None:
    await root.execute(
        """INSERT INTO rule_wording VALUES ('platform.deadline-warnings', '2026-11-01', '2026-10-01', $1::jsonb, 1)""",
        json.dumps({"act": "platform", "article": "平台约定", "value": {"at": ["1/3"]}}),
    )
    snapshot = await read(directory)
    assert [str(one) for one in snapshot.find(DeadlineWarnings, org_id="420106", day=DAY).value.at] == ["1/3"]
    await root.execute("UPDATE rule_wording SET wording = '{\"nonsense\": 1}', version = 2")
    with pytest.raises((TypeError, ValueError)):
        await directory.refresh()
    assert directory.current is snapshot
