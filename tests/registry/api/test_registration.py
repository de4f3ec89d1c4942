"""Approval: code, class, manager, standing claims, what is told of it; of many at once each for itself."""

import asyncio
from uuid import uuid4

from registry.model.codes import read_customer_code
from support.annex_1 import form, taken
from support.declarations import FORM, approved, declaration, declared
from support.registry import FAR, RIVAL, SECOND, expect
from support.service import ADMINISTRATOR, DIRECTOR, FAR_OFFICER, MANAGER, OFFICER, Person, ServiceUnderTest


async def new_manager(registry: ServiceUnderTest, number: int, org_id: str = "420106-T01") -> Person:
    """Employ an account manager who has no customer yet."""
    person = Person(org_id, "account-manager", staff_no=f"9{number:07d}")
    body = {
        "staff_id": str(person.staff_id),
        "staff_no": person.staff_no,
        "name": "新经理",
        "org_id": org_id,
        "roles": ["account-manager"],
    }
    await expect(registry.post(ADMINISTRATOR, "/staff", body), 201)
    return person


async def test_approval_issues_a_code_of_the_city_with_its_check_digit(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    code = answer["customer_code"]
    assert answer["state"] == "approved"
    assert len(code) == 14
    assert code.startswith("420100")
    assert read_customer_code(code) == code
    another = await approved(registry, MANAGER, OFFICER, MANAGER)
    assert another["customer_code"] != code


async def test_approval_gives_the_class_of_the_form_by_the_customers_own_place(
    registry: ServiceUnderTest,
) -> None:
    in_wuhan = await approved(registry, MANAGER, OFFICER, await new_manager(registry, 1), fees="99999.99")
    assert in_wuhan["class"] == 4
    in_a_county = await approved(
        registry, MANAGER, OFFICER, await new_manager(registry, 2), fees="99999.99", division="420525"
    )
    assert in_a_county["class"] == 2


async def test_class_one_is_always_vip(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, await new_manager(registry, 3), fees="500000")
    seen = await expect(registry.get(MANAGER, f"/customers/{answer['customer_id']}"), 200)
    assert (seen["class"], seen["vip"]) == (1, True)
    path, version = f"/customers/{answer['customer_id']}", seen["version"]
    assert (await registry.patch(OFFICER, path, {"vip": False}, version)).status_code == 403


async def test_claims_become_standing_and_their_clocks_stop(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER, lines=("ceremonial", "domestic-express"))
    assert [("until" in claim, claim["state"]) for claim in answer["claims"]] == [(False, "live")] * 2
    told = await registry.events(f"claim:{answer['claims'][0]['id']}")
    assert [(event["type"].split(".")[2], event["version"]) for event in told] == [
        ("granted", 1),
        ("renewed", 2),
    ]
    assert told[1]["payload"]["until"] is None
    states = await registry.rows(
        "SELECT kind, state FROM deadline WHERE customer_id = $1 ORDER BY kind", answer["customer_id"]
    )
    assert [tuple(row.values()) for row in states] == [
        ("claim-end", "cancelled"),
        ("claim-end", "cancelled"),
        ("registration-decide", "met"),
    ]


async def test_registration_and_assignment_are_told_whole(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    told = await registry.events(f"customer:{answer['customer_id']}")
    assert [(event["type"].split(".")[2], event["version"]) for event in told] == [
        ("changed", 1),
        ("registered", 2),
    ]
    state = told[1]["payload"]
    assert state["customer_code"] == answer["customer_code"]
    assert state["responsible"] == {
        "org_id": "420106-T01",
        "orgpath": "CN.420000.420100.420106.420106-T01",
    }
    assert (state["state"], state["manager_id"]) == ("registered", str(MANAGER.staff_id))
    assert {reason["rule"] for reason in state["because"]["reasons"]} >= {
        "hubei.tier-thresholds",
        "hubei.manager-load",
        "hubei.customer-code",
    }
    [assigned] = await registry.events(f"assignment:{answer['customer_id']}")
    assert (assigned["payload"]["manager_id"], assigned["payload"]["valid_from"]) == (
        str(MANAGER.staff_id),
        "2026-03-02",
    )
    [listed] = (await expect(registry.get(OFFICER, "/assignments", customer_id=answer["customer_id"]), 200))[
        "items"
    ]
    assert listed["org_id"] == "420106-T01"


async def test_the_declaring_manager_is_the_default(registry: ServiceUnderTest) -> None:
    filed = await declared(registry, SECOND, declaration(annex_1={**FORM, "estimated_yearly_fees": "1.00"}))
    answer = await expect(registry.post(OFFICER, f"/declarations/{filed['id']}/approve", {}), 200)
    assert answer["manager"] == str(SECOND.staff_id)


async def test_a_unit_without_managers_needs_one_named(registry: ServiceUnderTest) -> None:
    filed = await declared(registry, DIRECTOR, declaration(annex_1=FORM))
    path = f"/declarations/{filed['id']}/approve"
    refused = await expect(registry.post(OFFICER, path, {}), 409)
    assert (refused["code"], refused["pointer"]) == ("no-manager", "/manager_id")
    wrong = await expect(registry.post(OFFICER, path, {"manager_id": str(OFFICER.staff_id)}), 422)
    assert wrong["pointer"] == "/manager_id"


async def test_nobody_decides_for_a_customer_they_declared(registry: ServiceUnderTest) -> None:
    filed = await declared(registry, DIRECTOR, declaration(annex_1=FORM))
    refused = await registry.post(DIRECTOR, f"/declarations/{filed['id']}/approve", {})
    assert refused.json()["code"] == "maker-is-checker"


async def test_an_overloaded_manager_is_refused_unless_a_director_says_why(
    registry: ServiceUnderTest,
) -> None:
    manager = await new_manager(registry, 4)
    await approved(registry, MANAGER, OFFICER, manager, fees="300000")
    filed = await declared(registry, MANAGER, declaration(annex_1={**FORM, "estimated_yearly_fees": "10000"}))
    path, named = f"/declarations/{filed['id']}/approve", {"manager_id": str(manager.staff_id)}
    refused = await expect(registry.post(OFFICER, path, named), 409)
    assert refused["code"] == "manager-overloaded"
    assert {reason["article"] for reason in refused["because"]["reasons"]} == {"10"}
    override = {**named, "override_reason": "新人接手前过渡"}
    assert (await registry.post(OFFICER, path, override)).status_code == 409
    answer = await expect(registry.post(DIRECTOR, path, override), 200)
    assert (answer["state"], answer["decision"]["reason"]) == ("approved", "新人接手前过渡")


async def test_two_deciders_at_once_issue_one_code(registry: ServiceUnderTest) -> None:
    filed = await declared(registry, RIVAL, declaration(annex_1={**FORM, "estimated_yearly_fees": "1.00"}))
    path = f"/declarations/{filed['id']}/approve"
    answers = await asyncio.gather(*(registry.post(who, path, {}) for who in (OFFICER, DIRECTOR) * 4))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, *[409] * 7]
    told = await registry.events(f"customer:{filed['customer_id']}")
    assert [event["type"].split(".")[2] for event in told] == ["changed", "registered"]


async def test_a_load_is_counted_once_under_simultaneous_approvals(registry: ServiceUnderTest) -> None:
    manager = await new_manager(registry, 5)
    filed = [
        await declared(registry, MANAGER, declaration(annex_1={**FORM, "estimated_yearly_fees": "300000"}))
        for _ in range(4)
    ]
    named = {"manager_id": str(manager.staff_id)}
    answers = await asyncio.gather(
        *(registry.post(OFFICER, f"/declarations/{one['id']}/approve", named) for one in filed)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_many_are_approved_at_once_each_for_itself(registry: ServiceUnderTest) -> None:
    cheap = {"预计年费用(元)": "100.00"}
    answer = await taken(registry, FAR, {str(number): form(**cheap) for number in range(3)})
    ids = [item["declaration_id"] for item in answer["items"]]
    unknown = str(uuid4())
    items = [{"id": one, "manager_id": str(FAR.staff_id)} for one in [ids[2], unknown, ids[0], ids[0]]]
    path = "/declarations/approve-many"
    done = (await expect(registry.post(FAR_OFFICER, path, {"items": items}), 200))["items"]
    assert [one["id"] for one in done] == [ids[2], unknown, ids[0], ids[0]]
    assert [one.get("state") for one in done] == ["approved", None, "approved", None]
    assert done[0]["customer_code"] != done[2]["customer_code"]
    assert [done[1]["problem"]["code"], done[3]["problem"]["code"]] == ["not-found", "wrong-state"]
    shown = await expect(registry.get(FAR, f"/declarations/{ids[0]}"), 200)
    assert (shown["state"], shown["customer_code"]) == ("approved", done[2]["customer_code"])
    left = await expect(registry.get(FAR, f"/declarations/{ids[1]}"), 200)
    assert left["state"] == "filed"


async def test_many_approvals_keep_maker_and_checker_apart(registry: ServiceUnderTest) -> None:
    own = await taken(registry, OFFICER, {"一": form(申报单位="武昌一班", **{"预计年费用(元)": "1"})})
    items = [{"id": own["items"][0]["declaration_id"], "manager_id": str(MANAGER.staff_id)}]
    path = "/declarations/approve-many"
    [refused] = (await expect(registry.post(OFFICER, path, {"items": items}), 200))["items"]
    assert refused["problem"]["code"] == "maker-is-checker"
    assert (await registry.post(MANAGER, path, {"items": items})).status_code == 403
    [done] = (await expect(registry.post(DIRECTOR, path, {"items": items}), 200))["items"]
    assert done["state"] == "approved"


async def test_500_approvals_are_the_most(registry: ServiceUnderTest) -> None:
    items = [{"id": str(uuid4())} for _ in range(501)]
    path = "/declarations/approve-many"
    assert (await registry.post(OFFICER, path, {"items": items})).status_code == 422
    done = await expect(registry.post(OFFICER, path, {"items": items[:-1]}), 200)
    assert {one["problem"]["code"] for one in done["items"]} == {"not-found"}
