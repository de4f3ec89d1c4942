"""Tariff requests are listed by what they are, newest first, page after page."""

from support.pricing import a_customer, asked
from support.service import FINANCE, HEAD, MANAGER, ServiceUnderTest, expect


async def test_the_list_shows_requests_of_the_scope_by_state_level_and_unit(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    request = await asked(pricing, MANAGER, customer)
    path = f"customer_id={customer.customer_id}"
    for query, found in (
        ("state=open&level=county&org_id=420106", True),
        ("state=approved", False),
        ("level=city", False),
        ("org_id=420500", False),
    ):
        listed = expect(await pricing.get(FINANCE, f"/tariff-requests?{path}&{query}"), 200)
        assert [item["id"] for item in listed["items"]] == ([request["id"]] if found else []), query
        assert listed["total"] == int(found)


async def test_pages_follow_each_other_newest_first(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    lines = ("domestic-express", "ceremonial", "integrated-logistics")
    made = [(await asked(pricing, MANAGER, customer, "0.05", line))["id"] for line in lines]
    path = f"/tariff-requests?customer_id={customer.customer_id}&limit=2"
    first = expect(await pricing.get(HEAD, path), 200)
    second = expect(await pricing.get(HEAD, f"{path}&cursor={first['next_cursor']}"), 200)
    assert [item["id"] for item in (*first["items"], *second["items"])] == made[::-1]
    assert second["next_cursor"] is None
