"""A month beside the one before and the year before: of customers, units, lines and classes."""

import asyncio
from datetime import date
from itertools import count
from typing import Any

import pytest

from support.facts import assignment_fact
from support.merged import merged_fact, unmerged_fact
from support.months import compared, figures_settle, month_of
from support.service import FAR_OFFICER, OFFICER, PROVINCE, Person, ServiceUnderTest, expect
from support.tiering import Planted, planted
from support.usage_filing import filed
from support.usage_filing import row as line_of

_teams = count(10)


async def of_customer(tiering: ServiceUnderTest, customer: Planted, **asked: Any) -> dict[str, Any]:
    answer = await tiering.get(PROVINCE, "/comparisons", customer=customer.code, **asked)
    (item,) = expect(answer, 200)["items"]
    return dict(item)


async def test_a_month_stands_beside_the_one_before_the_year_before_and_both_years_so_far(
    tiering: ServiceUnderTest,
) -> None:
    customer = await planted(tiering)
    for month, revenue, pieces, kg in (
        ("2025-01", "100.00", 10, "1.000"),
        ("2025-02", "200.00", 20, "2.500"),
        ("2025-03", "999.99", 99, "9.000"),
        ("2026-01", "150.00", 5, "1.000"),
        ("2026-02", "250.00", 30, "5.000"),
    ):
        await month_of(tiering, customer, month, revenue, pieces=pieces, weight_kg=kg)
    item = await of_customer(tiering, customer, month="2026-02")
    assert item["revenue"] == compared(
        "250.00", "150.00", "200.00", "400.00", "300.00", "0.6667", "0.2500", "0.3333"
    )
    assert item["pieces"] == compared(30, 5, 20, 35, 30, "5.0000", "0.5000", "0.1667")
    assert item["weight_kg"] == compared(
        "5.000", "1.000", "2.500", "6.000", "3.500", "4.0000", "1.0000", "0.7143"
    )


async def test_january_is_compared_with_december_of_the_year_before_and_begins_the_year_anew(
    tiering: ServiceUnderTest,
) -> None:
    customer = await planted(tiering)
    for month, revenue in (
        ("2024-12", "7.00"),
        ("2025-01", "50.00"),
        ("2025-12", "80.00"),
        ("2026-01", "100.00"),
    ):
        await month_of(tiering, customer, month, revenue)
    item = await of_customer(tiering, customer, month="2026-01")
    assert item["revenue"] == compared(
        "100.00", "80.00", "50.00", "100.00", "50.00", "0.2500", "1.0000", "1.0000"
    )
    december = await of_customer(tiering, customer, month="2025-12")
    assert december["revenue"] == compared(
        "80.00", "0.00", "7.00", "130.00", "7.00", None, "10.4286", "17.5714"
    )


async def test_where_there_was_nothing_before_no_growth_is_told_and_what_stops_has_lost_all(
    tiering: ServiceUnderTest,
) -> None:
    begins, stops = await planted(tiering), await planted(tiering)
    await month_of(tiering, begins, "2026-02", "10.00")
    await month_of(tiering, stops, "2026-01", "10.00")
    revenue = (await of_customer(tiering, begins))["revenue"]
    assert revenue == compared("10.00", "0.00", "0.00", "10.00", "0.00", None, None, None)
    revenue = (await of_customer(tiering, stops))["revenue"]
    assert revenue == compared("0.00", "10.00", "0.00", "10.00", "0.00", "-1.0000", None, None)


