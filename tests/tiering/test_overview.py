"""What a center sees on one screen, and that it follows what is heard and recorded."""

from typing import Any

import pytest

from support.facts import customer_fact
from support.months import figures_settle, month_of
from support.service import (
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)
from support.tiering import Planted, planted, used
from support.usage_filing import filed, row
from support.waiting import eventually


async def overview(tiering: ServiceUnderTest, who: Person = PROVINCE, **asked: Any) -> dict[str, Any]:
    await figures_settle(tiering)
    return dict(expect(await tiering.get(who, "/overview", **asked), 200))


def by(items: list[dict[str, Any]], name: str, figure: str = "month") -> dict[Any, int]:
    return {item[name]: item[figure] for item in items}


async def test_customers_are_counted_by_class_and_importance_at_the_end_of_the_month(
    fresh: ServiceUnderTest,
) -> None:
    await planted(fresh, initial_class=1, importance="important")
    await planted(fresh, initial_class=4, importance="potential")
    await planted(fresh, initial_class=4)
    await planted(fresh, initial_class=None)
    await planted(fresh, initial_class=2, state="closed")
    await planted(fresh, initial_class=3, at="2026-02-28T23:59:59+08:00")
    await planted(fresh, initial_class=3, at="2026-03-01T00:00:00+08:00")
    shown = (await overview(fresh, month="2026-02"))["customers"]
    assert (shown["month"], shown["previous_month"], shown["growth_month"]) == (5, 4, "0.2500")
    assert by(shown["by_class"], "class") == {1: 1, 3: 1, 4: 2, None: 1}
    assert by(shown["by_class"], "class", "previous_month") == {1: 1, 3: 0, 4: 2, None: 1}
    assert by(shown["by_importance"], "importance") == {"important": 1, "potential": 1, None: 3}
    assert (shown["key_accounts"]["month"], shown["key_accounts"]["previous_month"]) == (4, 3)
    assert by((await overview(fresh, month="2026-03"))["customers"]["by_class"], "class")[3] == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_customer_closed_since_counts_in_the_months_before(
    fresh: ServiceUnderTest, order: tuple[int, int]
) -> None:
    await planted(fresh, initial_class=4)
    customer = await planted(fresh, initial_class=3)
    closed = {"kind": "changed", "customer_code": customer.code, "initial_class": 3, "state": "closed"}
    told = (
        customer_fact(customer.customer_id, 2, at="2026-02-01T00:00:00+08:00", **closed),
        customer_fact(customer.customer_id, 3, at="2026-03-01T00:00:00+08:00", name="新名", **closed),
    )
    for place in order:
        await fresh.hear(told[place])
    shown = (await overview(fresh, month="2026-02"))["customers"]
    assert (shown["month"], shown["previous_month"], shown["growth_month"]) == (1, 2, "-0.5000")
    assert by(shown["by_class"], "class", "previous_month") == {3: 1, 4: 1, None: 0}


async def test_the_share_of_key_accounts_is_of_all_revenue_and_null_without_any(
    fresh: ServiceUnderTest,
) -> None:
    key, other = await planted(fresh, initial_class=2), await planted(fresh)
    await month_of(fresh, key, "2026-01", "30.00")
    await month_of(fresh, other, "2026-01", "70.00")
    await month_of(fresh, key, "2026-02", "1.00")
    body = await overview(fresh, month="2026-02")
    assert body["key_accounts"]["share"] == {
        "month": "1.0000", "previous_month": "0.3000", "year_ago": None, "cumulative": "0.3069",
        "cumulative_year_ago": None,
    }  # fmt: skip
    assert body["key_accounts"]["revenue"]["cumulative"] == "31.00"
    assert (body["revenue"]["month"], body["revenue"]["growth_month"], body["pieces"]["month"]) == (
        "1.00",
        "-0.9900",
        1,
    )


