"""Renewal of a claim: once, by 60 days, on documented progress within its window (jiangxi, part 3); and giving it up."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from support.claim_life import at, called_on, clock_of, state_of
from support.declarations import FORM, approved, declaration, declared
from support.instance import Databases
from support.registry import RIVAL, SECOND, expect, running_registry
from support.service import HEAD, MANAGER, OFFICER, Person, ServiceUnderTest

# Granted on 2 March: the ninetieth day is 31 May, the sixtieth after it 30 July.
END = "2026-06-01T00:00:00+08:00"
RENEWED_END = "2026-07-31T00:00:00+08:00"


@pytest_asyncio.fixture
async def alone(registry_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A registry whose clock nobody else moves."""
    async with running_registry(registry_databases("registry")) as registry:
        yield registry


async def renewed(
    registry: ServiceUnderTest, claim: str, status: int, who: Person = MANAGER, **evidence: list[str]
) -> Any:
    return await expect(registry.post(who, f"/claims/{claim}/renew", {"evidence": evidence}), status)


async def test_a_claim_is_renewed_by_sixty_days_on_a_visit_and_not_a_second_time(
    alone: ServiceUnderTest,
) -> None:
    first = await declared(alone, MANAGER, declaration())
    claim = first["claims"][0]["id"]
    visits = []
    for day in ("2026-03-25", "2026-04-20", "2026-05-15"):
        alone.set_clock(f"{day}T10:00:00+08:00")
        visits.append(await called_on(alone, MANAGER, first["customer_id"], day))
    await at(alone, "2026-05-31T23:59:00")
    answer = await renewed(alone, claim, 200, visits=visits)
    assert (answer["until"], answer["renewals"]) == (RENEWED_END, 1)
    [reason] = answer["because"]["reasons"]
    assert (reason["rule"], reason["article"]) == ("jiangxi.claim-window", "第三部分")
    assert reason["inputs"]["evidence"] == [f"visit:{visit}" for visit in visits]
    told = await alone.events(f"claim:{claim}")
    assert [(one["type"].split(".")[2], one["version"]) for one in told] == [("granted", 1), ("renewed", 2)]
    assert told[1]["payload"]["because"] == answer["because"]
    assert told[1]["payload"]["renewals"] == 1
    again = await renewed(alone, claim, 409, visits=visits)
    assert again["code"] == "claim-renewed-already"
    assert again["because"]["reasons"][0]["rule"] == "jiangxi.claim-window"
    clock = await clock_of(alone, claim, "claim-end")
    assert (clock["state"], clock["due_at"].isoformat()) == ("running", RENEWED_END)
    for day in ("2026-06-10", "2026-07-05"):
        await at(alone, f"{day}T10:00:00")
        await called_on(alone, MANAGER, first["customer_id"], day)
    # Fourteen days before the new end it is warned again.
    await at(alone, "2026-07-16T23:59:50")
    assert (await clock_of(alone, claim, "claim-end"))["warned_at"] == []
    await at(alone, "2026-07-17T00:00:00")
    assert len((await clock_of(alone, claim, "claim-end"))["warned_at"]) == 1
    await at(alone, "2026-07-27T23:59:50")
    assert len((await clock_of(alone, claim, "claim-end"))["warned_at"]) == 1
    await at(alone, "2026-07-28T00:00:00")
    assert len((await clock_of(alone, claim, "claim-end"))["warned_at"]) == 2
    await called_on(alone, MANAGER, first["customer_id"], "2026-07-28")
    await at(alone, "2026-07-30T23:59:50")
    assert await state_of(alone, claim) == "live"
    await at(alone, "2026-07-31T00:00:00")
    assert await state_of(alone, claim) == "expired"


async def test_after_the_end_nothing_is_renewed(alone: ServiceUnderTest) -> None:
    first = await declared(alone, MANAGER, declaration())
    claim = first["claims"][0]["id"]
    visit = await called_on(alone, MANAGER, first["customer_id"], "2026-03-02")
    await at(alone, "2026-04-02T00:00:00")
    refused = await renewed(alone, claim, 409, visits=[visit])
    assert refused["code"] == "wrong-state"