async def test_what_was_merged_counts_for_its_survivor_and_goes_back_when_it_stands_alone_again(
    fresh: ServiceUnderTest,
) -> None:
    survivor, merged = await planted(fresh), await planted(fresh, org_id="420107")
    await month_of(fresh, survivor, "2025-12", "10.00", pieces=1)
    await month_of(fresh, survivor, "2026-01", "20.00", pieces=2)
    await month_of(fresh, merged, "2025-12", "30.00", pieces=3)
    await month_of(fresh, merged, "2026-01", "60.00", pieces=4)
    facts = {"customer_code": merged.code, "initial_class": None, "org_id": "420107"}
    await fresh.hear(merged_fact(merged.customer_id, survivor.customer_id, **facts))
    for code in (survivor, merged):
        item = await of_customer(fresh, code, month="2026-01")
        assert item["customer_id"] == str(survivor.customer_id)
        assert (item["revenue"]["month"], item["revenue"]["previous_month"]) == ("80.00", "40.00")
        assert (item["pieces"]["month"], item["pieces"]["previous_month"]) == (6, 4)
    listed = expect(await fresh.get(OFFICER, "/comparisons", month="2026-01"), 200)
    assert listed["total"] == 1
    assert await units(fresh, "2026-01") == {"420100": "80.00", "420106": "80.00", "420106-T01": "80.00"}
    await fresh.hear(unmerged_fact(merged.customer_id, survivor.customer_id, **facts))
    assert (await of_customer(fresh, merged, month="2026-01"))["revenue"]["month"] == "60.00"
    assert await units(fresh, "2026-01") == {
        "420100": "80.00", "420106": "20.00", "420106-T01": "20.00", "420107": "60.00",
    }  # fmt: skip


async def units(tiering: ServiceUnderTest, month: str, who: Person = OFFICER, **asked: Any) -> dict[str, str]:
    await figures_settle(tiering)
    items = expect(await tiering.get(who, "/comparisons", by="unit", month=month, **asked), 200)["items"]
    return {item["org_id"]: item["revenue"]["month"] for item in items}


async def test_a_unit_has_the_figures_of_all_below_it_and_of_customers_as_they_are_assigned_now(
    fresh: ServiceUnderTest,
) -> None:
    first, second = await planted(fresh), await planted(fresh, org_id="420525", place_class="county")
    await month_of(fresh, first, "2026-01", "100.00")
    await month_of(fresh, second, "2026-01", "20.00")
    everywhere = {"420000": "120.00", "420100": "100.00", "420106": "100.00", "420106-T01": "100.00",
                  "420500": "20.00", "420525": "20.00"}  # fmt: skip
    assert await units(fresh, "2026-01", PROVINCE) == everywhere
    assert await units(fresh, "2026-01", PROVINCE, kind="city") == {"420100": "100.00", "420500": "20.00"}
    assert await units(fresh, "2026-01", PROVINCE, org_id="420500") == {"420500": "20.00", "420525": "20.00"}
    await fresh.hear(assignment_fact(first.customer_id, "420107"))
    moved = await units(fresh, "2026-01", PROVINCE)
    assert (moved.get("420106-T01"), moved["420107"], moved["420100"]) == (None, "100.00", "100.00")


async def test_a_file_under_the_old_code_of_a_merged_customer_counts_in_the_unit_of_its_survivor(
    fresh: ServiceUnderTest,
) -> None:
    survivor, merged = await planted(fresh), await planted(fresh, org_id="420525", place_class="county")
    facts = {"customer_code": merged.code, "initial_class": None, "org_id": "420525"}
    await fresh.hear(merged_fact(merged.customer_id, survivor.customer_id, **facts))
    await month_of(fresh, survivor, "2026-01", "20.00")
    assert await units(fresh, "2026-01", PROVINCE, kind="city") == {"420100": "20.00"}
    for revenue, both in (("30.00", "50.00"), ("31.00", "51.00")):
        await filed(fresh, FAR_OFFICER, [line_of(merged.code, revenue)], month="2026-01")
        assert await units(fresh, "2026-01", PROVINCE, kind="city") == {"420100": both}


async def test_a_class_has_the_figures_of_who_was_in_it_at_the_end_of_each_month(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh, initial_class=3)
    other = await planted(fresh, initial_class=None)
    for month in ("2025-12", "2026-01"):
        await month_of(fresh, customer, month, "100.00")
        await month_of(fresh, other, month, "1.00")
    await fresh.rows(
        """INSERT INTO tier SELECT customer_id, $2, now(), org_id, scheme, '2', 2, 2, 'correction', NULL, NULL, version + 1
           FROM tier WHERE customer_id = $1 RETURNING 1""",
        customer.customer_id,
        date(2026, 1, 31),
    )
    await figures_settle(fresh)
    items = expect(await fresh.get(OFFICER, "/comparisons", by="class", month="2026-01"), 200)["items"]
    shown = {item["class"]: (item["revenue"]["month"], item["revenue"]["previous_month"]) for item in items}
    assert shown == {None: ("1.00", "1.00"), 2: ("100.00", "0.00"), 3: ("0.00", "100.00")}


