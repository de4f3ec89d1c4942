"""Disputes through the API: who opens and rules, what each side sees, what a ruling changes and a later one gives back."""

import pytest
import pytest_asyncio

from support.disputes import (
    LINE,
    NATION,
    OTHER_DIRECTOR,
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
from support.registry import RIVAL, SECOND, expect
from support.service import (
    DIRECTOR,
    FAR_HEAD,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    ServiceUnderTest,
)

MINE, THEIRS = "420106-T01", "420107"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def people(registry: ServiceUnderTest) -> None:
    """Heads and directors beside those of the tree."""
    await add_people(registry)


async def test_a_refused_team_contests_and_the_nearest_city_above_both_rules(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    dispute = await contested(registry, known)
    assert dispute["state"] == "open"
    assert dispute["ruling_org_id"] == "420100"
    assert [one["org_id"] for one in dispute["parties"]] == [THEIRS, MINE]
    assert dispute["origin"] == "declaration"
    assert dispute["kind"] == "territory"
    assert {reason["rule"] for reason in dispute["because"]["reasons"]} == {"hubei.territory", "platform.dispute"}


async def test_a_ruling_for_the_other_side_moves_claim_and_assignment_at_one_instant(
    registry: ServiceUnderTest,
) -> None:
    known = await registered(registry)
    dispute = await contested(registry, known)
    await heard(registry, dispute["id"])
    answer = await ruled(registry, dispute["id"], (THEIRS, "1"))
    assert answer["state"] == "ruled"
    assert answer["award"] == [{"org_id": THEIRS, "share": "1", "lead": True}]
    customer_id = known["customer_id"]
    assert await claims_of(registry, customer_id, DIRECTOR) == {LINE: THEIRS}
    claims = await registry.rows(
        "SELECT state, org_id, since, until FROM claim WHERE customer_id = $1 ORDER BY claim_id", customer_id
    )
    assert [(one["state"], one["org_id"]) for one in claims] == [("revoked", MINE), ("live", THEIRS)]
    assert claims[1]["until"] is None
    [revoked] = await registry.rows(
        "SELECT time FROM outbox WHERE type = 'registry.claim.revoked.v1' AND key = $1", customer_id
    )
    assert revoked["time"] == claims[1]["since"]
    assignment = (await registry.events(f"assignment:{customer_id}"))[-1]["payload"]
    assert assignment["responsible"]["org_id"] == THEIRS
    assert assignment["manager_id"] == str(RIVAL.staff_id)
    assert assignment["because"]["reasons"][0]["rule"] == "hubei.territory"
