"""The end of a claim's time, fired by the sweeper on the business clock."""

from collections.abc import AsyncIterator

import pytest_asyncio

from support.claim_life import called_on, swept
from support.declarations import FORM, credit_code, declaration, declared
from support.instance import Databases
from support.registry import RIVAL, expect, running_registry
from support.service import MANAGER, MORNING, OFFICER, ServiceUnderTest

# No thirty days between any two: the claim does not idle out before its window is over.
VISITS = ("2026-03-30", "2026-04-29", "2026-05-20")
LAST_EVENING = "2026-05-31T23:58:00+08:00"
TOO_LATE = "2026-06-01T00:00:01+08:00"


@pytest_asyncio.fixture
async def alone(registry_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A registry whose clock nobody else moves."""
    async with running_registry(registry_databases("registry")) as registry:
        yield registry


async def state_of(registry: ServiceUnderTest, declaration_id: str) -> str:
    [row] = await registry.rows(
        "SELECT state FROM declaration WHERE declaration_id = $1::uuid", declaration_id
    )
    return str(row["state"])


async def used(registry: ServiceUnderTest, customer_id: str) -> None:
    """Call on the customer often enough, up to the last days of its window."""
    for day in VISITS:
        registry.set_clock(f"{day}T10:00:00+08:00")
        await called_on(registry, MANAGER, customer_id, day)


async def test_a_claim_lives_until_the_last_day_is_over_and_then_lapses_with_its_declaration(
    alone: ServiceUnderTest,
) -> None:
    code = credit_code()
    first = await declared(alone, MANAGER, declaration("ceremonial", "domestic-express", credit_code=code))
    await used(alone, first["customer_id"])
    alone.set_clock(LAST_EVENING)
    await swept(alone)
    assert await state_of(alone, first["id"]) == "protected"
    refused = await declared(alone, RIVAL, declaration("ceremonial", credit_code=code))
    assert refused["state"] == "refused"
    alone.set_clock(TOO_LATE)
    await swept(alone)
    assert await state_of(alone, first["id"]) == "lapsed"
    for claim in first["claims"]:
        told = await alone.events(f"claim:{claim['id']}")
        assert [event["type"].split(".")[2] for event in told] == ["granted", "expired"]
        assert told[1]["payload"]["reason"] == "window-over"
        [reason] = told[1]["payload"]["because"]["reasons"]
        assert (reason["rule"], reason["article"]) == ("jiangxi.claim-window", "第三部分")
    told = await alone.events(f"declaration:{first['id']}")
    assert [event["type"].split(".")[2] for event in told] == ["submitted", "lapsed"]
    again = await declared(alone, RIVAL, declaration("ceremonial", credit_code=code))
    assert (again["state"], again["customer_id"]) == ("protected", first["customer_id"])


async def test_the_deadline_warns_twice_breaches_once_and_names_who_let_it_end(
    alone: ServiceUnderTest,
) -> None:
    first = await declared(alone, MANAGER, declaration())
    await used(alone, first["customer_id"])
    alone.set_clock(TOO_LATE)
    await swept(alone)
    [clock] = await alone.rows(
        "SELECT id FROM deadline WHERE subject_id = $1 AND kind = 'claim-end'", first["claims"][0]["id"]
    )
    told = await alone.events(f"deadline:{clock['id']}")
    steps = [event["type"].split(".")[2] for event in told]
    assert [step for step in steps if step != "escalated"] == ["warned", "warned", "breached"]
    [breached] = [event for event in told if event["type"].split(".")[2] == "breached"]
    assert breached["payload"]["breached_by"]["staff_id"] == str(MANAGER.staff_id)


async def test_a_claim_whose_annex_lies_with_the_center_waits_for_the_decision(
    alone: ServiceUnderTest,
) -> None:
    first = await declared(alone, MANAGER, declaration(annex_1=FORM))
    alone.set_clock(TOO_LATE)
    await swept(alone)
    assert await state_of(alone, first["id"]) == "filed"
    [claim] = (await expect(alone.get(MANAGER, "/claims", customer_id=first["customer_id"]), 200))["items"]
    assert claim["state"] == "live"
    returned = await expect(
        alone.post(OFFICER, f"/declarations/{first['id']}/return", {"reason": "不完整"}), 200
    )
    assert returned["state"] == "lapsed"
    assert [claim["state"] for claim in returned["claims"]] == ["expired"]
    alone.set_clock(MORNING)


async def test_an_undecided_registration_breaches_and_passes_upward(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration(annex_1=FORM))
    alone.set_clock("2026-03-06T00:00:01+08:00")
    await swept(alone)
    [clock] = await alone.rows(
        "SELECT state, breached_by::text, chain::text FROM deadline WHERE subject_id = $1", first["id"]
    )
    assert clock["state"] == "breached"
    assert "center-officer" in clock["breached_by"]
    assert "center-director" in clock["chain"]
    await expect(alone.post(OFFICER, f"/declarations/{first['id']}/return", {"reason": "迟了"}), 200)
    [clock] = await alone.rows("SELECT state FROM deadline WHERE subject_id = $1", first["id"])
    assert clock["state"] == "met-late"
