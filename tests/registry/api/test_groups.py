"""Groups of target markets (hubei, art. 3: 写字楼, 电脑城, 手机数码港, 集贸大市场, 淘宝商盟, 动漫市场)."""

import itertools
from typing import Any

import pytest

from support.declarations import FORM, approved, customer, declaration, declared, trade_name
from support.registry import FAR_OFFICER, RIVAL, expect
from support.service import ADMINISTRATOR, DIRECTOR, MANAGER, OFFICER, Person, ServiceUnderTest

_numbers = itertools.count(1)


async def made(registry: ServiceUnderTest, person: Person = OFFICER, **facts: Any) -> dict[str, Any]:
    body = {"kind": "computer-malls", "name": f"{trade_name()}电脑城", "division": "420106", **facts}
    answer: dict[str, Any] = await expect(registry.post(person, "/groups", body), 201)
    return answer


async def held(registry: ServiceUnderTest, **facts: Any) -> dict[str, Any]:
    return await declared(registry, MANAGER, {"customer": customer(**facts), "lines": ["domestic-express"]})


@pytest.mark.parametrize(
    "kind",
    [
        "office-blocks",
        "computer-malls",
        "phone-malls",
        "trade-markets",
        "online-merchants",
        "animation-markets",
    ],
)
async def test_each_of_the_six_markets_may_be_a_group(registry: ServiceUnderTest, kind: str) -> None:
    group = await made(registry, kind=kind)
    assert (group["kind"], group["members"], group["org_id"]) == (kind, 0, "420100")
    [event] = await registry.events(f"group:{group['id']}")
    assert event["type"] == "registry.group.changed.v1"
    rules = [reason["rule"] for reason in event["payload"]["because"]["reasons"]]
    assert rules == ["hubei.target-markets", "hubei.target-market-counting"]


async def test_another_market_is_none(registry: ServiceUnderTest) -> None:
    body = {"kind": "night-markets", "name": "江滩夜市", "division": "420102"}
    refused = await expect(registry.post(OFFICER, "/groups", body), 422)
    assert (refused["code"], refused["pointer"]) == ("unknown-market", "/kind")


async def test_a_center_makes_groups_and_nobody_below_it(registry: ServiceUnderTest) -> None:
    body = {"kind": "office-blocks", "name": "某写字楼", "division": "420106"}
    await expect(registry.post(MANAGER, "/groups", body), 403)
    await expect(registry.post(FAR_OFFICER, "/groups", {**body, "org_id": "420100"}), 404)


async def test_one_market_is_one_group(registry: ServiceUnderTest) -> None:
    group = await made(registry)
    body = {"kind": "computer-malls", "name": group["name"], "division": "420106"}
    assert (await expect(registry.post(OFFICER, "/groups", body), 409))["code"] == "group-exists"


async def test_customers_join_and_leave_with_their_history(registry: ServiceUnderTest) -> None:
    group, member = await made(registry), await held(registry)
    path = f"/groups/{group['id']}"
    who = {"customer": member["customer_id"]}
    assert (await expect(registry.post(OFFICER, f"{path}/join", who), 200))["members"] == 1
    told = await registry.events(f"customer:{member['customer_id']}")
    assert told[-1]["payload"]["group_id"] == group["id"]
    again = await expect(registry.post(OFFICER, f"{path}/join", who), 409)
    assert again["code"] == "in-a-group"
    assert (await expect(registry.post(DIRECTOR, f"{path}/leave", who), 200))["members"] == 0
    told = await registry.events(f"customer:{member['customer_id']}")
    assert told[-1]["payload"]["group_id"] is None
    assert [event["version"] for event in told] == list(range(1, len(told) + 1))
    assert (await expect(registry.post(OFFICER, f"{path}/leave", who), 409))["code"] == "not-in-the-group"
    assert (await expect(registry.get(OFFICER, f"{path}/members"), 200))["total"] == 0
    [was] = (await expect(registry.get(OFFICER, f"{path}/members", former="true"), 200))["items"]
    assert (was["customer_id"], "left_at" in was) == (member["customer_id"], True)
    assert (await expect(registry.post(OFFICER, f"{path}/join", who), 200))["members"] == 1


async def test_a_customer_of_another_city_is_not_there_to_join(registry: ServiceUnderTest) -> None:
    group = await made(registry, FAR_OFFICER, division="420500")
    member = await held(registry)
    who = {"customer": member["customer_id"]}
    await expect(registry.post(FAR_OFFICER, f"/groups/{group['id']}/join", who), 404)


