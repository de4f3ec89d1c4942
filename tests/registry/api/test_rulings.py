"""Rulings through the API: what an award changes at one instant, shares, sending up, one appeal, and what comes back."""

from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from support.declarations import FORM
from support.disputes import (
    LINE,
    RIVAL_HEAD,
    TERRITORY,
    add_people,
    claims_of,
    contested,
    heard,
    prospect,
    registered,
    ruled,
    ruling,
)
from support.registry import FAR, RIVAL, SECOND, expect
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


async def test_claim_assignment_and_credit_change_at_one_instant(registry: ServiceUnderTest) -> None:
    known = await registered(registry)
    dispute_id = await disputed(registry, known)
    answer = await ruled(registry, dispute_id, (THEIRS, "1"))
    assert answer["state"] == "ruled"
    assert answer["award"] == [{"org_id": THEIRS, "share": "1", "lead": True}]
    customer_id = known["customer_id"]
    claims = await registry.rows(
        "SELECT state, org_id, since, until FROM claim WHERE customer_id = $1 ORDER BY claim_id", customer_id
    )
    assert [(one["state"], one["org_id"]) for one in claims] == [("revoked", MINE), ("live", THEIRS)]
    assert claims[1]["until"] is None
    told = await registry.rows(
        "SELECT DISTINCT max(time) AS at FROM outbox WHERE key = $1 AND type IN ('registry.claim.revoked.v1',"
        " 'registry.claim.granted.v1', 'registry.assignment.changed.v1', 'registry.dispute.ruled.v1') GROUP BY type",
        customer_id,
    )
    assert [one["at"] for one in told] == [claims[1]["since"]]
    now = await assignment(registry, customer_id)
    assert now["responsible"]["org_id"] == THEIRS
    assert now["manager_id"] == str(RIVAL.staff_id)
    assert now["valid_from"] == "2026-03-02"
    assert now["because"]["reasons"][0]["rule"] == TERRITORY


async def test_revenue_is_divided_from_the_month_after_the_ruling_on(registry: ServiceUnderTest) -> None:
    known = await registered(registry)
    dispute_id = await disputed(registry, known)
    await ruled(registry, dispute_id, (MINE, "0.6"), (THEIRS, "0.4"), lead=MINE)
    assert await claims_of(registry, known["customer_id"], DIRECTOR) == {LINE: MINE}
    now = await assignment(registry, known["customer_id"])
    assert now["responsible"]["org_id"] == MINE
    assert now["credit"] == [
        {"line": LINE, "from_month": "2026-04", "org_id": MINE, "share": "0.6", "lead": True},
        {"line": LINE, "from_month": "2026-04", "org_id": THEIRS, "share": "0.4", "lead": False},
    ]


async def test_three_parties_share_and_one_leads(registry: ServiceUnderTest) -> None:
    known = await registered(registry)
    body = {"customer": known["customer_id"], "against": [THEIRS, AFAR]}
    dispute = await expect(registry.post(MANAGER, "/disputes", body), 201)
    assert dispute["ruling_org_id"] == "420000"
    await heard(registry, dispute["id"], HEAD, RIVAL_HEAD, FAR_HEAD)
    thirds = ((MINE, "0.333"), (THEIRS, "0.333"), (AFAR, "0.334"))
    answer = await ruled(registry, dispute["id"], *thirds, by=PROVINCE, lead=AFAR)
    assert sum(Decimal(one["share"]) for one in answer["award"]) == 1
    assert [one["org_id"] for one in answer["award"] if one["lead"]] == [AFAR]
    assert await claims_of(registry, known["customer_id"], PROVINCE) == {LINE: AFAR}


