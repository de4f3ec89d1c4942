"""Development cases: four steps, none skipped (hubei, art. 11–12), routing, what is seen of them, and how they end."""

import json
from typing import Any

import pytest

from support.cases import ORDER, STEPS, opened, prospect, taken_to, written
from support.declarations import FORM, declared
from support.registry import AGENT, FAR, RIVAL, SECOND, expect
from support.service import DIRECTOR, HEAD, INSPECTOR, MANAGER, OFFICER, ServiceUnderTest


async def moved(registry: ServiceUnderTest, case: dict[str, Any], to: str, status: int, **more: str) -> Any:
    path = f"/development-cases/{case['id']}/step"
    return await expect(registry.post(MANAGER, path, {"to": to, **more}), status)


async def test_a_case_goes_through_the_four_steps_in_order_and_tells_each(registry: ServiceUnderTest) -> None:
    case = await opened(registry)
    assert (case["state"], case["step"]) == ("open", "locate")
    case = await taken_to(registry, case, "link")
    case = await written(registry, case, "link")
    assert (case["step"], case["missing"]) == ("link", [])
    assert [(move["from"], move["to"], move["progress"]) for move in case["moves"]] == [
        ("locate", "analyse", True),
        ("analyse", "plan", True),
        ("plan", "link", True),
    ]
    told = await registry.events(f"development-case:{case['id']}")
    assert [event["version"] for event in told] == list(range(1, case["version"] + 1))
    assert {event["type"] for event in told} == {"registry.development-case.changed.v1"}
    assert [event["payload"]["step"] for event in told][-1] == "link"
    assert "已了解" not in json.dumps([event["payload"] for event in told], ensure_ascii=False)
    because = told[-2]["payload"]["because"]["reasons"][0]
    assert (because["rule"], because["article"]) == ("hubei.development-steps", "11")


@pytest.mark.parametrize("to", ["plan", "link"])
async def test_no_step_is_skipped(registry: ServiceUnderTest, to: str) -> None:
    case = await written(registry, await opened(registry), "locate")
    refused = await moved(registry, case, to, 409)
    assert refused["code"] == "step-skipped"
    assert refused["skipped"] == list(ORDER[1 : ORDER.index(to)])
    assert refused["because"]["reasons"][0]["rule"] == "hubei.development-steps"
    shown = await expect(registry.get(MANAGER, f"/development-cases/{case['id']}"), 200)
    assert (shown["step"], shown["version"]) == ("locate", case["version"])


@pytest.mark.parametrize("step", ORDER[:-1])
async def test_a_step_is_left_once_it_brought_what_it_has_to(registry: ServiceUnderTest, step: str) -> None:
    case = await taken_to(registry, await opened(registry), step)
    there = ORDER[ORDER.index(step) + 1]
    assert case["missing"] == list(STEPS[step])
    *most, last = STEPS[step]
    path = f"/development-cases/{case['id']}"
    body = {"written": {step: dict.fromkeys(most, "已了解")}}
    case = await expect(registry.patch(MANAGER, path, body, case["version"]), 200)
    refused = await moved(registry, case, there, 409)
    assert (refused["code"], refused["missing"]) == ("step-skipped", [last])
    body = {"written": {step: {last: "已了解"}}}
    case = await expect(registry.patch(MANAGER, path, body, case["version"]), 200)
    assert (await moved(registry, case, there, 200))["step"] == there


async def test_going_back_needs_a_reason_is_recorded_and_is_no_progress_the_second_time(
    registry: ServiceUnderTest,
) -> None:
    case = await taken_to(registry, await opened(registry), "plan")
    refused = await moved(registry, case, "locate", 422)
    assert refused["pointer"] == "/reason"
    back = await moved(registry, case, "locate", 200, reason="联系人已更换")
    assert back["step"] == "locate"
    assert (back["moves"][-1]["reason"], back["moves"][-1]["progress"]) == ("联系人已更换", False)
    again = await moved(registry, back, "analyse", 200)
    assert (again["step"], again["moves"][-1]["progress"]) == ("analyse", False)
    assert (await moved(registry, again, "analyse", 409))["code"] == "wrong-state"


