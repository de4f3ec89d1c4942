"""Information priority: of two units that declare, the one whose lead was recorded first goes first (jiangxi, part 3)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from support.cases import lead, opened, prospect
from support.claim_life import at
from support.declarations import credit_code, declared
from support.instance import Databases
from support.registry import FAR, RIVAL, SECOND, expect, running_registry
from support.service import DIRECTOR, FAR_OFFICER, MANAGER, OFFICER, PROVINCE, Person, ServiceUnderTest


@pytest_asyncio.fixture
async def alone(registry_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A registry whose clock nobody else moves."""
    async with running_registry(registry_databases("registry")) as registry:
        yield registry


def firm(**facts: Any) -> dict[str, Any]:
    return prospect(**{"credit_code": credit_code(), **facts})


async def declares(registry: ServiceUnderTest, who: Person, known: dict[str, Any], *lines: str) -> Any:
    body = {"customer": {**known, "phones": []}, "lines": list(lines or ("domestic-express",))}
    return await declared(registry, who, body)


async def test_a_declaration_behind_anothers_lead_is_held_and_the_center_sees_whose(
    registry: ServiceUnderTest,
) -> None:
    known = firm()
    case = await lead(registry, MANAGER, customer=known)
    held = await declares(registry, RIVAL, known)
    assert (held["state"], held["reasons"], held["claims"]) == ("held", ["earlier-lead"], [])
    rules = [(reason["rule"], reason["article"]) for reason in held["because"]["reasons"]]
    assert ("jiangxi.information-priority", "第三部分") in rules
    path = f"/declarations/{held['id']}/leads"
    [seen] = (await expect(registry.get(OFFICER, path), 200))["items"]
    assert (seen["case_id"], seen["org_id"], seen["filed_at"]) == (case["id"], "420106-T01", case["filed_at"])
    await expect(registry.get(RIVAL, path), 403)
    assert "420106" not in str(held).replace(known["division"], "")
    assert case["id"] not in str(held)
    told = await registry.events(f"declaration:{held['id']}")
    assert case["id"] not in str(told)


async def test_the_lead_holder_goes_first_though_it_declares_later(registry: ServiceUnderTest) -> None:
    known = firm()
    await lead(registry, MANAGER, customer=known)
    held = await declares(registry, RIVAL, known)
    first = await declares(registry, MANAGER, known)
    assert first["state"] == "protected"
    assert "own-earlier-lead" in first["reasons"]
    assert "jiangxi.information-priority" in [one["rule"] for one in first["because"]["reasons"]]
    assert first["customer_id"] == held["customer_id"]
    accepted = await registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "x"})
    assert (accepted.status_code, accepted.json()["code"]) == (409, "customer-taken")
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "信息在后"}), 200)
    [claim] = (await expect(registry.get(OFFICER, "/claims", customer_id=first["customer_id"]), 200))["items"]
    assert (claim["org_id"], claim["state"]) == ("420106-T01", "live")


async def test_by_name_alone_the_lead_holder_goes_first_too(registry: ServiceUnderTest) -> None:
    known = prospect()
    await lead(registry, MANAGER, customer=known)
    held = await declares(registry, RIVAL, known)
    assert (held["state"], "earlier-lead" in held["reasons"]) == ("held", True)
    first = await declares(registry, MANAGER, known)
    assert (first["state"], "own-earlier-lead" in first["reasons"]) == ("protected", True)
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "信息在后"}), 200)
    shown = await expect(registry.get(MANAGER, f"/declarations/{first['id']}"), 200)
    assert shown["state"] == "protected"


async def test_of_two_leads_the_earlier_record_counts(registry: ServiceUnderTest) -> None:
    known = firm()
    await lead(registry, RIVAL, customer=known)
    await lead(registry, MANAGER, customer=known)
    held = await declares(registry, MANAGER, known)
    assert (held["state"], held["reasons"]) == ("held", ["earlier-lead"])
    assert (await declares(registry, RIVAL, known))["state"] == "protected"


