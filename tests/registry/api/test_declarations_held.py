"""Held declarations: the center clears another firm, grants a free line to a supporting unit, or refuses."""

from support.declarations import FORM, credit_code, customer, declaration, declared
from support.registry import FAR, RIVAL, SECOND, expect
from support.service import FAR_OFFICER, MANAGER, OFFICER, PROVINCE, ServiceUnderTest


async def test_a_free_line_of_anothers_customer_waits_for_the_center_which_makes_a_supporting_unit(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    first = await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code))
    assert (held["state"], held["reasons"]) == ("held", ["line-free"])
    answer = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "专业互补"}), 200
    )
    assert answer["state"] == "protected"
    assert (answer["claims"][0]["line"], answer["claims"][0]["org_id"]) == ("domestic-express", "420107")
    seen = await expect(registry.get(MANAGER, f"/customers/{first['customer_id']}"), 200)
    assert seen["supports"] == [{"line": "domestic-express", "org_id": "420107"}]
    told = await registry.events(f"declaration:{held['id']}")
    assert [event["type"].split(".")[2] for event in told] == ["submitted", "protected"]


async def test_a_center_that_is_not_above_the_holder_makes_no_supporting_unit(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, FAR, declaration("domestic-express", credit_code=code))
    path = f"/declarations/{held['id']}/accept"
    refused = await expect(registry.post(FAR_OFFICER, path, {"reason": "同意"}), 409)
    assert refused["code"] == "holder-beyond-center"
    answer = await expect(registry.post(PROVINCE, path, {"reason": "全省性客户"}), 200)
    assert answer["state"] == "protected"


async def test_another_firm_is_cleared_under_its_own_identity(registry: ServiceUnderTest) -> None:
    first = customer()
    one = await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    body = {"customer": {**first, "phones": []}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, body)
    answer = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "另一家公司"}), 200
    )
    assert (answer["state"], answer["decision"]["reason"]) == ("protected", "另一家公司")
    assert answer["customer_id"] not in (None, one["customer_id"])
    keys = await registry.rows(
        "SELECT kind FROM identity_key WHERE customer_id = $1::uuid", answer["customer_id"]
    )
    assert keys == []


async def test_a_held_declaration_with_annex_1_is_filed_once_accepted(registry: ServiceUnderTest) -> None:
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    body = {"customer": {**first, "phones": []}, "lines": ["ceremonial"], "annex_1": FORM}
    held = await declared(registry, RIVAL, body)
    assert held["state"] == "held"
    answer = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "另一家公司"}), 200
    )
    assert (answer["state"], answer["version"]) == ("filed", 3)


async def test_a_refused_held_prospect_is_dropped_and_found_no_more(registry: ServiceUnderTest) -> None:
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    code = credit_code()
    held = await declared(
        registry, RIVAL, {"customer": {**first, "phones": [], "credit_code": code}, "lines": ["ceremonial"]}
    )
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "同一客户"}), 200)
    [row] = await registry.rows(
        "SELECT state FROM customer WHERE customer_id = $1::uuid", held["customer_id"]
    )
    assert row["state"] == "dropped"
    again = await declared(registry, SECOND, declaration("ceremonial", credit_code=code))
    assert again["state"] == "protected"
    assert again["customer_id"] != held["customer_id"]


async def test_who_declares_what_already_waits_for_its_center_waits_too(registry: ServiceUnderTest) -> None:
    first, code = customer(), credit_code()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    waiting = {"customer": {**first, "phones": [], "credit_code": code}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, waiting)
    second = await declared(registry, SECOND, waiting)
    assert (second["state"], second["reasons"]) == ("held", ["declared-before"])
    assert second["customer_id"] == held["customer_id"]
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "不是它"}), 200)
    accepted = await expect(
        registry.post(OFFICER, f"/declarations/{second['id']}/accept", {"reason": "另一家"}), 200
    )
    assert (accepted["state"], accepted["claims"][0]["org_id"]) == ("protected", "420106-T02")
    seen = await expect(registry.get(SECOND, f"/customers/{second['customer_id']}"), 200)
    assert (seen["responsible"]["org_id"], seen["state"]) == ("420106-T02", "prospect")


async def test_of_two_that_waited_the_one_accepted_first_keeps_the_line(registry: ServiceUnderTest) -> None:
    first, code = customer(), credit_code()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    waiting = {"customer": {**first, "phones": [], "credit_code": code}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, waiting)
    second = await declared(registry, SECOND, waiting)
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "另一家"}), 200)
    path = f"/declarations/{second['id']}/accept"
    refused = await expect(registry.post(OFFICER, path, {"reason": "也同意"}), 409)
    assert (refused["code"], refused["taken_lines"]) == ("customer-taken", ["ceremonial"])
    assert (await expect(registry.get(OFFICER, f"/declarations/{second['id']}"), 200))["state"] == "held"


async def test_a_supporting_unit_registers_nothing_before_the_responsible_one(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code, annex_1=FORM))
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "支撑"}), 200)
    refused = await expect(registry.post(OFFICER, f"/declarations/{held['id']}/approve", {}), 409)
    assert refused["code"] == "wrong-state"
