"""Project selling: filed, approved, watched in progress, assessed; nobody decides on their own (center-goals, part 2)."""

from typing import Any

from support.cases import opened
from support.registry import AGENT, FAR_OFFICER, RIVAL, expect
from support.service import DIRECTOR, MANAGER, OFFICER, Person, ServiceUnderTest

PROJECT = {"title": "商会联合寄递", "plan": "三个月内签约，预计年收入二十万元"}


async def step(
    registry: ServiceUnderTest, case: dict[str, Any], name: str, who: Person, status: int, **body: str
) -> Any:
    path = f"/development-cases/{case['id']}/project" + (f"/{name}" if name else "")
    return await expect(registry.post(who, path, body or PROJECT), status)


async def test_a_project_is_filed_approved_watched_and_assessed(registry: ServiceUnderTest) -> None:
    case = await opened(registry)
    filed = await step(registry, case, "", MANAGER, 200)
    assert (filed["project"]["state"], filed["project"]["title"]) == ("filed", PROJECT["title"])
    approved = await step(registry, case, "approve", OFFICER, 200, reason="符合重点方向")
    assert approved["project"]["decided_by"] == str(OFFICER.staff_id)
    await step(registry, case, "watch", MANAGER, 200, note="已约见两次")
    seen = await step(registry, case, "watch", OFFICER, 200, note="进度正常")
    assert [one["note"] for one in seen["watched"]] == ["已约见两次", "进度正常"]
    done = await step(registry, case, "assess", DIRECTOR, 200, assessment="实现收入二十二万元")
    assert (done["project"]["state"], done["project"]["assessment"]) == ("assessed", "实现收入二十二万元")
    told = await registry.events(f"development-case:{case['id']}")
    states = [event["payload"]["project_state"] for event in told]
    assert states == [None, "filed", "approved", "approved", "approved", "assessed"]
    assert [event["version"] for event in told] == list(range(1, len(told) + 1))
    assert {event["payload"]["because"]["reasons"][0]["rule"] for event in told[1:]} == {
        "center-goals.project-selling"
    }
    assert "二十" not in str([event["payload"] for event in told])


async def test_nothing_is_decided_watched_or_assessed_out_of_order(registry: ServiceUnderTest) -> None:
    case = await opened(registry)
    for name, body in (
        ("approve", {"reason": "x"}),
        ("refuse", {"reason": "x"}),
        ("watch", {"note": "x"}),
        ("assess", {"assessment": "x"}),
    ):
        assert (await step(registry, case, name, OFFICER, 409, **body))["code"] == "wrong-state"
    await step(registry, case, "", MANAGER, 200)
    await step(registry, case, "watch", MANAGER, 409, note="x")
    await step(registry, case, "assess", OFFICER, 409, assessment="x")
    await step(registry, case, "", MANAGER, 409)
    await step(registry, case, "approve", OFFICER, 200, reason="x")
    await step(registry, case, "refuse", OFFICER, 409, reason="x")


async def test_a_refused_project_is_filed_anew(registry: ServiceUnderTest) -> None:
    case = await opened(registry)
    await step(registry, case, "", MANAGER, 200)
    refused = await step(registry, case, "refuse", OFFICER, 200, reason="资源不足")
    assert (refused["project"]["state"], refused["project"]["reason"]) == ("refused", "资源不足")
    again = await step(registry, case, "", MANAGER, 200)
    assert again["project"]["state"] == "filed"
    assert "reason" not in again["project"]


async def test_nobody_approves_or_assesses_a_project_of_their_own(registry: ServiceUnderTest) -> None:
    case = await opened(registry, OFFICER)
    await step(registry, case, "", OFFICER, 200)
    for name in ("approve", "refuse"):
        assert (await step(registry, case, name, OFFICER, 403, reason="x"))["code"] == "maker-is-checker"
    await step(registry, case, "approve", DIRECTOR, 200, reason="可行")
    refused = await step(registry, case, "assess", OFFICER, 403, assessment="x")
    assert refused["code"] == "maker-is-checker"
    await step(registry, case, "assess", DIRECTOR, 200, assessment="达到预期")


async def test_a_project_is_decided_by_the_center_of_its_city(registry: ServiceUnderTest) -> None:
    case = await opened(registry)
    await step(registry, case, "", MANAGER, 200)
    await step(registry, case, "approve", MANAGER, 403, reason="x")
    await step(registry, case, "approve", AGENT, 403, reason="x")
    await step(registry, case, "approve", FAR_OFFICER, 404, reason="x")
    await step(registry, case, "approve", RIVAL, 403, reason="x")
    shown = await expect(registry.get(AGENT, f"/development-cases/{case['id']}"), 200)
    assert shown["project"] == {"state": "filed"}