async def test_groups_are_listed_found_and_read_within_the_scope(registry: ServiceUnderTest) -> None:
    group = await made(registry)
    found = await expect(registry.get(OFFICER, "/groups", q=group["name"][:3], kind="computer-malls"), 200)
    assert [one["id"] for one in found["items"]] == [group["id"]]
    await expect(registry.get(OFFICER, f"/groups/{group['id']}"), 200)
    await expect(registry.get(FAR_OFFICER, f"/groups/{group['id']}"), 404)


@pytest.mark.parametrize("by", ["name", "address", "address-number"])
async def test_a_declaration_that_names_a_market_is_granted_with_the_tie_noted(
    registry: ServiceUnderTest, by: str
) -> None:
    number = 7000 + next(_numbers)
    group = await made(registry, address=f"武昌区珞瑜路{number}号")
    named = {
        "name": {"name": f"{group['name']}{trade_name()}数码店"},
        "address": {"address": f"武昌区{group['name']}三楼A12"},
        "address-number": {"address": f"武汉市武昌区珞瑜路{number}号3楼305室"},
    }[by]
    answer = await declared(registry, RIVAL, {"customer": customer(**named), "lines": ["domestic-express"]})
    assert answer["state"] == "protected"
    assert "target-market" in answer["reasons"]
    seen = await expect(registry.get(OFFICER, f"/declarations/{answer['id']}/candidates"), 200)
    reason = "market-address" if by == "address-number" else "market-name"
    [tie] = seen["groups"]
    assert (tie["group_id"], tie["kind"], tie["reasons"]) == (group["id"], "computer-malls", [reason])


async def test_what_resembles_a_member_is_tied_to_its_group(registry: ServiceUnderTest) -> None:
    group, member = await made(registry), await held(registry)
    who = {"customer": member["customer_id"]}
    await expect(registry.post(OFFICER, f"/groups/{group['id']}/join", who), 200)
    name = member["customer"]["name"]
    branch = await declared(
        registry, RIVAL, {"customer": customer(name=f"{name}光谷分公司"), "lines": ["domestic-express"]}
    )
    assert branch["state"] == "protected"
    seen = await expect(registry.get(OFFICER, f"/declarations/{branch['id']}/candidates"), 200)
    assert [(one["outcome"], "branch" in one["reasons"]) for one in seen["items"]] == [("related", True)]
    assert [(one["group_id"], one["reasons"]) for one in seen["groups"]] == [(group["id"], ["like-a-member"])]


async def test_a_market_of_another_city_is_not_tied(registry: ServiceUnderTest) -> None:
    group = await made(registry, FAR_OFFICER, division="420500", name=f"{trade_name()}电脑城")
    answer = await declared(
        registry,
        RIVAL,
        {"customer": customer(name=f"{group['name']}{trade_name()}店"), "lines": ["domestic-express"]},
    )
    assert "target-market" not in answer["reasons"]


async def test_a_group_counts_as_one_customer_of_its_manager(registry: ServiceUnderTest) -> None:
    """Hubei, art. 10: a manager has at most five customers of class 3; art. 3: one group is one of them."""
    manager = Person("420106-T01", "account-manager", "成经理", "42010699")
    body = {
        "staff_id": str(manager.staff_id),
        "staff_no": manager.staff_no,
        "name": manager.name,
        "org_id": manager.org_id,
        "roles": [manager.role],
    }
    await expect(registry.post(ADMINISTRATOR, "/staff", body), 201)
    five = [await approved(registry, MANAGER, OFFICER, manager, fees="100000.00") for _ in range(5)]
    sixth = await declared(
        registry, MANAGER, declaration(annex_1={**FORM, "estimated_yearly_fees": "100000.00"})
    )
    path, given = f"/declarations/{sixth['id']}/approve", {"manager_id": str(manager.staff_id)}
    assert (await expect(registry.post(OFFICER, path, given), 409))["code"] == "manager-overloaded"
    group = await made(registry)
    for member in five[:2]:
        who = {"customer": member["customer_id"]}
        await expect(registry.post(OFFICER, f"/groups/{group['id']}/join", who), 200)
    assert (await expect(registry.post(OFFICER, path, given), 200))["manager"] == str(manager.staff_id)