async def test_a_case_that_was_not_filed_is_no_lead(registry: ServiceUnderTest) -> None:
    known = firm()
    await opened(registry, MANAGER, customer=known)
    assert (await declares(registry, RIVAL, known))["state"] == "protected"


async def test_a_case_that_ended_is_no_lead_any_more(registry: ServiceUnderTest) -> None:
    known = firm()
    case = await lead(registry, MANAGER, customer=known)
    await expect(registry.post(MANAGER, f"/development-cases/{case['id']}/drop", {"reason": "无需求"}), 200)
    assert (await declares(registry, RIVAL, known))["state"] == "protected"


async def test_what_another_holds_already_stays_and_the_lead_is_noted(registry: ServiceUnderTest) -> None:
    known = firm()
    granted = await declares(registry, RIVAL, known)
    await lead(registry, MANAGER, customer=known)
    refused = await declares(registry, MANAGER, known)
    assert (refused["state"], refused["reasons"]) == ("refused", ["own-earlier-lead"])
    assert refused["refusal"]["holder"]["org_id"] == "420107"
    assert "申请裁决" in refused["because"]["text"]["zh"]
    [claim] = (await expect(registry.get(OFFICER, "/claims", customer_id=granted["customer_id"]), 200))[
        "items"
    ]
    assert (claim["org_id"], claim["state"]) == ("420107", "live")


async def test_a_declaration_is_itself_a_report_and_goes_before_a_later_lead(
    registry: ServiceUnderTest,
) -> None:
    known = firm()
    case = await lead(registry, SECOND, customer=known)
    waiting = await declares(registry, RIVAL, known)
    assert waiting["state"] == "held"
    await expect(registry.post(SECOND, f"/development-cases/{case['id']}/drop", {"reason": "无需求"}), 200)
    await lead(registry, MANAGER, customer=known)
    later = await declares(registry, MANAGER, known)
    assert (later["state"], later["reasons"]) == ("held", ["declared-before"])


async def test_another_firm_of_the_same_name_is_not_held_by_a_lead(registry: ServiceUnderTest) -> None:
    known = firm()
    await lead(registry, MANAGER, customer=known)
    other = await declares(registry, RIVAL, {**known, "credit_code": credit_code()})
    assert "earlier-lead" not in other["reasons"]


async def test_a_lead_of_another_city_counts_and_only_a_center_above_the_declarer_sees_it(
    registry: ServiceUnderTest,
) -> None:
    known = firm()
    await lead(registry, FAR, customer=known)
    held = await declares(registry, RIVAL, known)
    assert held["reasons"] == ["earlier-lead"]
    path = f"/declarations/{held['id']}/leads"
    for who in (OFFICER, DIRECTOR, PROVINCE):
        [seen] = (await expect(registry.get(who, path), 200))["items"]
        assert seen["org_id"] == "420525"
    await expect(registry.get(FAR_OFFICER, path), 404)


async def test_a_lead_whose_protection_ended_unused_is_spent(alone: ServiceUnderTest) -> None:
    known = firm()
    await lead(alone, MANAGER, customer=known)
    first = await declares(alone, MANAGER, known)
    assert first["state"] == "protected"
    await at(alone, "2026-04-02T00:00:00")
    second = await declares(alone, RIVAL, known)
    assert (second["state"], second["customer_id"]) == ("protected", first["customer_id"])


async def test_a_center_may_accept_what_stands_behind_a_lead(registry: ServiceUnderTest) -> None:
    known = firm()
    await lead(registry, MANAGER, customer=known)
    held = await declares(registry, RIVAL, known)
    accepted = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "报备单位同意"}), 200
    )
    assert accepted["state"] == "protected"
    refused = await declares(registry, MANAGER, known)
    assert (refused["state"], refused["reasons"]) == ("refused", ["own-earlier-lead"])