async def test_a_step_that_is_to_come_and_a_field_of_another_step_are_not_written(
    registry: ServiceUnderTest,
) -> None:
    case = await opened(registry)
    path = f"/development-cases/{case['id']}"
    early = {"written": {"plan": {"schedule": "四月"}}}
    assert (await expect(registry.patch(MANAGER, path, early, 1), 409))["code"] == "step-skipped"
    strange = {"written": {"locate": {"schedule": "四月"}}}
    refused = await expect(registry.patch(MANAGER, path, strange, 1), 422)
    assert refused["pointer"] == "/written/locate/schedule"
    stale = {"written": {"locate": {"contact": "办公室"}}}
    await expect(registry.patch(MANAGER, path, stale, 7), 412)
    kept = await expect(registry.patch(MANAGER, path, stale, 1), 200)
    emptied = await expect(
        registry.patch(MANAGER, path, {"written": {"locate": {"contact": None}}}, kept["version"]), 200
    )
    assert emptied["written"]["locate"] == {}


@pytest.mark.parametrize(
    ("who", "lines", "demand", "to", "fits", "org_id"),
    [
        (MANAGER, ["domestic-express", "integrated-logistics"], None, "center", False, "420100"),
        (OFFICER, ["domestic-express", "integrated-logistics"], None, "center", True, "420100"),
        (MANAGER, ["domestic-express"], None, "team", True, "420106-T01"),
        (MANAGER, ["domestic-express", "ceremonial"], None, "team", True, "420106-T01"),
        (MANAGER, ["domestic-express"], "small", "team", True, "420106-T01"),
        (OFFICER, ["domestic-express"], "single-service", "team", False, "420106"),
    ],
)
async def test_integrated_demand_is_for_the_center_the_rest_for_the_team(
    registry: ServiceUnderTest,
    who: Any,
    lines: list[str],
    demand: str | None,
    to: str,
    fits: bool,
    org_id: str,
) -> None:
    case = await opened(registry, who, lines=lines, **({"demand": demand} if demand else {}))
    suggestion = case["suggestion"]
    assert (suggestion["to"], suggestion["fits"], suggestion["org_id"]) == (to, fits, org_id)
    rules = [reason["rule"] for reason in suggestion["because"]["reasons"]]
    assert rules == ["hubei.demand-routing", "jiangxi.one-to-one"]
    assert suggestion["because"]["reasons"][0]["article"] == "12"


async def test_a_unit_has_one_open_case_on_a_prospect(registry: ServiceUnderTest) -> None:
    firm = prospect()
    first = await opened(registry, customer=firm)
    body = {"customer": firm, "lines": ["ceremonial"]}
    again = await expect(registry.post(MANAGER, "/development-cases", body), 409)
    assert again["code"] == "case-open-already"
    await opened(registry, RIVAL, customer=firm)
    await expect(registry.post(MANAGER, f"/development-cases/{first['id']}/drop", {"reason": "无需求"}), 200)
    await opened(registry, customer=firm)


async def test_what_was_found_out_is_of_the_internal_layer(registry: ServiceUnderTest) -> None:
    case = await written(registry, await opened(registry), "locate")
    path = f"/development-cases/{case['id']}"
    for who in (MANAGER, HEAD, OFFICER, DIRECTOR, INSPECTOR):
        assert "written" in await expect(registry.get(who, path), 200)
    seen = await expect(registry.get(AGENT, path), 200)
    assert {"written", "grades", "missing"}.isdisjoint(seen)
    assert "已了解" not in json.dumps(seen, ensure_ascii=False)
    for who in (RIVAL, SECOND, FAR):
        await expect(registry.get(who, path), 404)
        await expect(registry.post(who, f"{path}/file", {}), 404)
    await expect(registry.post(OFFICER, f"{path}/file", {}), 403)
    rows = await registry.rows("SELECT written FROM development_case WHERE case_id = $1::uuid", case["id"])
    assert "已了解".encode() not in rows[0]["written"]


