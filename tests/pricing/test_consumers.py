"""What pricing hears: in any order, the newest word holds."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from support.facts import assignment_fact, customer_fact
from support.pricing import a_customer, asked, supported_by, tier_fact
from support.service import FAR_HEAD, MANAGER, ServiceUnderTest, expect


async def known(pricing: ServiceUnderTest, customer_id: UUID, day: str = "2026-06-01") -> dict[str, Any]:
    [row] = await pricing.rows(
        "SELECT c.name, c.responsible_org_id AS org_id, c.manager_id, class_on(c, $2::text::date) AS class,"
        " ARRAY(SELECT s.org_id FROM customer_support s WHERE s.customer_id = c.customer_id ORDER BY 1) AS supports"
        " FROM customer c WHERE c.customer_id = $1",
        customer_id,
        day,
    )
    return row


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_facts_placements_and_classes_are_heard_in_any_order(
    pricing: ServiceUnderTest, order: tuple[int, ...]
) -> None:
    customer_id, manager = uuid4(), uuid4()
    support = [{"line": "ceremonial", "org_id": "420525"}]
    events = (
        customer_fact(customer_id, 1, name="旧名", org_id="420106-T01"),
        customer_fact(customer_id, 2, kind="changed", name="新名", org_id="420106-T01"),
        assignment_fact(customer_id, "420106-T02", supports=support, manager_id=manager),
        tier_fact(customer_id, 1, 2, "2026-01-01"),
    )
    for place in order:
        await pricing.hear(events[place])
    assert await known(pricing, customer_id) == {
        "name": "新名",
        "org_id": "420106-T02",
        "manager_id": manager,
        "class": 2,
        "supports": ["420525"],
    }
    await pricing.hear(*events)
    assert (await known(pricing, customer_id))["name"] == "新名"


@pytest.mark.parametrize(
    ("day", "class_"),
    [("2025-12-31", 3), ("2026-01-01", 2), ("2026-06-30", 2), ("2026-07-01", None), ("2027-01-01", 4)],
)
async def test_a_class_holds_from_its_day_on_and_the_later_word_wins(
    pricing: ServiceUnderTest, day: str, class_: int | None
) -> None:
    customer = await a_customer(pricing, 3)
    await pricing.hear(
        tier_fact(customer.customer_id, 4, 4, "2027-01-01"),
        tier_fact(customer.customer_id, 2, 2, "2026-01-01"),
        tier_fact(customer.customer_id, 1, 1, "2026-01-01"),
        tier_fact(customer.customer_id, 3, None, "2026-07-01"),
    )
    assert (await known(pricing, customer.customer_id, day))["class"] == class_


async def test_a_unit_that_supports_no_more_sees_the_customer_no_more(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    await supported_by(pricing, customer, "420106-T01", "420525")
    request = await asked(pricing, FAR_HEAD, customer, "0.05")
    await supported_by(pricing, customer, "420106-T01")
    body = {"customer": customer.code, "lines": ["ceremonial"], "discount": "0.05", "reason": "竞争"}
    refused = expect(await pricing.post(FAR_HEAD, "/tariff-requests", body), 422)
    assert refused["code"] == "unknown-customer"
    # What the unit asked for stays its own.
    expect(await pricing.get(FAR_HEAD, f"/tariff-requests/{request['id']}"), 200)


async def test_a_closed_customer_is_priced_no_more(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3, state="closed")
    body = {"customer": customer.code, "lines": ["ceremonial"], "discount": "0.05", "reason": "竞争"}
    assert expect(await pricing.post(MANAGER, "/tariff-requests", body), 409)["code"] == "customer-gone"