async def test_lines_are_compared_by_their_names_and_add_up_to_the_unit(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await month_of(fresh, customer, "2026-01", "100.00")
    await month_of(fresh, customer, "2026-01", "11.00", line="intra-city-express")
    await figures_settle(fresh)
    items = expect(await fresh.get(OFFICER, "/comparisons", by="line", month="2026-01"), 200)["items"]
    assert {item["line"]: (item["name"], item["revenue"]["month"]) for item in items} == {
        "domestic-express": ("国内异地速递", "100.00"),
        "intra-city-express": ("同城速递", "11.00"),
    }


async def test_a_correction_moves_the_sums_and_the_months_it_is_compared_with(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await month_of(fresh, customer, "2026-01", "100.00")
    await figures_settle(fresh)
    row = {
        "customer": customer.code,
        "line": "domestic-express",
        "revenue": "60.00",
        "pieces": 1,
        "weight_kg": "1",
    }
    sent = {"month": "2026-01", "reason": "inaccuracy", "rows": [row]}
    expect(await fresh.post(OFFICER, "/usage/corrections", sent), 201)
    assert (await units(fresh, "2026-01"))["420106-T01"] == "60.00"
    movers = expect(await fresh.get(OFFICER, "/overview", month="2026-02"), 200)["movers"]
    assert [one["change_month"] for one in movers["down"]] == ["-60.00"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("revenue", "cabd"), ("-revenue", "dbac"), ("change_month", "cbda"), ("-growth_month", "adbc"),
        ("-cumulative", "dbca"), ("change_year", "acbd"),
    ],
)  # fmt: skip
async def test_customers_are_paged_in_the_order_of_a_figure(
    tiering: ServiceUnderTest, sort: str, order: str
) -> None:
    unit = f"420106-T{next(_teams)}"
    await tiering.rows(
        """INSERT INTO organisation (org_id, parent_id, kind, name, orgpath, place_class, valid_from, version)
           VALUES ($1, '420106', 'team', '比较班', 'CN.420000.420100.420106.' || $1, 'wuhan', '2009-01-01', 1) RETURNING 1""",
        unit,
    )
    await tiering.runtime.directory.refresh()
    # the month, the one before, the year before: a grows most by share, c stops, d is largest
    figures = {"a": ("20.00", "5.00", "20.00"), "b": ("90.00", "90.00", "80.00"), "c": ("0.01", "50.00", None),
               "d": ("500.00", "490.00", None)}  # fmt: skip
    named = {}
    for name, months in figures.items():
        customer = await planted(tiering, org_id=unit, name=name)
        named[str(customer.customer_id)] = name
        for month, revenue in zip(("2026-02", "2026-01", "2025-02"), months, strict=True):
            if revenue is not None:
                await month_of(tiering, customer, month, revenue)
    found, asked = "", {"org_id": unit, "month": "2026-02", "sort": sort, "limit": 1}
    while True:
        page = expect(await tiering.get(OFFICER, "/comparisons", **asked), 200)
        found += "".join(named[item["customer_id"]] for item in page["items"])
        assert page["total"] == 4
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert found == order


async def test_sums_are_what_the_rows_add_up_to_whatever_happens_at_once(fresh: ServiceUnderTest) -> None:
    customers = [await planted(fresh, org_id=unit) for unit in ("420106-T01", "420106-T02", "420107") * 2]

    async def busy(place: int, customer: Planted) -> None:
        for month in ("2025-11", "2025-12", "2026-01"):
            await month_of(fresh, customer, month, f"{place + 1}.{place}{place}")
        to = ("420107", "420106-T01", "420106-T02")[place % 3]
        await fresh.hear(assignment_fact(customer.customer_id, to))

    await asyncio.gather(*(busy(place, customer) for place, customer in enumerate(customers)))
    await figures_settle(fresh)
    kept = await fresh.rows(
        "SELECT org_id, month, line, sum(revenue) AS revenue FROM unit_month GROUP BY 1, 2, 3"
    )
    true = await fresh.rows(
        """SELECT c.responsible_org_id AS org_id, u.month, u.line, sum(u.revenue) AS revenue
           FROM usage u JOIN customer c USING (customer_id) WHERE u.current GROUP BY 1, 2, 3"""
    )
    assert sorted(map(str, kept)) == sorted(map(str, true)) and len(true) == 9
