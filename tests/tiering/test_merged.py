"""Customers merged into others: their usage, agreements and arrears count for the survivor, and once."""

from support.merged import merged_fact, unmerged_fact
from support.service import (
    HEAD,
    PROVINCE,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    expect,
)
from support.tiering import Planted, owing, planted, signed, used


async def merged_into(tiering: ServiceUnderTest, merged: Planted, survivor: Planted) -> None:
    await tiering.hear(
        merged_fact(merged.customer_id, survivor.customer_id, customer_code=merged.code, initial_class=None)
    )


async def unmerged_from(tiering: ServiceUnderTest, merged: Planted, survivor: Planted) -> None:
    await tiering.hear(
        unmerged_fact(merged.customer_id, survivor.customer_id, customer_code=merged.code, initial_class=None)
    )


async def test_the_old_code_reads_the_survivors_class_with_the_fees_of_both(
    tiering: ServiceUnderTest,
) -> None:
    survivor, merged = await planted(tiering), await planted(tiering)
    await used(tiering, survivor, "2026-01", "60000.00")
    await used(tiering, merged, "2026-02", "40000.00")
    await merged_into(tiering, merged, survivor)
    body = expect(await tiering.get(HEAD, f"/tiers/{merged.code}"), 200)
    assert body["customer_id"] == str(survivor.customer_id)
    # Wuhan (hubei 7(2)): class 3 from 100,000 yuan a year.
    assert body["provisional_class"] == 3
    await unmerged_from(tiering, merged, survivor)
    body = expect(await tiering.get(HEAD, f"/tiers/{merged.code}"), 200)
    assert (body["customer_id"], body["provisional_class"]) == (str(merged.customer_id), 4)


async def test_usage_of_the_survivor_lists_what_stands_under_the_old_name(tiering: ServiceUnderTest) -> None:
    survivor, merged = await planted(tiering), await planted(tiering)
    await used(tiering, merged, "2026-01", "5.00")
    await merged_into(tiering, merged, survivor)
    body = expect(await tiering.get(HEAD, "/usage", customer=survivor.code), 200)
    assert [one["customer_id"] for one in body["items"]] == [str(merged.customer_id)]


async def test_a_review_rates_the_survivor_once_by_the_figures_of_both(fresh: ServiceUnderTest) -> None:
    survivor, merged, other = [await planted(fresh) for _ in range(3)]
    for month in ("2025-03", "2025-12"):
        await used(fresh, survivor, month, "30000.00")
        await used(fresh, merged, month, "20000.00")
        await used(fresh, other, month, "45000.00")
    await fresh.hear(signed(merged), owing(merged, "2026-01-31"))
    await merged_into(fresh, merged, survivor)
    review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    items = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}/lines"), 200)["items"]
    lines = {line["customer_id"]: line for line in items}
    assert set(lines) == {str(survivor.customer_id), str(other.customer_id)}
    line = lines[str(survivor.customer_id)]
    assert (line["revenue"], line["settlement_days"], line["overdue_days"]) == ("100000.00", 30, 30)
    assert line["class"] == 3


async def test_who_has_only_what_was_merged_into_it_is_rated_by_that(fresh: ServiceUnderTest) -> None:
    survivor, merged = await planted(fresh), await planted(fresh)
    await used(fresh, merged, "2025-06", "500000.00")
    await merged_into(fresh, merged, survivor)
    review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    (line,) = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}/lines"), 200)["items"]
    assert (line["customer_id"], line["revenue"], line["class"]) == (
        str(survivor.customer_id),
        "500000.00",
        1,
    )
