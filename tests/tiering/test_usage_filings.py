"""By the 5th: who filed in time, who did not, and that it is told once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from contracts.tiering import UsageFileMissing
from support.instance import Databases
from support.service import (
    FAR_HEAD,
    FAR_OFFICER,
    OFFICER,
    ServiceUnderTest,
    expect,
    running_service,
    surroundings,
)
from support.usage_filing import csv, customer, done, filed, row, upload
from support.waiting import eventually
from tiering.consumers.files import Loader


async def clocks(tiering: ServiceUnderTest) -> dict[str, str]:
    rows = await tiering.rows("SELECT subject_id, state FROM deadline WHERE kind = 'usage-filing'")
    return {row["subject_id"]: row["state"] for row in rows}


async def missing(tiering: ServiceUnderTest, month: str, org_id: str = "420100") -> list[dict[str, Any]]:
    return await tiering.events(f"usage-filing:{org_id}:{month}")


@pytest.mark.parametrize(
    ("at", "late"), [("2026-03-05T23:59:50+08:00", False), ("2026-03-06T00:00:00+08:00", True)]
)
async def test_a_file_of_the_5th_is_in_time_and_one_of_the_6th_is_late(
    tiering: ServiceUnderTest, at: str, late: bool
) -> None:
    content = csv([row(await customer(tiering))])
    tiering.set_clock(at)
    try:
        file = await upload(tiering, OFFICER, content)
    finally:
        tiering.set_clock("2026-03-02T09:00:00+08:00")
    assert (file["late"], file["due_on"]) == (late, "2026-03-05")
    loaded = await done(tiering, OFFICER, file["id"])
    assert loaded["late"] is late
    [event] = await tiering.events(f"usage-file:{file['id']}")
    assert event["payload"]["late"] is late


async def test_a_month_not_filed_by_the_5th_is_told_once_and_a_late_file_is_met_late(
    fresh: ServiceUnderTest,
) -> None:
    made = await customer(fresh)
    await filed(fresh, OFFICER, [row(made)], month="2026-02")
    fresh.set_clock("2026-04-01T00:00:01+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "running"})
    fresh.set_clock("2026-04-05T23:59:50+08:00")
    assert await missing(fresh, "2026-03") == []
    fresh.set_clock("2026-04-06T00:00:01+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "breached"})
    [told] = await missing(fresh, "2026-03")
    fact = UsageFileMissing.model_validate(told["payload"])
    assert (fact.org_id, fact.month, fact.due_on.isoformat()) == ("420100", "2026-03", "2026-04-05")
    assert fact.because is not None
    assert [reason["rule"] for reason in fact.because["reasons"]] == [
        "hubei.usage-filing",
        "hubei.usage-filing-day",
    ]
    file = await filed(fresh, OFFICER, [row(made)], month="2026-03")
    assert file["late"] is True and await clocks(fresh) == {"420100:2026-03": "met-late"}
    assert len(await missing(fresh, "2026-03")) == 1
    answer = expect(await fresh.get(OFFICER, "/usage-files", late=True), 200)
    assert [one["id"] for one in answer["items"]] == [file["id"]]


async def test_a_month_filed_in_time_is_met_and_never_missing(fresh: ServiceUnderTest) -> None:
    made = await customer(fresh)
    await filed(fresh, OFFICER, [row(made)], month="2026-02")
    fresh.set_clock("2026-04-01T00:00:01+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "running"})
    fresh.set_clock("2026-04-05T23:59:00+08:00")
    file = await filed(fresh, OFFICER, [row(made)], month="2026-03")
    assert file["late"] is False and await clocks(fresh) == {"420100:2026-03": "met"}
    fresh.set_clock("2026-04-07T00:00:00+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "met"})
    assert await missing(fresh, "2026-03") == []


async def test_history_brought_at_once_makes_no_month_missing_but_those_after_it_count(
    fresh: ServiceUnderTest,
) -> None:
    made = await customer(fresh)
    for month in ("2025-01", "2025-06"):
        await filed(fresh, OFFICER, [row(made)], month=month)
    fresh.set_clock("2026-05-10T00:00:00+08:00")
    wanted = {f"420100:{month}": "breached" for month in ("2026-02", "2026-03", "2026-04")}
    await eventually(lambda: clocks(fresh), wanted)
    assert [len(await missing(fresh, month)) for month in ("2025-02", "2026-02", "2026-04")] == [0, 1, 1]


async def test_a_city_that_never_filed_has_no_clock(fresh: ServiceUnderTest) -> None:
    fresh.set_clock("2026-05-10T00:00:00+08:00")
    await filed(fresh, OFFICER, [row(await customer(fresh))], month="2026-04")
    nothing: dict[str, str] = {}
    await eventually(lambda: clocks(fresh), nothing)
    assert not any(name.startswith("420500") for name in await clocks(fresh))


@pytest.mark.parametrize("rows", [[], ["42010099999990,无此客户,国内异地速递,1.00,1,1"]])
async def test_a_file_of_which_no_row_was_taken_does_not_file_the_month(
    fresh: ServiceUnderTest, rows: list[str]
) -> None:
    await filed(fresh, OFFICER, [row(await customer(fresh))], month="2026-02")
    fresh.set_clock("2026-04-02T00:00:00+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "running"})
    file = await filed(fresh, OFFICER, rows, month="2026-03")
    assert (file["state"], file["loaded_rows"]) == ("loaded", 0)
    assert await clocks(fresh) == {"420100:2026-03": "running"}
    fresh.set_clock("2026-04-06T00:00:00+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "breached"})
    assert len(await missing(fresh, "2026-03")) == 1


async def test_a_month_that_still_runs_is_taken_but_not_filed(fresh: ServiceUnderTest) -> None:
    made = await customer(fresh)
    await filed(fresh, OFFICER, [row(made)], month="2026-02")
    fresh.set_clock("2026-03-31T23:59:50+08:00")
    file = await filed(fresh, OFFICER, [row(made)], month="2026-03")
    assert (file["state"], file["loaded_rows"], file["late"]) == ("loaded", 1, False)
    fresh.set_clock("2026-04-01T00:00:01+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "running"})
    again = await filed(fresh, OFFICER, [row(made)], month="2026-03")
    assert (again["unchanged_rows"], again["id"] != file["id"]) == (1, True)
    assert await clocks(fresh) == {"420100:2026-03": "met"}


async def test_a_unit_without_customers_files_an_empty_form(fresh: ServiceUnderTest) -> None:
    await filed(fresh, FAR_OFFICER, [], month="2026-02")
    fresh.set_clock("2026-04-02T00:00:00+08:00")
    await eventually(lambda: clocks(fresh), {"420500:2026-03": "running"})
    await filed(fresh, FAR_OFFICER, [], month="2026-03")
    assert await clocks(fresh) == {"420500:2026-03": "met"}


async def test_a_rejected_file_does_not_file_the_month(fresh: ServiceUnderTest) -> None:
    await filed(fresh, OFFICER, [row(await customer(fresh))], month="2026-02")
    fresh.set_clock("2026-04-02T00:00:00+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "running"})
    body = await upload(fresh, OFFICER, b"no,header\n", month="2026-03")
    assert (await done(fresh, OFFICER, body["id"]))["state"] == "rejected"
    assert await clocks(fresh) == {"420100:2026-03": "running"}
    fresh.set_clock("2026-04-06T00:00:00+08:00")
    await eventually(lambda: clocks(fresh), {"420100:2026-03": "breached"})
    assert len(await missing(fresh, "2026-03")) == 1


async def test_a_file_whose_unit_is_under_no_law_any_more_is_rejected_and_stops_no_other(
    tiering_databases: Databases,
) -> None:
    with surroundings({"KEYPOST_USAGE_LOADERS": "0"}):
        async with running_service("tiering", tiering_databases("tiering")) as waiting:
            body = await upload(waiting, OFFICER, csv([row(await customer(waiting))]))
            directory = waiting.runtime.directory
            directory.current = replace(directory.current, adoptions={})
            loading = asyncio.create_task(Loader(waiting.runtime, waiting.app.state.settings).run())
            try:
                assert (await done(waiting, OFFICER, body["id"]))["state"] == "rejected"
                assert not loading.done()
            finally:
                loading.cancel()


async def test_a_late_file_that_comes_before_its_clock_was_started_is_told_all_the_same(
    tiering_databases: Databases,
) -> None:
    with surroundings({"KEYPOST_USAGE_FILING_POLL_SECONDS": "3600"}):
        async with running_service("tiering", tiering_databases("tiering")) as slow:
            made = await customer(slow)
            await filed(slow, OFFICER, [row(made)], month="2026-02")
            slow.set_clock("2026-04-06T00:00:00+08:00")
            file = await filed(slow, OFFICER, [row(made)], month="2026-03")
            assert file["late"] is True and await clocks(slow) == {"420100:2026-03": "met-late"}
            assert len(await missing(slow, "2026-03")) == 1


async def test_wuhan_reports_ten_customers_at_least_and_a_county_two_of_those_it_has(
    fresh: ServiceUnderTest,
) -> None:
    def too_few(file: Any) -> list[str]:
        return [one["zh"] for one in file["warnings"] if one["code"] == "too-few-customers"]

    codes = [await customer(fresh) for _ in range(11)]
    nine = await filed(fresh, OFFICER, [row(one) for one in codes[:9]])
    assert too_few(nine) == ["应至少填报收入规模排名前10位的客户，本月仅填报9位"]
    assert nine["warnings"][0]["because"]["reasons"][0]["rule"] == "hubei.usage-filing"
    assert too_few(await filed(fresh, OFFICER, [row(codes[9])])) == []
    only = await customer(fresh, "420525")
    assert too_few(await filed(fresh, FAR_HEAD, [row(only)])) == []
    await customer(fresh, "420525")
    assert len(too_few(await filed(fresh, FAR_HEAD, [row(only, "2.00")]))) == 1