async def test_without_progress_of_its_own_in_the_window_a_claim_is_not_renewed(
    registry: ServiceUnderTest,
) -> None:
    first = await declared(registry, MANAGER, declaration())
    claim = first["claims"][0]["id"]
    before = await called_on(registry, MANAGER, first["customer_id"], "2026-03-01")
    other = await declared(registry, MANAGER, declaration())
    elsewhere = await called_on(registry, MANAGER, other["customer_id"], "2026-03-02")
    above = await called_on(registry, HEAD, first["customer_id"], "2026-03-02", org_id="420106")
    for evidence, place in (
        ({}, "/evidence"),
        ({"visits": [before]}, "/evidence/visits/0"),
        ({"visits": [elsewhere]}, "/evidence/visits/0"),
        ({"visits": [above]}, "/evidence/visits/0"),
        ({"visits": [str(uuid4())]}, "/evidence/visits/0"),
        ({"plan_steps": [str(uuid4())]}, "/evidence/plan_steps/0"),
        ({"attachments": [str(uuid4())]}, "/evidence/attachments/0"),
    ):
        refused = await renewed(registry, claim, 422, **evidence)
        assert (refused["code"], refused["pointer"]) == ("no-progress", place)
    own = await called_on(registry, MANAGER, first["customer_id"], "2026-03-02")
    mixed = await renewed(registry, claim, 422, visits=[own, before])
    assert mixed["pointer"] == "/evidence/visits/1"
    assert [one["type"] for one in await registry.events(f"claim:{claim}")] == ["registry.claim.granted.v1"]
    await renewed(registry, claim, 200, visits=[own])


