"""Visits: recorded by those who may, for organisations that call on the customer, told without what was said."""

from typing import Any

import pytest

from registry.model.codes import customer_code
from support.declarations import approved, credit_code, declaration, declared
from support.registry import AGENT, FAR, RIVAL, SECOND, expect
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
)

BODY = {
    "visited_on": "2026-03-02",
    "kind": "opinion",
    "leader": True,
    "record": "客户对时限满意，希望增加取件。",
}


async def customer_of(registry: ServiceUnderTest) -> str:
    """Register a customer of the first team's manager, and give its code."""
    code: str = (await approved(registry, MANAGER, OFFICER, MANAGER))["customer_code"]
    return code


async def visited(registry: ServiceUnderTest, person: Person, customer: str, **facts: Any) -> dict[str, Any]:
    body = {**BODY, "customer": customer, **facts}
    answer: dict[str, Any] = await expect(registry.post(person, "/visits", body), 201)
    return answer


async def test_a_visit_is_kept_and_told_with_the_visitors_level_and_without_its_record(
    registry: ServiceUnderTest,
) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    visit = await visited(registry, MANAGER, customer["customer_code"])
    [event] = await registry.events(f"visit:{visit['id']}")
    assert (event["type"], event["version"]) == ("registry.visit.recorded.v1", 1)
    assert event["key"] == customer["customer_id"]
    assert event["orgpath"] == "CN.420000.420100.420106.420106-T01"
    assert event["payload"] == {
        "visit_id": visit["id"],
        "customer_id": customer["customer_id"],
        "org_id": "420106-T01",
        "level": "team",
        "staff_id": str(MANAGER.staff_id),
        "kind": "opinion",
        "leader": True,
        "visited_on": "2026-03-02",
        "state": "done",
    }


@pytest.mark.parametrize(
    ("who", "org_id", "level"),
    [
        (HEAD, None, "county"),
        (OFFICER, None, "city"),
        (DIRECTOR, None, "city"),
        (PROVINCE, None, "province"),
        (OFFICER, "420106-T01", "team"),
        # 市州专业局 calls on the city's customers whichever unit answers for them (hubei, art. 30(4)).
        (OFFICER, "420100-S01", "bureau"),
    ],
)
async def test_the_level_of_a_visit_is_the_kind_of_the_visiting_organisation(
    registry: ServiceUnderTest, who: Person, org_id: str | None, level: str
) -> None:
    visit = await visited(registry, who, await customer_of(registry), org_id=org_id)
    assert (visit["level"], visit["org_id"]) == (level, org_id or who.org_id)


async def test_out_of_scope_the_customer_is_not_there(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    for stranger in (RIVAL, SECOND, FAR, FAR_OFFICER):
        refused = await registry.post(stranger, "/visits", {**BODY, "customer": customer})
        assert (refused.status_code, refused.json()["pointer"]) == (404, "/customer")


async def test_in_scope_without_the_right_a_visit_is_not_recorded(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    colleague = Person("420106-T01", "account-manager")
    for who in (colleague, AGENT, INSPECTOR):
        assert (await registry.post(who, "/visits", {**BODY, "customer": customer})).status_code == 403


async def test_an_organisation_out_of_reach_makes_no_visit(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    body = {**BODY, "customer": customer}
    beyond = await expect(registry.post(HEAD, "/visits", {**body, "org_id": "420100"}), 404)
    assert beyond["pointer"] == "/org_id"
    other = await expect(registry.post(OFFICER, "/visits", {**body, "org_id": "420107"}), 422)
    assert (other["code"], other["pointer"]) == ("not-their-customer", "/org_id")


async def test_a_supporting_unit_records_its_visits(registry: ServiceUnderTest) -> None:
    code = credit_code()
    first = await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code))
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "支撑"}), 200)
    visit = await visited(registry, RIVAL, first["customer_id"])
    assert (visit["org_id"], visit["level"]) == ("420107", "county")


@pytest.mark.parametrize(("day", "status"), [("2026-03-02", 201), ("2026-03-03", 422)])
async def test_a_visit_is_made_today_at_the_latest(registry: ServiceUnderTest, day: str, status: int) -> None:
    body = {**BODY, "customer": await customer_of(registry), "visited_on": day}
    answer = await expect(registry.post(MANAGER, "/visits", body), status)
    assert status == 201 or answer["pointer"] == "/visited_on"


async def test_what_was_said_is_sealed_and_of_the_internal_layer(registry: ServiceUnderTest) -> None:
    visit = await visited(registry, MANAGER, await customer_of(registry))
    for who in (HEAD, OFFICER, INSPECTOR):
        assert (await expect(registry.get(who, f"/visits/{visit['id']}"), 200))["record"] == BODY["record"]
    assert "record" not in await expect(registry.get(AGENT, f"/visits/{visit['id']}"), 200)
    assert (await registry.get(RIVAL, f"/visits/{visit['id']}")).status_code == 404
    [row] = await registry.rows("SELECT record FROM visit WHERE visit_id = $1::uuid", visit["id"])
    answers = await registry.rows("SELECT body FROM idempotency WHERE actor = $1", str(MANAGER.staff_id))
    for kept in (row["record"], *(answer["body"] for answer in answers)):
        assert "满意".encode() not in kept


