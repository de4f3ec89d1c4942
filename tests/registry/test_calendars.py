"""Official calendars: a year is provisional until its notice is imported."""

import asyncio
from typing import Any

import pytest

from support.registry import expect
from support.service import ADMINISTRATOR, MANAGER, PROVINCE, Person, ServiceUnderTest

PROVINCE_ADMINISTRATOR = Person("420000", "administrator")
CITY_ADMINISTRATOR = Person("420500", "administrator")
SOURCE = "关于2027年部分节假日安排的通知"


def notice(year: int = 2027, **facts: Any) -> dict[str, Any]:
    """Give a notice: 1 January (a Friday in 2027) off, the Saturday after it worked."""
    days = [
        {"day": f"{year}-01-01", "workday": False, "note": "元旦"},
        {"day": f"{year}-01-02", "workday": True, "note": "元旦调休"},
    ]
    return {"year": year, "source": SOURCE, "days": days, **facts}


async def days_of(registry: ServiceUnderTest, year: int) -> dict[str, tuple[bool, bool, str]]:
    rows = await registry.rows(
        "SELECT day, workday, provisional, note FROM calendar_day WHERE extract(year FROM day) = $1 ORDER BY day",
        year,
    )
    return {row["day"].isoformat(): (row["workday"], row["provisional"], row["note"]) for row in rows}


async def test_a_year_without_a_notice_is_provisional(registry: ServiceUnderTest) -> None:
    shown = await expect(registry.get(MANAGER, "/calendars/2031"), 200)
    assert (shown["state"], shown["source"], shown["days"], shown["version"]) == ("provisional", None, [], 0)
    assert shown["workdays"] == 261


async def test_a_shipped_year_is_official_with_its_notice(registry: ServiceUnderTest) -> None:
    shown = await expect(registry.get(MANAGER, "/calendars/2026"), 200)
    assert (shown["state"], shown["version"]) == ("official", 0)
    assert "2026" in shown["source"]
    assert {"day": "2026-01-01", "workday": False, "note": "元旦"} in shown["days"]


async def test_an_imported_year_is_official_on_every_day_and_told_whole(registry: ServiceUnderTest) -> None:
    answer = await registry.post(ADMINISTRATOR, "/calendars", notice(2027))
    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/calendars/2027")
    shown = await expect(registry.get(MANAGER, "/calendars/2027"), 200)
    assert (shown["state"], shown["source"], shown["version"]) == ("official", SOURCE, 1)
    assert shown["days"] == notice(2027)["days"]
    days = await days_of(registry, 2027)
    assert len(days) == 365
    assert days["2027-01-01"] == (False, False, "元旦")
    assert days["2027-01-02"] == (True, False, "元旦调休")
    assert days["2027-01-03"] == (False, False, "")
    assert days["2027-01-04"] == (True, False, "")
    [told] = await registry.events("calendar:2027")
    assert (told["type"], told["key"], told["orgpath"]) == ("registry.calendar.imported.v1", "CN", "CN")
    assert len(told["payload"]["days"]) == 365
    assert not any(day["provisional"] for day in told["payload"]["days"])


async def test_a_leap_year_has_366_days(registry: ServiceUnderTest) -> None:
    await expect(registry.post(PROVINCE_ADMINISTRATOR, "/calendars", notice(2028)), 201)
    assert len(await days_of(registry, 2028)) == 366


async def test_a_second_import_replaces_the_first_and_is_told_as_the_next_version(
    registry: ServiceUnderTest,
) -> None:
    await expect(registry.post(ADMINISTRATOR, "/calendars", notice(2029)), 201)
    days = [{"day": "2029-01-02", "workday": False, "note": "元旦"}]
    second = await expect(registry.post(ADMINISTRATOR, "/calendars", notice(2029, days=days)), 201)
    assert second["version"] == 2
    kept = await days_of(registry, 2029)
    # The Monday that the first notice freed is worked again.
    assert (kept["2029-01-01"], kept["2029-01-02"]) == ((True, False, ""), (False, False, "元旦"))
    assert [event["version"] for event in await registry.events("calendar:2029")] == [1, 2]


async def test_imports_at_once_have_versions_of_their_own(registry: ServiceUnderTest) -> None:
    answers = await asyncio.gather(
        *(registry.post(ADMINISTRATOR, "/calendars", notice(2030)) for _ in range(4))
    )
    assert sorted(answer.json()["version"] for answer in answers) == [1, 2, 3, 4]
    assert [event["version"] for event in await registry.events("calendar:2030")] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"days": []}, "/days"),
        ({"days": [{"day": "2033-01-01", "workday": False}]}, "/days/0/day"),
        ({"days": [{"day": "2032-01-01", "workday": False}] * 2}, "/days/1/day"),
        ({"days": [{"day": "2032-02-30", "workday": False}]}, "/days/0/day"),
        ({"days": [{"day": "2032-01-01", "workday": "maybe"}]}, "/days/0/workday"),
        ({"days": [{"day": "2032-01-01"}]}, "/days/0/workday"),
        ({"source": " "}, "/source"),
        ({"year": 1000}, "/year"),
        ({"year": 2032.5}, "/year"),
    ],
)
async def test_a_notice_that_does_not_hold_together_changes_nothing(
    registry: ServiceUnderTest, facts: dict[str, Any], pointer: str
) -> None:
    refused = await registry.post(ADMINISTRATOR, "/calendars", {**notice(2032), **facts})
    assert (refused.status_code, refused.json()["pointer"]) == (422, pointer), refused.text
    assert await days_of(registry, 2032) == {}
    assert await registry.events("calendar:2032") == []


@pytest.mark.parametrize("who", [PROVINCE, MANAGER, CITY_ADMINISTRATOR])
async def test_only_administrators_of_nation_and_province_import(
    registry: ServiceUnderTest, who: Person
) -> None:
    assert (await registry.post(who, "/calendars", notice(2032))).status_code == 403


async def test_a_year_beyond_all_calendars_is_refused(registry: ServiceUnderTest) -> None:
    assert (await registry.get(MANAGER, "/calendars/9999")).status_code == 422
    assert (await registry.get(MANAGER, "/calendars/soon")).status_code == 422
