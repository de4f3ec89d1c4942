"""Use it or lose it: 30 days without a visit or a step on record end a claim, warned 10 days before (平台约定)."""

from collections.abc import AsyncIterator

import pytest_asyncio

from support.claim_life import at, called_on, clock_of, state_of
from support.declarations import FORM, approved, credit_code, declaration, declared
from support.instance import Databases
from support.registry import RIVAL, expect, running_registry
from support.service import HEAD, MANAGER, OFFICER, ServiceUnderTest

# Declared on 2 March, 09:00, that day not counted: the thirtieth day is 1 April, the twentieth 22 March.
WARNED = "2026-03-23T00:00:00+08:00"
ENDS = "2026-04-02T00:00:00+08:00"


@pytest_asyncio.fixture
async def alone(registry_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A registry whose clock nobody else moves."""
    async with running_registry(registry_databases("registry")) as registry:
        yield registry


async def test_a_claim_nobody_uses_is_warned_after_twenty_days_and_ends_after_thirty(
    alone: ServiceUnderTest,
) -> None:
    code = credit_code()
    first = await declared(alone, MANAGER, declaration("ceremonial", "domestic-express", credit_code=code))
    claims = [claim["id"] for claim in first["claims"]]
    clock = await clock_of(alone, claims[0], "claim-idle")
    assert clock["due_at"].isoformat() == ENDS
    await at(alone, "2026-03-22T23:59:50")
    assert (await clock_of(alone, claims[0], "claim-idle"))["warned_at"] == []
    await at(alone, "2026-03-23T00:00:00")
    assert len((await clock_of(alone, claims[0], "claim-idle"))["warned_at"]) == 1
    await at(alone, "2026-04-01T23:59:50")
    assert {await state_of(alone, claim) for claim in claims} == {"live"}
    await at(alone, "2026-04-02T00:00:00")
    assert {await state_of(alone, claim) for claim in claims} == {"expired"}
    told = await alone.events(f"claim:{claims[0]}")
    assert [event["type"].split(".")[2] for event in told] == ["granted", "expired"]
    assert told[1]["payload"]["reason"] == "idle"
    [reason] = told[1]["payload"]["because"]["reasons"]
    assert (reason["rule"], reason["article"], reason["assumption"]) == (
        "platform.claim-idle",
        "平台约定",
        True,
    )
    told = await alone.events(f"declaration:{first['id']}")
    assert [event["type"].split(".")[2] for event in told] == ["submitted", "lapsed"]
    steps = await alone.events(f"deadline:{clock['id']}")
    assert [one["type"].split(".")[2] for one in steps if "escalated" not in one["type"]] == [
        "warned",
        "breached",
    ]
    assert (await clock_of(alone, claims[0], "claim-end"))["state"] == "cancelled"
    again = await declared(alone, RIVAL, declaration("ceremonial", credit_code=code))
    assert (again["state"], again["customer_id"]) == ("protected", first["customer_id"])


async def test_a_visit_on_the_last_day_begins_the_thirty_days_anew(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration())
    [claim] = first["claims"]
    await at(alone, "2026-04-01T23:00:00")
    await called_on(alone, MANAGER, first["customer_id"], "2026-04-01")
    await at(alone, "2026-05-01T23:59:50")
    assert await state_of(alone, claim["id"]) == "live"
    await at(alone, "2026-05-02T00:00:00")
    assert await state_of(alone, claim["id"]) == "expired"


async def test_a_visit_counts_from_its_own_day_and_not_from_the_day_of_its_record(
    alone: ServiceUnderTest,
) -> None:
    first = await declared(alone, MANAGER, declaration())
    await at(alone, "2026-03-31T10:00:00")
    await called_on(alone, MANAGER, first["customer_id"], "2026-03-05")
    clock = await clock_of(alone, first["claims"][0]["id"], "claim-idle")
    assert clock["due_at"].isoformat() == "2026-04-05T00:00:00+08:00"
    await called_on(alone, MANAGER, first["customer_id"], "2026-03-04")
    clock = await clock_of(alone, first["claims"][0]["id"], "claim-idle")
    assert clock["due_at"].isoformat() == "2026-04-05T00:00:00+08:00"


async def test_only_visits_of_the_holder_are_its_progress(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration())
    alone.set_clock("2026-03-20T10:00:00+08:00")
    await called_on(alone, HEAD, first["customer_id"], "2026-03-20", org_id="420106")
    clock = await clock_of(alone, first["claims"][0]["id"], "claim-idle")
    assert clock["due_at"].isoformat() == ENDS
    await called_on(alone, HEAD, first["customer_id"], "2026-03-20", org_id="420106-T01")
    clock = await clock_of(alone, first["claims"][0]["id"], "claim-idle")
    assert clock["due_at"].isoformat() == "2026-04-20T00:00:00+08:00"


async def test_a_visit_taken_back_is_no_progress_any_more(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration())
    alone.set_clock("2026-03-20T10:00:00+08:00")
    visit = await called_on(alone, MANAGER, first["customer_id"], "2026-03-20")
    await expect(alone.post(MANAGER, f"/visits/{visit}/cancel", {"reason": "记错客户"}), 200)
    clock = await clock_of(alone, first["claims"][0]["id"], "claim-idle")
    assert (clock["state"], clock["due_at"].isoformat()) == ("running", ENDS)
    alone.set_clock("2026-04-01T10:00:00+08:00")
    visit = await called_on(alone, MANAGER, first["customer_id"], "2026-04-01")
    await at(alone, "2026-04-10T10:00:00")
    assert await state_of(alone, first["claims"][0]["id"]) == "live"
    await expect(alone.post(MANAGER, f"/visits/{visit}/cancel", {"reason": "记错客户"}), 200)
    await at(alone, "2026-04-10T10:00:01")
    assert await state_of(alone, first["claims"][0]["id"]) == "expired"


async def test_a_claim_is_not_lost_by_the_slowness_of_the_center(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration())
    [claim] = first["claims"]
    alone.set_clock("2026-04-01T23:59:00+08:00")
    await expect(alone.post(MANAGER, f"/declarations/{first['id']}/annex-1", FORM), 200)
    await at(alone, "2026-04-10T10:00:00")
    assert await state_of(alone, claim["id"]) == "live"
    returned = await expect(
        alone.post(OFFICER, f"/declarations/{first['id']}/return", {"reason": "请补充"}), 200
    )
    assert returned["state"] == "protected"
    await at(alone, "2026-05-10T23:59:50")
    assert await state_of(alone, claim["id"]) == "live"
    await at(alone, "2026-05-11T00:00:00")
    assert await state_of(alone, claim["id"]) == "expired"


async def test_standing_claims_do_not_idle(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration())
    await expect(alone.post(MANAGER, f"/declarations/{first['id']}/annex-1", FORM), 200)
    answer = await expect(alone.post(OFFICER, f"/declarations/{first['id']}/approve", {}), 200)
    at_once = await approved(alone, MANAGER, OFFICER, MANAGER)
    await at(alone, "2027-03-02T10:00:00")
    for claim in (*answer["claims"], *at_once["claims"]):
        assert await state_of(alone, claim["id"]) == "live"
        assert (await clock_of(alone, claim["id"], "claim-idle")).get("state") != "running"
