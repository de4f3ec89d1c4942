"""Who has filed which month and who has not, by bureau (hubei annex 3: by the 5th of each month, that day included)."""

from typing import Any

from support.months import figures_settle
from support.service import (
    FAR_OFFICER,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
    expect,
)
from support.usage_filing import customer, filed, row
from support.waiting import eventually


async def filings(tiering: ServiceUnderTest, who: Person = PROVINCE, **asked: Any) -> list[dict[str, Any]]:
    return list(expect(await tiering.get(who, "/usage-filings", **asked), 200)["items"])


async def states(tiering: ServiceUnderTest, who: Person = PROVINCE, **asked: Any) -> dict[str, str]:
    return {one["org_id"]: one["state"] for one in await filings(tiering, who, **asked)}


async def test_filed_open_late_and_missing_follow_the_end_of_the_5th(fresh: ServiceUnderTest) -> None:
    made = await customer(fresh)
    file = await filed(fresh, OFFICER, [row(made)], month="2026-02")
    assert await states(fresh, month="2026-02") == {"420100": "filed", "420500": "open"}
    (own,) = await filings(fresh, OFFICER, month="2026-02")
    assert (own["due_on"], own["usage_file"], own["days_late"]) == (
        "2026-03-05", {"id": file["id"], "name": "usage.csv"}, 0,
    )  # fmt: skip
    fresh.set_clock("2026-03-05T23:59:50+08:00")
    assert (await states(fresh, month="2026-02"))["420500"] == "open"
    fresh.set_clock("2026-03-06T00:00:00+08:00")
    assert (await states(fresh, month="2026-02"))["420500"] == "missing"
    fresh.set_clock("2026-03-08T10:00:00+08:00")
    (gone,) = await filings(fresh, state="missing", month="2026-02")
    assert (gone["org_id"], gone["org_name"], gone["days_late"], gone["filed_at"]) == (
        "420500", "宜昌市邮政局", 3, None,
    )  # fmt: skip
    await filed(fresh, FAR_OFFICER, [], month="2026-02")
    assert await filings(fresh, state="missing", month="2026-02") == []
    (late,) = await filings(fresh, state="late", month="2026-02")
    assert (late["org_id"], late["days_late"], late["filed_at"][:10]) == ("420500", 3, "2026-03-08")


async def test_what_was_told_missing_is_on_the_list_and_stays_when_it_comes_late(
    fresh: ServiceUnderTest,
) -> None:
    made = await customer(fresh)
    await filed(fresh, OFFICER, [row(made)], month="2026-02")
    fresh.set_clock("2026-04-06T00:00:01+08:00")

    async def told() -> list[bool]:
        return [one["told_missing_at"] is not None for one in await filings(fresh, OFFICER, month="2026-03")]

    await eventually(told, [True])
    await filed(fresh, OFFICER, [row(made)], month="2026-03")
    (late,) = await filings(fresh, OFFICER, month="2026-03")
    assert (late["state"], late["days_late"], late["told_missing_at"] is not None) == ("late", 1, True)


async def test_a_duty_begins_with_the_month_before_the_first_filing_and_has_no_month_that_still_runs(
    fresh: ServiceUnderTest,
) -> None:
    made = await customer(fresh)
    for month in ("2025-06", "2026-02"):
        await filed(fresh, OFFICER, [row(made)], month=month)
    assert [one["month"] for one in await filings(fresh, OFFICER)] == ["2026-02"]
    fresh.set_clock("2026-05-01T00:00:01+08:00")
    assert [one["month"] for one in await filings(fresh, OFFICER)] == ["2026-04", "2026-03", "2026-02"]
    ordered = await filings(fresh, OFFICER, sort="month", limit=2)
    assert [one["month"] for one in ordered] == ["2026-02", "2026-03"]
    assert [one["month"] for one in await filings(fresh, FAR_OFFICER)] == ["2026-04", "2026-03", "2026-02"]


async def test_before_anybody_filed_nobody_lacks_a_month(fresh: ServiceUnderTest) -> None:
    await customer(fresh)
    assert await filings(fresh) == []


async def test_how_many_customers_it_covers_of_those_the_bureau_has(fresh: ServiceUnderTest) -> None:
    codes = [await customer(fresh, org_id) for org_id in ("420106-T01", "420107", "420107")]
    await fresh.rows("UPDATE customer SET registered_on = '2025-01-01' RETURNING 1")
    await filed(fresh, OFFICER, [row(code) for code in codes[:2]], month="2026-02")
    await figures_settle(fresh)
    (own,) = await filings(fresh, OFFICER, month="2026-02")
    assert (own["reported"], own["customers"]) == (2, 3)


async def test_filings_of_the_scope_are_seen_by_who_reads_files(fresh: ServiceUnderTest) -> None:
    await filed(fresh, OFFICER, [row(await customer(fresh))], month="2026-02")
    assert set(await states(fresh, INSPECTOR)) == {"420100", "420500"}
    assert set(await states(fresh, OFFICER)) == {"420100"}
    assert await states(fresh, OFFICER, org_id="420500") == {}
    assert set(await states(fresh, PROVINCE, org_id="420500")) == {"420500"}
    assert await states(fresh, HEAD) == {}
    for person in (FINANCE, MANAGER):
        expect(await fresh.get(person, "/usage-filings"), 403)
    for asked in ({"state": "none"}, {"month": "x"}, {"sort": "name"}, {"cursor": "x"}):
        expect(await fresh.get(OFFICER, "/usage-filings", **asked), 422)
