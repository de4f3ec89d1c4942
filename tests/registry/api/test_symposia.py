"""Symposia: held by a center with customers of its scope, told under the center (hubei, art. 30(6))."""

from typing import Any

import pytest

from support.declarations import approved
from support.registry import AGENT, expect
from support.service import FAR_OFFICER, HEAD, INSPECTOR, MANAGER, OFFICER, PROVINCE, Person, ServiceUnderTest

BODY = {"held_on": "2026-03-01", "title": "春季大客户座谈会", "record": "客户建议延长收寄时间。"}


async def customers_of(registry: ServiceUnderTest, count: int) -> list[dict[str, Any]]:
    return [await approved(registry, MANAGER, OFFICER, MANAGER) for _ in range(count)]


async def test_a_symposium_is_told_under_the_center_with_its_customers(registry: ServiceUnderTest) -> None:
    one, two = await customers_of(registry, 2)
    body = {**BODY, "customers": [one["customer_code"], two["customer_id"]]}
    held = await expect(registry.post(OFFICER, "/symposia", body), 201)
    assert (held["org_id"], held["attended"]) == ("420100", 2)
    [event] = await registry.events(f"symposium:{held['id']}")
    assert (event["type"], event["key"], event["orgpath"]) == (
        "registry.symposium.held.v1",
        "420100",
        "CN.420000.420100",
    )
    assert event["payload"] == {
        "symposium_id": held["id"],
        "org_id": "420100",
        "held_on": "2026-03-01",
        "customers": [one["customer_id"], two["customer_id"]],
    }


@pytest.mark.parametrize("who", [MANAGER, HEAD, AGENT, INSPECTOR])
async def test_only_a_center_holds_symposia(registry: ServiceUnderTest, who: Person) -> None:
    [customer] = await customers_of(registry, 1)
    body = {**BODY, "customers": [customer["customer_code"]]}
    assert (await registry.post(who, "/symposia", body)).status_code == 403


async def test_customers_and_organisations_of_another_city_are_not_there(registry: ServiceUnderTest) -> None:
    [customer] = await customers_of(registry, 1)
    body = {**BODY, "customers": [customer["customer_code"]]}
    refused = await expect(registry.post(FAR_OFFICER, "/symposia", body), 404)
    assert refused["pointer"] == "/customers/0"
    refused = await expect(registry.post(OFFICER, "/symposia", {**body, "org_id": "420500"}), 404)
    assert refused["pointer"] == "/org_id"
    refused = await expect(registry.post(PROVINCE, "/symposia", {**body, "org_id": "420500"}), 422)
    assert (refused["code"], refused["pointer"]) == ("not-their-customer", "/customers/0")


@pytest.mark.parametrize(("day", "status"), [("2026-03-02", 201), ("2026-03-03", 422)])
async def test_a_symposium_was_held_today_at_the_latest(
    registry: ServiceUnderTest, day: str, status: int
) -> None:
    [customer] = await customers_of(registry, 1)
    body = {**BODY, "held_on": day, "customers": [customer["customer_code"]]}
    answer = await expect(registry.post(OFFICER, "/symposia", body), status)
    assert status == 201 or answer["pointer"] == "/held_on"


async def test_a_customer_stands_once(registry: ServiceUnderTest) -> None:
    [customer] = await customers_of(registry, 1)
    body = {**BODY, "customers": [customer["customer_code"], customer["customer_id"]]}
    refused = await expect(registry.post(OFFICER, "/symposia", body), 422)
    assert refused["pointer"] == "/customers/1"


async def test_symposia_are_listed_by_center_and_shown_with_their_record(
    registry: ServiceUnderTest,
) -> None:
    [customer] = await customers_of(registry, 1)
    body = {**BODY, "customers": [customer["customer_code"]]}
    held = await expect(registry.post(OFFICER, "/symposia", body), 201)
    listed = await expect(registry.get(PROVINCE, "/symposia", org_id="420100"), 200)
    assert listed["items"][0]["id"] == held["id"]
    assert "customers" not in listed["items"][0]
    assert (await expect(registry.get(FAR_OFFICER, "/symposia"), 200))["total"] == 0
    shown = await expect(registry.get(OFFICER, f"/symposia/{held['id']}"), 200)
    assert (shown["record"], shown["customers"]) == (BODY["record"], [customer["customer_id"]])
    assert "record" not in await expect(registry.get(AGENT, f"/symposia/{held['id']}"), 200)
    assert (await registry.get(FAR_OFFICER, f"/symposia/{held['id']}")).status_code == 404
