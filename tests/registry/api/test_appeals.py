"""Sending up, one appeal, and what a later ruling gives back."""

from typing import Any

import pytest_asyncio

from support.disputes import (
    LINE,
    NATION,
    RIVAL_HEAD,
    add_people,
    claims_of,
    contested,
    heard,
    prospect,
    registered,
    ruled,
    ruling,
)
from support.registry import FAR, RIVAL, expect
from support.service import DIRECTOR, FAR_HEAD, HEAD, MANAGER, PROVINCE, Person, ServiceUnderTest

MINE, THEIRS, AFAR = "420106-T01", "420107", "420525"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def people(registry: ServiceUnderTest) -> None:
    """Heads and directors beside those of the tree."""
    await add_people(registry)


async def disputed(registry: ServiceUnderTest, known: dict[str, Any], by: Person = RIVAL) -> str:
    """Open a dispute and let both sides file their evidence; gives its id."""
    dispute = await contested(registry, known, by)
    heads = {RIVAL: (HEAD, RIVAL_HEAD), FAR: (HEAD, FAR_HEAD)}[by]
    await heard(registry, dispute["id"], *heads)
    return str(dispute["id"])


async def assignment(registry: ServiceUnderTest, customer_id: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await registry.events(f"assignment:{customer_id}"))[-1]["payload"]
    return payload


async def test_sent_up_it_stays_open_with_a_time_of_its_own_and_another_director(
    registry: ServiceUnderTest,
) -> None:
    dispute_id = await disputed(registry, await prospect(registry))
    path = f"/disputes/{dispute_id}"
    sent = await expect(registry.post(DIRECTOR, f"{path}/send-up", {"reason": "涉及两市"}), 200)
    assert (sent["state"], sent["ruling_org_id"]) == ("open", "420000")
    await expect(registry.post(DIRECTOR, f"{path}/rule", ruling((MINE, "1"))), 403)
    sent = await expect(registry.post(PROVINCE, f"{path}/send-up", {"reason": "跨省"}), 200)
    assert sent["ruling_org_id"] == "CN"
    refused = await expect(registry.post(NATION, f"{path}/send-up", {"reason": "再上"}), 409)
    assert refused["code"] == "none-above"
    clocks = await registry.rows(
        "SELECT holder->>'org_id' AS org_id, state FROM deadline WHERE subject_id = $1 ORDER BY id",
        dispute_id,
    )
    assert [(one["org_id"], one["state"]) for one in clocks] == [
        ("420100", "met"),
        ("420000", "met"),
        ("CN", "running"),
    ]


async def test_above_the_nation_nobody_hears_an_appeal_and_its_ruling_stands_at_once(
    registry: ServiceUnderTest,
) -> None:
    known = await prospect(registry)
    dispute_id = await disputed(registry, known)
    for person in (DIRECTOR, PROVINCE):
        await expect(registry.post(person, f"/disputes/{dispute_id}/send-up", {"reason": "上送"}), 200)
    final = await ruled(registry, dispute_id, (THEIRS, "1"), by=NATION)
    assert final["state"] == "final"
    assert "due_at" not in final
    # The nation adopted no packs: the law is that under which the dispute was opened.
    assert {reason["level"] for reason in final["because"]["reasons"]} == {"420000"}
    await expect(registry.post(HEAD, f"/disputes/{dispute_id}/appeal", {"reason": "不服"}), 409)


async def test_one_appeal_to_one_above_and_its_ruling_gives_the_former_state_back(
    registry: ServiceUnderTest,
) -> None:
    known = await registered(registry)
    dispute_id = await disputed(registry, known)
    path, customer_id = f"/disputes/{dispute_id}", known["customer_id"]
    await ruled(registry, dispute_id, (THEIRS, "1"))
    appealed = await expect(registry.post(HEAD, f"{path}/appeal", {"reason": "有在先走访"}), 200)
    assert (appealed["state"], appealed["ruling_org_id"]) == ("appealed", "420000")
    for person, told in ((HEAD, True), (RIVAL_HEAD, False), (PROVINCE, True)):
        assert ("有在先走访" in (await registry.get(person, path)).text) is told
    again = await expect(registry.post(RIVAL_HEAD, f"{path}/appeal", {"reason": "也上诉"}), 409)
    assert again["code"] == "wrong-state"
    await expect(registry.post(DIRECTOR, f"{path}/rule", ruling((MINE, "1"))), 403)
    final = await ruled(registry, dispute_id, (MINE, "1"), by=PROVINCE)
    assert final["state"] == "final"
    assert await claims_of(registry, customer_id, DIRECTOR) == {LINE: MINE}
    now = await assignment(registry, customer_id)
    assert (now["responsible"]["org_id"], now["manager_id"]) == (MINE, str(MANAGER.staff_id))
    assert (now["supports"], now["credit"]) == ([], [])
    claims = await registry.rows(
        "SELECT org_id, state FROM claim WHERE customer_id = $1 ORDER BY claim_id", customer_id
    )
    assert [(one["org_id"], one["state"]) for one in claims] == [
        (MINE, "revoked"),
        (THEIRS, "revoked"),
        (MINE, "live"),
    ]
    await expect(registry.post(HEAD, f"{path}/appeal", {"reason": "再上诉"}), 409)
    told = [
        one["type"].removeprefix("registry.dispute.")
        for one in await registry.events(f"dispute:{dispute_id}")
    ]
    assert told == [
        "opened.v1",
        "evidence-filed.v1",
        "evidence-filed.v1",
        "ruled.v1",
        "appealed.v1",
        "ruled.v1",
        "final.v1",
    ]


async def test_a_new_dispute_can_reverse_what_stands(registry: ServiceUnderTest) -> None:
    known = await registered(registry)
    first = await disputed(registry, known)
    await ruled(registry, first, (THEIRS, "1"))
    await expect(registry.post(HEAD, f"/disputes/{first}/appeal", {"reason": "不服"}), 200)
    await ruled(registry, first, (THEIRS, "0.8"), (MINE, "0.2"), by=PROVINCE, lead=THEIRS)
    body = {"customer": known["customer_id"], "against": [MINE]}
    second = await expect(registry.post(RIVAL, "/disputes", body), 201)
    await heard(registry, second["id"])
    await ruled(registry, second["id"], (MINE, "1"))
    now = await assignment(registry, known["customer_id"])
    assert (now["responsible"]["org_id"], now["manager_id"]) == (MINE, str(MANAGER.staff_id))