async def test_the_series_is_of_24_months_across_the_turns_of_years(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    # Rows from before what intake takes today: 36 months back (settings).
    for month, revenue in (
        ("2024-02", "9.00"),
        ("2024-03", "1.00"),
        ("2024-12", "2.00"),
        ("2026-02", "3.00"),
    ):
        await month_of(fresh, customer, month, revenue)
    series = (await overview(fresh, month="2026-02"))["series"]
    assert [one["month"] for one in series] == [
        f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)
    ][2:26]
    assert {one["month"]: one["revenue"] for one in series if one["revenue"] != "0.00"} == {
        "2024-03": "1.00", "2024-12": "2.00", "2026-02": "3.00",
    }  # fmt: skip


async def test_movers_are_the_ten_that_rose_and_fell_most_of_all_units(fresh: ServiceUnderTest) -> None:
    customers = [await planted(fresh, org_id=unit) for unit in ("420106-T01", "420107", "420525") * 5]
    for place, customer in enumerate(customers):
        await month_of(fresh, customer, "2026-01", "100.00")
        if place != 7:
            await month_of(fresh, customer, "2026-02", f"{100 + place - 2}.00")
    movers = (await overview(fresh, month="2026-02"))["movers"]
    assert [one["change_month"] for one in movers["up"]] == [
        f"{place - 2}.00" for place in range(14, 4, -1) if place != 7
    ] + ["2.00"]
    assert [one["change_month"] for one in movers["down"]] == ["-100.00", "-2.00", "-1.00"]
    lost = movers["down"][0]
    assert (lost["customer_id"], lost["growth_month"], lost["revenue"], lost["previous_month"]) == (
        str(customers[7].customer_id), "-1.0000", "0.00", "100.00",
    )  # fmt: skip
    assert {one["org_id"] for one in (await overview(fresh, OFFICER, month="2026-02"))["movers"]["up"]} == {
        "420106-T01", "420107",
    }  # fmt: skip


async def test_filings_and_open_reviews_are_on_it(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await used(fresh, customer, "2025-06", "1.00")
    fresh.set_clock("2026-03-05T10:00:00+08:00")
    await filed(fresh, OFFICER, [row(customer.code)])
    assert (await overview(fresh))["filings"] == {"filed": 1, "late": 0, "missing": 0, "open": 1}
    fresh.set_clock("2026-03-06T10:00:00+08:00")
    body = await overview(fresh)
    assert body["filings"] == {"filed": 1, "late": 0, "missing": 1, "open": 0}
    assert (await overview(fresh, OFFICER))["filings"]["missing"] == 0
    assert body["reviews_open"] == []
    review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    (shown,) = (await overview(fresh))["reviews_open"]
    assert (shown["id"], shown["year"], shown["state"]) == (review["id"], 2025, "proposed")
    assert (await overview(fresh, OFFICER))["reviews_open"] == []


async def test_what_is_heard_of_customers_changes_the_counts(fresh: ServiceUnderTest) -> None:
    customer = Planted()
    facts = {"customer_code": customer.code, "initial_class": None, "at": "2025-11-04T09:00:00+08:00"}
    await fresh.hear(customer_fact(customer.customer_id, **facts))
    assert (await overview(fresh, OFFICER))["customers"]["month"] == 1
    await fresh.hear(customer_fact(customer.customer_id, 2, kind="changed", **{**facts, "state": "closed"}))
    assert (await overview(fresh, OFFICER))["customers"]["month"] == 0


async def test_a_month_that_begins_is_counted_though_nothing_is_recorded_of_it(
    fresh: ServiceUnderTest,
) -> None:
    await planted(fresh, initial_class=1)
    assert (await overview(fresh, month="2026-03"))["customers"]["month"] == 1
    fresh.set_clock("2026-04-01T00:00:01+08:00")
    await eventually(
        lambda: fresh.rows("SELECT max(month)::text AS month FROM month_begun"), [{"month": "2026-04-01"}]
    )
    assert (await overview(fresh, month="2026-04"))["customers"]["month"] == 1
