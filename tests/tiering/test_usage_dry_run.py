"""A correction of usage that is tried: figures and classes before and after, reviews it could correct, nothing written."""

from typing import Any

from support.corrections import review_published
from support.merged import merged_fact
from support.reviewed import LINE, posted
from support.service import (
    FAR_OFFICER,
    HEAD,
    OFFICER,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    expect,
)
from support.tiering import Planted, planted
from tiering.settings import DRY_RUN_ROWS_MOST

TABLES = ("usage", "usage_sum", "usage_month", "outbox", "tier", "review", "review_correction")


def correction(customer: Planted, month: str, revenue: str, **more: Any) -> dict[str, Any]:
    row = {
        "customer": customer.code,
        "line": LINE,
        "revenue": revenue,
        "pieces": 1,
        "weight_kg": "1",
    }
    return {"org_id": "420100", "month": month, "reason": "source", "rows": [{**row, **more}]}


async def everything(tiering: ServiceUnderTest) -> list[Any]:
    return [
        (table, await tiering.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t ORDER BY 1"))
        for table in TABLES
    ]


async def test_figures_and_provisional_class_before_and_after_and_nothing_written(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2026-01": "60000", "2026-02": "39999.99"}})
    before = await everything(fresh)
    body = correction(customer, "2026-02", "40000.00")
    answer = expect(await fresh.post(OFFICER, "/usage/corrections/dry-run", body), 200)
    [row] = answer["items"]
    assert (row["before"]["revenue"], row["after"]["revenue"]) == ("39999.99", "40000.00")
    [moved] = answer["customers"]
    assert [moved[side]["fees"] for side in ("before", "after")] == ["99999.99", "100000.00"]
    # Wuhan (hubei 7(2)): class 3 from 100,000 yuan.
    assert [moved[side]["provisional"]["class"] for side in ("before", "after")] == [4, 3]
    why = [moved[side]["provisional"]["because"]["reasons"][0] for side in ("before", "after")]
    assert {(one["act"], one["article"]) for one in why} == {("hubei", "7(2)")}
    assert [one["inputs"]["yearly_fees"] for one in why] == ["99999.99", "100000.00"]
    assert (answer["corrected"], answer["unchanged"], answer["correctable"]) == (1, 0, [])
    assert await everything(fresh) == before
    done = expect(await fresh.post(OFFICER, "/usage/corrections", body), 201)
    assert done["corrected"] == 1
    again = expect(await fresh.post(OFFICER, "/usage/corrections/dry-run", body), 200)
    assert (again["corrected"], again["unchanged"]) == (0, 1)


async def test_fees_are_of_the_year_of_the_month_and_reasons_of_the_twelve_months_of_the_class(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2025-01": "7000", "2025-12": "60000", "2026-02": "39999.99"}})
    for month, revenue, year, fees, yearly in (
        ("2025-12", "60000.01", 2025, ("67000.00", "67000.01"), ("99999.99", "100000.00")),
        ("2026-02", "40000", 2026, ("39999.99", "40000.00"), ("99999.99", "100000.00")),
        # Before the twelve months: it counts for its year and decides nothing of the class.
        ("2025-01", "8000", 2025, ("67000.00", "68000.00"), ("99999.99", "99999.99")),
    ):
        body = correction(customer, month, revenue)
        answer = expect(await fresh.post(OFFICER, "/usage/corrections/dry-run", body), 200)
        [moved] = answer["customers"]
        for side, sum_, decided_by in zip(("before", "after"), fees, yearly, strict=True):
            assert (moved[side]["year"], moved[side]["fees"]) == (year, sum_)
            found = moved[side]["provisional"]
            assert (found["from"], found["to"]) == ("2025-03", "2026-02")
            assert found["because"]["reasons"][0]["inputs"]["yearly_fees"] == decided_by


async def test_a_published_review_of_the_year_would_become_correctable(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "10000", "2026-01": "1"}})
    path = "/usage/corrections/dry-run"
    body = correction(customer, "2025-03", "10001")
    answer = expect(await fresh.post(OFFICER, path, body), 200)
    assert [(one["review_id"], one["year"], one["org_id"]) for one in answer["correctable"]] == [
        (review["id"], 2025, "420000")
    ]
    for month, revenue in (("2025-03", "10000"), ("2026-01", "2")):
        same = correction(customer, month, revenue)
        assert expect(await fresh.post(OFFICER, path, same), 200)["correctable"] == []
    assert expect(await fresh.get(PROVINCE_OFFICER, f"/reviews/{review['id']}"), 200)["stale"] == 0


async def test_what_a_correction_refuses_its_try_refuses(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2026-02": "10"}})
    before = await everything(fresh)
    for more, code in (
        ({"revenue": "-1"}, "invalid-request"),
        ({"line": "telegram"}, "unknown-line"),
        ({"line": "ceremonial"}, "nothing-to-correct"),
        ({"customer": "42010099999990"}, "unknown-customer"),
    ):
        body = correction(customer, "2026-02", "20")
        body["rows"][0] |= more
        for path in ("/usage/corrections", "/usage/corrections/dry-run"):
            assert expect(await fresh.post(OFFICER, path, body), 422)["code"] == code
    many = correction(customer, "2026-02", "20")
    many["rows"] *= DRY_RUN_ROWS_MOST + 1
    expect(await fresh.post(OFFICER, "/usage/corrections/dry-run", many), 422)
    expect(await fresh.post(HEAD, "/usage/corrections/dry-run", many), 403)
    assert await everything(fresh) == before


async def test_under_a_merge_the_fees_of_both_count_for_who_has_the_survivor_and_nobody_else_sees_it(
    fresh: ServiceUnderTest,
) -> None:
    survivor, merged = await planted(fresh), await planted(fresh, org_id="420525")
    await posted(fresh, {survivor.code: {"2026-01": "60000"}, merged.code: {"2026-01": "30000"}})
    facts = {"customer_code": merged.code, "initial_class": None, "org_id": "420525"}
    await fresh.hear(merged_fact(merged.customer_id, survivor.customer_id, **facts))
    path, body = "/usage/corrections/dry-run", correction(survivor, "2026-01", "70000.00")
    [moved] = expect(await fresh.post(OFFICER, path, body), 200)["customers"]
    assert [moved[side]["fees"] for side in ("before", "after")] == ["90000.00", "100000.00"]
    # Wuhan (hubei 7(2)): class 3 from 100,000 yuan.
    assert [moved[side]["provisional"]["class"] for side in ("before", "after")] == [4, 3]
    old = {**correction(merged, "2026-01", "40000.00"), "org_id": "420500"}
    answer = expect(await fresh.post(FAR_OFFICER, path, old), 200)
    [row] = answer["items"]
    assert (row["before"]["revenue"], row["after"]["revenue"]) == ("30000.00", "40000.00")
    assert answer["customers"] == []
    [moved] = expect(await fresh.post(PROVINCE_OFFICER, path, {**old, "org_id": "420000"}), 200)["customers"]
    assert moved["customer_id"] == str(survivor.customer_id)
    assert [moved[side]["fees"] for side in ("before", "after")] == ["90000.00", "100000.00"]