@pytest.mark.parametrize(
    ("shares", "lead", "pointer"),
    [
        (((MINE, "0.333"), (THEIRS, "0.333")), MINE, "/award"),
        (((MINE, "0.5"), (THEIRS, "0.500001")), MINE, "/award"),
        (((MINE, "0.5"), (MINE, "0.5")), MINE, "/award"),
        (((MINE, "0.5"), (AFAR, "0.5")), MINE, "/award/1/org_id"),
        (((MINE, "1"), (THEIRS, "0")), MINE, "/award/1/share"),
        (((MINE, "0.5"), (THEIRS, "0.5")), None, "/lead"),
        (((MINE, "1"),), THEIRS, "/lead"),
    ],
)
async def test_an_award_that_is_none_is_refused_and_changes_nothing(
    registry: ServiceUnderTest, shares: tuple[tuple[str, str], ...], lead: str | None, pointer: str
) -> None:
    dispute_id = await disputed(registry, await prospect(registry))
    body = ruling(*shares, lead=lead)
    answer = await expect(registry.post(DIRECTOR, f"/disputes/{dispute_id}/rule", body), 422)
    assert (answer["code"], answer["pointer"]) == ("wrong-award", pointer)
    assert (await expect(registry.get(DIRECTOR, f"/disputes/{dispute_id}"), 200))["state"] == "open"


@pytest.mark.parametrize("cited", ["jiangxi.territory", "hubei.nonsense", "territory"])
async def test_a_ruling_cites_the_law_in_force_there(registry: ServiceUnderTest, cited: str) -> None:
    dispute_id = await disputed(registry, await prospect(registry))
    body = ruling((MINE, "1"), cites=[TERRITORY, cited])
    answer = await expect(registry.post(DIRECTOR, f"/disputes/{dispute_id}/rule", body), 422)
    assert (answer["code"], answer["pointer"]) == ("wrong-citation", "/cites/1")


async def test_a_preview_says_what_would_change_and_changes_nothing(registry: ServiceUnderTest) -> None:
    known = await registered(registry)
    dispute_id = await disputed(registry, known)
    before = await registry.rows("SELECT count(*) AS told FROM outbox")
    body = ruling((THEIRS, "0.7"), (MINE, "0.3"), lead=THEIRS)
    shown = await expect(registry.post(DIRECTOR, f"/disputes/{dispute_id}/preview", body), 200)
    assert [(one["org_id"], one["line"]) for one in shown["claims_end"]] == [(MINE, LINE)]
    assert shown["claims_begin"] == [LINE]
    assert shown["responsible"] == {"from": MINE, "to": THEIRS}
    assert shown["manager"] == {"from": str(MANAGER.staff_id), "to": str(RIVAL.staff_id)}
    assert shown["load"]["within"] is True
    assert shown["credited_from"] == "2026-04"
    assert await registry.rows("SELECT count(*) AS told FROM outbox") == before
    assert await claims_of(registry, known["customer_id"], DIRECTOR) == {LINE: MINE}
    answer = await ruled(registry, dispute_id, (THEIRS, "0.7"), (MINE, "0.3"), lead=THEIRS)
    assert answer["version"] == shown["version"] + 1


async def test_a_supporting_unit_that_wins_a_line_supports_and_the_rest_stays(
    registry: ServiceUnderTest,
) -> None:
    known = await registered(registry, LINE, "ceremonial")
    body = {"customer": known["customer_id"], "lines": ["ceremonial"], "against": [THEIRS]}
    dispute = await expect(registry.post(MANAGER, "/disputes", body), 201)
    await heard(registry, dispute["id"])
    await ruled(registry, dispute["id"], (THEIRS, "1"))
    assert await claims_of(registry, known["customer_id"], DIRECTOR) == {LINE: MINE, "ceremonial": THEIRS}
    now = await assignment(registry, known["customer_id"])
    assert now["responsible"]["org_id"] == MINE
    assert now["manager_id"] == str(MANAGER.staff_id)
    assert now["supports"] == [{"line": "ceremonial", "org_id": THEIRS}]
    credited = {"line": "ceremonial", "from_month": "2026-04", "org_id": THEIRS, "share": "1", "lead": True}
    assert now["credit"] == [credited]