async def test_a_case_is_won_by_the_registration_of_its_customer(registry: ServiceUnderTest) -> None:
    firm = prospect()
    case = await opened(registry, customer=firm)
    other = await opened(registry, SECOND, customer=firm)
    filed = await declared(
        registry,
        MANAGER,
        {"customer": {**firm, "phones": []}, "lines": ["domestic-express"], "annex_1": FORM},
    )
    shown = await expect(registry.get(MANAGER, f"/development-cases/{case['id']}"), 200)
    assert (shown["state"], shown["customer_id"]) == ("open", filed["customer_id"])
    await expect(
        registry.post(
            DIRECTOR,
            f"/declarations/{filed['id']}/approve",
            {"manager_id": str(MANAGER.staff_id), "override_reason": "过渡期"},
        ),
        200,
    )
    shown = await expect(registry.get(MANAGER, f"/development-cases/{case['id']}"), 200)
    assert shown["state"] == "won"
    told = await registry.events(f"development-case:{case['id']}")
    assert told[-1]["payload"]["state"] == "won"
    assert told[-1]["payload"]["because"]["reasons"][0]["rule"] == "hubei.declaration"
    shown = await expect(registry.get(SECOND, f"/development-cases/{other['id']}"), 200)
    assert shown["state"] == "open"
    refused = await expect(
        registry.post(MANAGER, f"/development-cases/{case['id']}/lose", {"reason": "迟了"}), 409
    )
    assert (refused["code"], refused["state"]) == ("wrong-state", "won")


@pytest.mark.parametrize(("move", "state"), [("lose", "lost"), ("drop", "dropped")])
async def test_a_case_ends_lost_or_dropped_with_the_reason(
    registry: ServiceUnderTest, move: str, state: str
) -> None:
    case = await opened(registry)
    path = f"/development-cases/{case['id']}"
    await expect(registry.post(MANAGER, f"{path}/{move}", {}), 422)
    ended = await expect(registry.post(MANAGER, f"{path}/{move}", {"reason": "对方选用他家"}), 200)
    assert (ended["state"], ended["end_reason"]) == (state, "对方选用他家")
    for again in ("file", "lose", "drop"):
        answer = await registry.post(MANAGER, f"{path}/{again}", {"reason": "x"} if again != "file" else {})
        assert answer.status_code == 409
    await expect(registry.patch(MANAGER, path, {"lines": ["ceremonial"]}, ended["version"]), 409)


async def test_cases_are_listed_filtered_sorted_and_paged(registry: ServiceUnderTest) -> None:
    firms = [prospect() for _ in range(3)]
    cases = [await opened(registry, FAR, customer=firm, lines=["ceremonial"]) for firm in firms]
    await expect(registry.post(FAR, f"/development-cases/{cases[1]['id']}/file", {}), 200)
    await expect(registry.post(FAR, f"/development-cases/{cases[2]['id']}/drop", {"reason": "无需求"}), 200)

    async def ids(**asked: Any) -> list[str]:
        found = await expect(registry.get(FAR, "/development-cases", **asked), 200)
        return [item["id"] for item in found["items"]]

    everything = [case["id"] for case in reversed(cases)]
    assert await ids() == everything
    assert await ids(state="dropped") == [cases[2]["id"]]
    assert await ids(lead="true") == [cases[1]["id"]]
    assert await ids(lead="false", state="open") == [cases[0]["id"]]
    assert await ids(q=firms[0]["name"][2:6]) == [cases[0]["id"]]
    assert await ids(sort="filed") == [cases[1]["id"]]
    assert await ids(step="plan") == []
    page = await expect(registry.get(FAR, "/development-cases", limit=2), 200)
    rest = await expect(registry.get(FAR, "/development-cases", limit=2, cursor=page["next_cursor"]), 200)
    assert [item["id"] for item in [*page["items"], *rest["items"]]] == everything
    assert page["total"] == len(cases)