async def test_visits_are_listed_by_customer_organisation_and_days(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    days = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    made = {day: (await visited(registry, MANAGER, customer, visited_on=day))["id"] for day in days}
    city = await visited(registry, OFFICER, customer)
    listed = await expect(registry.get(MANAGER, "/visits", customer=customer), 200)
    assert [item["id"] for item in listed["items"]] == [city["id"], *reversed(made.values())]
    february = await expect(
        registry.get(HEAD, "/visits", **{"customer": customer, "from": "2026-02-01", "to": "2026-02-28"}), 200
    )
    assert [item["visited_on"] for item in february["items"]] == ["2026-02-28", "2026-02-01"]
    of_city = await expect(registry.get(OFFICER, "/visits", customer=customer, org_id="420100"), 200)
    assert [item["id"] for item in of_city["items"]] == [city["id"]]
    assert (await registry.get(FAR_OFFICER, "/visits", customer=customer)).status_code == 404


async def test_a_visit_taken_back_stays_on_record_and_is_told_once_more(registry: ServiceUnderTest) -> None:
    visit = await visited(registry, MANAGER, await customer_of(registry))
    path = f"/visits/{visit['id']}/cancel"
    assert (await registry.post(MANAGER, path, {})).status_code == 422
    cancelled = await expect(registry.post(MANAGER, path, {"reason": "登记到了别的客户"}), 200)
    assert (cancelled["state"], cancelled["version"]) == ("cancelled", 2)
    assert cancelled["cancelled"]["reason"] == "登记到了别的客户"
    first, second = await registry.events(f"visit:{visit['id']}")
    assert second["type"] == first["type"]
    assert (second["version"], second["payload"]) == (2, {**first["payload"], "state": "cancelled"})
    again = await expect(registry.post(HEAD, path, {"reason": "再次"}), 409)
    assert again["code"] == "wrong-state"


async def test_a_visit_is_taken_back_by_its_recorder_or_from_above(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    of_city = await visited(registry, OFFICER, customer)
    path = f"/visits/{of_city['id']}/cancel"
    assert (await registry.post(MANAGER, path, {"reason": "不是我的"})).status_code == 403
    assert (await registry.post(RIVAL, path, {"reason": "不是我的"})).status_code == 404
    of_team = await visited(registry, MANAGER, customer)
    await expect(registry.post(HEAD, f"/visits/{of_team['id']}/cancel", {"reason": "重复"}), 200)


async def test_an_import_takes_all_visits_or_none_and_points_at_the_wrong_one(
    registry: ServiceUnderTest,
) -> None:
    customer = await customer_of(registry)
    item = {**BODY, "customer": customer}
    late = {"items": [item, item, {**item, "visited_on": "2026-03-03"}]}
    refused = await expect(registry.post(MANAGER, "/visits/import", late), 422)
    assert refused["pointer"] == "/items/2/visited_on"
    unknown = {"items": [item, {**item, "customer": customer_code("420100", "9999999")}]}
    refused = await expect(registry.post(MANAGER, "/visits/import", unknown), 404)
    assert refused["pointer"] == "/items/1/customer"
    assert (await expect(registry.get(MANAGER, "/visits", customer=customer), 200))["total"] == 0
    taken = await expect(registry.post(MANAGER, "/visits/import", {"items": [item] * 500}), 201)
    assert taken["created"] == len({one["id"] for one in taken["items"]}) == 500
    [event] = await registry.events(f"visit:{taken['items'][499]['id']}")
    assert event["payload"]["state"] == "done"
    kept = await expect(registry.get(MANAGER, f"/visits/{taken['items'][499]['id']}"), 200)
    assert (kept["record"], kept["leader"], kept["recorded_at"][:10]) == (BODY["record"], True, "2026-03-02")
    assert (await registry.post(MANAGER, "/visits/import", {"items": [item] * 501})).status_code == 422


async def test_a_visit_is_part_of_the_customers_history(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    visit = await visited(registry, MANAGER, customer)
    [newest, *_] = (await expect(registry.get(MANAGER, f"/customers/{customer}/history"), 200))["items"]
    assert (newest["type"], newest["data"]["visit_id"]) == ("registry.visit.recorded.v1", visit["id"])


async def test_a_retried_request_makes_one_visit(registry: ServiceUnderTest) -> None:
    customer = await customer_of(registry)
    body = {**BODY, "customer": customer}
    first = await expect(registry.post(MANAGER, "/visits", body, key=f"visit-{customer}"), 201)
    again = await expect(registry.post(MANAGER, "/visits", body, key=f"visit-{customer}"), 201)
    assert again == first
    assert (await expect(registry.get(MANAGER, "/visits", customer=customer), 200))["total"] == 1
