"""Customers merged into others: one customer, one price; what both owe is one customer's debt."""

from typing import Any

from support.merged import merged_fact, unmerged_fact
from support.pricing import Known, a_customer, asked, tariff
from support.service import FINANCE, MANAGER, ServiceUnderTest, expect


async def merged_into(pricing: ServiceUnderTest, merged: Known, survivor: Known) -> None:
    await pricing.hear(merged_fact(merged.customer_id, survivor.customer_id, customer_code=merged.code))


async def test_a_request_under_the_old_code_is_the_survivors(pricing: ServiceUnderTest) -> None:
    survivor, merged = await a_customer(pricing), await a_customer(pricing)
    await merged_into(pricing, merged, survivor)
    request = await asked(pricing, MANAGER, merged, "0.10")
    assert request["customer"]["customer_id"] == str(survivor.customer_id)
    await pricing.hear(unmerged_fact(merged.customer_id, survivor.customer_id, customer_code=merged.code))
    own = await asked(pricing, MANAGER, merged, "0.10")
    assert own["customer"]["customer_id"] == str(merged.customer_id)


async def test_an_open_request_of_the_merged_one_keeps_the_survivor_from_another(
    pricing: ServiceUnderTest,
) -> None:
    survivor, merged = await a_customer(pricing), await a_customer(pricing)
    await asked(pricing, MANAGER, merged, "0.10")
    await merged_into(pricing, merged, survivor)
    refused = expect(await pricing.post(MANAGER, "/tariff-requests", tariff(survivor, "0.10")), 409)
    assert refused["code"] == "tariff-request-open"


async def test_the_survivor_owes_what_both_owe(pricing: ServiceUnderTest) -> None:
    survivor, merged = await a_customer(pricing), await a_customer(pricing)
    await billed(pricing, survivor, "2026-01", "100.00", "2026-02-28")
    await billed(pricing, merged, "2026-01", "50.00", "2026-02-20")
    await merged_into(pricing, merged, survivor)
    for code in (survivor.code, merged.code):
        body = expect(await pricing.get(FINANCE, f"/arrears/{code}"), 200)
        assert body["customer_id"] == str(survivor.customer_id)
        assert (body["open"], body["oldest_due_on"]) == ("150.00", "2026-02-20")
    # A bill is paid under the name that it was made under.
    payment = {"customer": merged.code, "month": "2026-01", "amount": "50.00", "paid_on": "2026-03-01"}
    expect(await pricing.post(FINANCE, "/settlements", {"items": [payment]}), 201)
    body = expect(await pricing.get(FINANCE, f"/arrears/{survivor.code}"), 200)
    assert (body["open"], len(body["settlements"])) == ("100.00", 1)


async def billed(pricing: ServiceUnderTest, customer: Known, month: str, amount: str, due_on: str) -> None:
    item: dict[str, Any] = {"customer": customer.code, "month": month, "amount": amount, "due_on": due_on}
    expect(await pricing.post(FINANCE, "/receivables", {"items": [item]}), 201)