async def test_an_attachment_on_the_customer_documents_progress(registry: ServiceUnderTest) -> None:
    first = await declared(registry, MANAGER, declaration())
    claim = first["claims"][0]["id"]

    async def attached(subject: str) -> str:
        answer = await registry.post(
            MANAGER,
            "/attachments",
            files={"file": ("minutes.txt", "拜访纪要".encode())},
            data={"subject": subject},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    refused = await renewed(registry, claim, 422, attachments=[await attached(f"customer:{uuid4()}")])
    assert refused["code"] == "no-progress"
    answer = await renewed(
        registry, claim, 200, attachments=[await attached(f"customer:{first['customer_id']}")]
    )
    assert answer["until"] == RENEWED_END


async def test_only_the_holder_renews_and_gives_up(registry: ServiceUnderTest) -> None:
    first = await declared(registry, MANAGER, declaration())
    claim = first["claims"][0]["id"]
    visit = await called_on(registry, MANAGER, first["customer_id"], "2026-03-02")
    await renewed(registry, claim, 404, RIVAL, visits=[visit])
    await renewed(registry, claim, 404, SECOND, visits=[visit])
    await renewed(registry, claim, 403, OFFICER, visits=[visit])
    await expect(registry.post(RIVAL, f"/claims/{claim}/release", {}), 404)
    await expect(registry.post(OFFICER, f"/claims/{claim}/release", {}), 403)
    await renewed(registry, claim, 200, HEAD, visits=[visit])


async def test_a_standing_claim_is_neither_renewed_nor_given_up(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    claim = answer["claims"][0]["id"]
    visit = await called_on(registry, MANAGER, answer["customer_id"], "2026-03-02")
    assert (await renewed(registry, claim, 409, visits=[visit]))["code"] == "wrong-state"
    refused = await expect(registry.post(MANAGER, f"/claims/{claim}/release", {}), 409)
    assert refused["code"] == "wrong-state"


async def test_claims_given_up_are_free_again_and_the_last_takes_its_declaration_along(
    registry: ServiceUnderTest,
) -> None:
    body = declaration("ceremonial", "domestic-express", credit_code=None)
    first = await declared(registry, MANAGER, body)
    one, two = (claim["id"] for claim in first["claims"])
    answer = await expect(registry.post(MANAGER, f"/claims/{one}/release", {}), 200)
    assert (answer["state"], answer["because"]["reasons"][0]["article"]) == ("released", "13")
    shown = await expect(registry.get(MANAGER, f"/declarations/{first['id']}"), 200)
    assert shown["state"] == "protected"
    await expect(registry.post(MANAGER, f"/claims/{two}/release", {}), 200)
    shown = await expect(registry.get(MANAGER, f"/declarations/{first['id']}"), 200)
    assert shown["state"] == "lapsed"
    again = await expect(registry.post(MANAGER, f"/claims/{two}/release", {}), 409)
    assert again["code"] == "wrong-state"
    taken = await declared(registry, RIVAL, body)
    assert (taken["state"], taken["customer_id"]) == ("protected", first["customer_id"])


async def test_a_claim_whose_annex_lies_with_the_center_is_withdrawn_and_not_given_up(
    registry: ServiceUnderTest,
) -> None:
    first = await declared(registry, MANAGER, declaration(annex_1=FORM))
    refused = await expect(registry.post(MANAGER, f"/claims/{first['claims'][0]['id']}/release", {}), 409)
    assert refused["state"] == "filed"


@pytest.mark.parametrize("body", [{}, {"evidence": {"visits": ["x"]}}, {"evidence": {"calls": []}}])
async def test_a_renewal_that_names_no_evidence_properly_is_refused_in_words(
    registry: ServiceUnderTest, body: dict[str, Any]
) -> None:
    first = await declared(registry, MANAGER, declaration())
    answer = await expect(registry.post(MANAGER, f"/claims/{first['claims'][0]['id']}/renew", body), 422)
    assert answer["zh"]
    assert answer["en"]


async def test_claims_are_listed_by_what_ends_first_and_shown_with_all_that_happened(
    alone: ServiceUnderTest,
) -> None:
    first = await declared(alone, MANAGER, declaration("ceremonial"))
    alone.set_clock("2026-03-10T09:00:00+08:00")
    second = await declared(alone, SECOND, declaration("ceremonial"))
    standing = await approved(alone, MANAGER, OFFICER, MANAGER)
    visit = await called_on(alone, MANAGER, first["customer_id"], "2026-03-10")
    listed = await expect(alone.get(OFFICER, "/claims", sort="ending", line="ceremonial"), 200)
    ids = [item["id"] for item in listed["items"]]
    assert ids == [first["claims"][0]["id"], second["claims"][0]["id"]]
    assert listed["items"][0]["idle_until"] == "2026-04-10T00:00:00+08:00"
    page = await expect(alone.get(OFFICER, "/claims", sort="ending", limit=1), 200)
    rest = await expect(
        alone.get(OFFICER, "/claims", sort="ending", limit=1, cursor=page["next_cursor"]), 200
    )
    assert [page["items"][0]["id"], rest["items"][0]["id"]] == ids
    assert (page["total"], rest["next_cursor"]) == (2, None)
    soon = await expect(alone.get(OFFICER, "/claims", ending_before="2026-04-10T00:00:00+08:00"), 200)
    assert soon["items"] == []
    soon = await expect(alone.get(OFFICER, "/claims", ending_before="2026-04-10T00:00:01+08:00"), 200)
    assert {item["id"] for item in soon["items"]} == set(ids)
    everything = await expect(alone.get(OFFICER, "/claims", org_id="420106-T01", state="live"), 200)
    assert {item["id"] for item in everything["items"]} == {ids[0], standing["claims"][0]["id"]}
    shown = await expect(alone.get(MANAGER, f"/claims/{ids[0]}"), 200)
    kinds = [(one["type"], one["aggregate"]) for one in shown["timeline"]]
    assert ("registry.declaration.submitted.v1", f"declaration:{first['id']}") in kinds
    assert ("registry.claim.granted.v1", f"claim:{ids[0]}") in kinds
    assert kinds[-1] == ("registry.visit.recorded.v1", f"visit:{visit}")
    times = [one["at"] for one in shown["timeline"]]
    assert times == sorted(times)
