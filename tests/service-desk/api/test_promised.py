"""What callers are promised goes with the clocks as they are; a day that is only expected is said to be so."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest_asyncio

from chassis.ids import uuid7
from contracts.envelope import Event
from regulations.calendars import AnnouncedYear
from support.claims import a_customer
from support.desk_steps import AGENT, STEPS, received, seen, step, taken
from support.instance import Databases
from support.intake import claim, complaint
from support.service import OFFICER, ServiceUnderTest, expect, running_service

EXPECTED_ZH, EXPECTED_EN = "节假日安排公布后可能调整", "may change once the public holidays are announced"
# Wednesday; the calendar of 2027 is not shipped, and the Spring Festival of that year begins on 6 February.
BEFORE_THE_FESTIVAL = "2027-02-03T10:00:00+08:00"
REST = ("2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11")
WORKED = ("2027-02-14",)


def told_by_the_registry(kind: str, aggregate: str, org_id: str, data: dict[str, Any]) -> Event:
    return Event(
        id=uuid7(), source="/keypost/registry", type=f"registry.{kind}.v1", subject=org_id, version=1,
        time=datetime.fromisoformat(BEFORE_THE_FESTIVAL), aggregate=aggregate, orgpath=org_id, actor="system:test",
        correlation_id=str(uuid7()), causation_id=None, data=data,
    )  # fmt: skip


def in_working_days(rule: str, value: dict[str, int]) -> Event:
    data = {
        "rule": rule, "org_id": "420000", "in_force": "2027-01-01", "recorded": "2026-12-01T09:00:00+08:00",
        "citation": {"act": "hubei", "article": "30(2)"}, "assumption": True, "published_by": str(uuid7()),
        "value": {name: {"days": days, "basis": "working"} for name, days in value.items()},
    }  # fmt: skip
    return told_by_the_registry("rule.published", f"rule:{rule}", "420000", data)


def announced() -> Event:
    named = [{date.fromisoformat(day): "春节" for day in days} for days in (REST, WORKED)]
    days = [
        {"day": str(day), "workday": status.workday, "provisional": status.provisional, "note": status.note}
        for day, status in AnnouncedYear(2027, "正式", "通知", *named).days()
    ]
    data = {"year": 2027, "source": "通知", "days": days}
    return told_by_the_registry("calendar.imported", "calendar:2027", "CN", data)


@pytest_asyncio.fixture
async def desk(desk_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with running_service("service-desk", desk_databases("service-desk")) as running:
        await running.hear(
            in_working_days("hubei.complaint-clocks", {"answer": 2, "resolve": 7}),
            in_working_days("hubei.general-compensation-clocks", {"handle": 2, "pay": 7, "report": 3}),
        )
        await running.runtime.directory.refresh()
        running.set_clock(BEFORE_THE_FESTIVAL)
        yield running


async def test_a_day_that_is_only_expected_is_said_to_be_so_where_it_is_promised(
    desk: ServiceUnderTest,
) -> None:
    body = expect(await desk.post(AGENT, "/complaints", complaint()), 201)
    assert [(one["due_on"], one["provisional"]) for one in body["deadlines"]] == [
        ("2027-02-05", True),
        ("2027-02-12", True),
    ]
    for words in (body["promised"], body["next_step"]):
        assert EXPECTED_ZH in words["zh"] and EXPECTED_EN in words["en"]


async def test_a_promise_goes_with_the_official_calendar_and_intake_keeps_what_was_said(
    desk: ServiceUnderTest,
) -> None:
    said = expect(await desk.post(AGENT, "/complaints", complaint()), 201)
    assert (await seen(desk, said["case_no"]))["promised"] == said["promised"]
    await desk.hear(announced())
    body = await seen(desk, said["case_no"])
    assert [one["due_on"] for one in body["deadlines"]] == ["2027-02-12", "2027-02-18"]
    assert "2月12日24时前答复您，2月18日24时前办结。" in body["promised"]["zh"]
    assert "12 February 2027" in body["promised"]["en"] and "18 February 2027." in body["promised"]["en"]
    timeline = expect(await desk.get(OFFICER, f"/complaints/{said['case_no']}/timeline"), 200)
    [recorded] = [one for one in timeline["steps"] if one["step"] == "recorded"]
    assert recorded["told"] == said["promised"]
    assert not any("told" in one for one in timeline["steps"] if one is not recorded)


async def test_a_claim_is_promised_by_its_clocks_as_they_are(desk: ServiceUnderTest) -> None:
    caller = {"customer_id": await a_customer(desk, initial_class=3)}
    said = expect(await desk.post(AGENT, "/compensations", claim(caller=caller)), 201)
    assert {one["provisional"] for one in said["deadlines"]} == {True}
    assert EXPECTED_ZH in said["promised"]["zh"] and EXPECTED_EN in said["promised"]["en"]
    path = f"/compensations/{said['case_no']}"
    kept = expect(await desk.get(OFFICER, path), 200)
    assert kept["promised"] == said["promised"]
    assert {one["provisional"] for one in kept["deadlines"]} == {True}
    await desk.hear(announced())
    now = expect(await desk.get(OFFICER, path), 200)["promised"]
    assert "2月12日24时前处理，2月18日24时前赔偿到位。" in now["zh"]


async def test_a_reopened_complaint_is_promised_by_the_clocks_of_its_cycle(desk: ServiceUnderTest) -> None:
    desk.set_clock("2026-12-01T09:00:00+08:00")
    case_no = await received(desk)
    await taken(desk, case_no, *STEPS)
    assert "12月3日24时前答复您，12月8日24时前办结。" in (await seen(desk, case_no))["promised"]["zh"]
    desk.set_clock("2026-12-10T09:00:00+08:00")
    expect(await step(desk, case_no, "reopen", {"reason": "又迟了"}, by=AGENT), 200)
    assert "12月12日24时前答复您，12月17日24时前办结。" in (await seen(desk, case_no))["promised"]["zh"]


async def test_what_comes_in_under_an_official_calendar_is_promised_outright(desk: ServiceUnderTest) -> None:
    await desk.hear(announced())
    await desk.runtime.directory.refresh()
    body = expect(await desk.post(AGENT, "/complaints", complaint()), 201)
    assert [one["provisional"] for one in body["deadlines"]] == [False, False]
    assert "2月12日24时前答复您，2月18日24时前办结。" in body["promised"]["zh"]
    assert EXPECTED_EN not in str(body)