async def test_of_a_prospect_the_claim_begins_anew_and_the_losers_declaration_lapses(
    registry: ServiceUnderTest,
) -> None:
    known = await prospect(registry)
    dispute_id = await disputed(registry, known)
    await ruled(registry, dispute_id, (THEIRS, "1"))
    lost = await expect(registry.get(MANAGER, f"/declarations/{known['id']}"), 200)
    assert lost["state"] == "lapsed"
    [claim] = (await expect(registry.get(RIVAL, "/claims", customer_id=known["customer_id"]), 200))["items"]
    # jiangxi: 90 days from 2 March 2026, the day itself not counted.
    assert (claim["org_id"], claim["until"]) == (THEIRS, "2026-06-01T00:00:00+08:00")
    own = await expect(registry.get(RIVAL, f"/declarations/{claim['declaration_id']}"), 200)
    assert (own["state"], own["reasons"]) == ("protected", ["ruled"])


async def test_a_held_declaration_that_wins_is_protected(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    held = await expect(
        registry.post(RIVAL, "/declarations", {"customer": known["customer"], "lines": ["ceremonial"]}), 201
    )
    assert (held["state"], held["reasons"]) == ("held", ["line-free"])
    dispute = await expect(registry.post(RIVAL, "/disputes", {"declaration_id": held["id"]}), 201)
    await heard(registry, dispute["id"])
    await ruled(registry, dispute["id"], (THEIRS, "1"))
    assert (await expect(registry.get(RIVAL, f"/declarations/{held['id']}"), 200))["state"] == "protected"
    assert await claims_of(registry, known["customer_id"], DIRECTOR) == {LINE: MINE, "ceremonial": THEIRS}


async def test_a_ruling_waits_for_evidence_while_its_time_runs(registry: ServiceUnderTest) -> None:
    dispute = await contested(registry, await prospect(registry))
    path = f"/disputes/{dispute['id']}"
    await heard(registry, dispute["id"], HEAD)
    answer = await expect(registry.post(DIRECTOR, f"{path}/rule", ruling((MINE, "1"))), 409)
    assert (answer["code"], answer["silent"]) == ("evidence-running", [THEIRS])
    await heard(registry, dispute["id"], RIVAL_HEAD)
    await ruled(registry, dispute["id"], (MINE, "1"))
    await expect(registry.post(HEAD, f"{path}/evidence", {"text": "补充"}), 409)


async def test_a_ruling_is_printed_with_its_reason_and_citation_in_both_languages(
    registry: ServiceUnderTest,
) -> None:
    dispute_id = await disputed(registry, await prospect(registry))
    path = f"/disputes/{dispute_id}/ruling"
    assert (await expect(registry.get(RIVAL, path), 409))["code"] == "wrong-state"
    await ruled(registry, dispute_id, (MINE, "0.5"), (THEIRS, "0.5"), lead=MINE, reason="<b>综合</b>考虑")
    [printed] = (await expect(registry.get(RIVAL, path), 200))["rulings"]
    assert any("武昌一班" in line for line in printed["printed"]["zh"])
    assert any("属地管理" in line for line in printed["printed"]["zh"])
    assert any("holds the claim" in line for line in printed["printed"]["en"])
    page = await registry.get(RIVAL, path, format="html", language="en")
    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;综合" in page.text
    await expect(registry.get(SECOND, path), 404)


async def test_who_manages_the_customer_afterwards_may_be_named_and_must_be_of_the_lead(
    registry: ServiceUnderTest,
) -> None:
    known = await registered(registry)
    dispute_id = await disputed(registry, known)
    body = ruling((THEIRS, "1"), manager_id=str(SECOND.staff_id))
    answer = await expect(registry.post(DIRECTOR, f"/disputes/{dispute_id}/rule", body), 422)
    assert answer["pointer"] == "/manager_id"
    await ruled(registry, dispute_id, (THEIRS, "1"), manager_id=str(RIVAL.staff_id))


async def test_a_form_of_the_loser_that_lies_with_the_center_goes_no_further(
    registry: ServiceUnderTest,
) -> None:
    known = await prospect(registry)
    await expect(registry.post(MANAGER, f"/declarations/{known['id']}/annex-1", FORM), 200)
    dispute_id = await disputed(registry, known)
    await ruled(registry, dispute_id, (THEIRS, "1"))
    assert (await expect(registry.get(MANAGER, f"/declarations/{known['id']}"), 200))["state"] == "lapsed"
    clocks = await registry.rows("SELECT state FROM deadline WHERE subject_id = $1", known["id"])
    assert [one["state"] for one in clocks] == ["met"]
