"""Disputes through the API: who opens them and how, who rules, what each side puts in and sees, who may not judge."""

from typing import Any

import httpx
import pytest
import pytest_asyncio

from support.declarations import declaration
from support.disputes import (
    FAR_DIRECTOR,
    LINE,
    OTHER_DIRECTOR,
    add_people,
    contested,
    heard,
    prospect,
    registered,
    ruled,
    ruling,
)
from support.registry import AGENT, FAR, RIVAL, SECOND, expect
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_HEAD,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
)

MINE, THEIRS = "420106-T01", "420107"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def people(registry: ServiceUnderTest) -> None:
    """Heads and directors beside those of the tree."""
    await add_people(registry)


async def test_a_refused_team_contests_and_the_nearest_city_above_both_rules(
    registry: ServiceUnderTest,
) -> None:
    known = await prospect(registry)
    dispute = await contested(registry, known)
    assert dispute["state"] == "open"
    assert dispute["ruling_org_id"] == "420100"
    assert [one["org_id"] for one in dispute["parties"]] == [THEIRS, MINE]
    assert (dispute["origin"], dispute["kind"]) == ("declaration", "information-priority")
    rules = {reason["rule"] for reason in dispute["because"]["reasons"]}
    assert rules == {"jiangxi.information-priority", "platform.dispute"}


async def test_a_refused_declaration_still_tells_nothing_of_the_customer(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    body = {"customer": known["customer"], "lines": known["lines"]}
    refused = await registry.post(RIVAL, "/declarations", body)
    assert refused.json()["state"] == "refused"
    assert known["customer_id"] not in refused.text


async def test_units_of_two_cities_are_ruled_on_by_the_province(registry: ServiceUnderTest) -> None:
    dispute = await contested(registry, await prospect(registry), FAR)
    assert dispute["ruling_org_id"] == "420000"


async def test_a_line_is_in_one_living_dispute(registry: ServiceUnderTest) -> None:
    known = await prospect(registry, LINE, "ceremonial")
    dispute = await contested(registry, known)
    again = {"customer": known["customer_id"], "lines": ["ceremonial"], "against": [THEIRS]}
    refused = await expect(registry.post(MANAGER, "/disputes", again), 409)
    assert refused["code"] == "dispute-live"
    await expect(registry.post(RIVAL, f"/disputes/{dispute['id']}/withdraw", {"reason": "误报"}), 200)
    await expect(registry.post(MANAGER, "/disputes", again), 201)


async def test_what_nobody_else_holds_is_not_in_dispute(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    answer = await expect(registry.post(MANAGER, "/disputes", {"customer": known["customer_id"]}), 422)
    assert answer["code"] == "nothing-in-dispute"


async def test_a_customer_out_of_scope_is_not_found(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    await expect(registry.post(RIVAL, "/disputes", {"customer": known["customer_id"]}), 404)


async def test_integrated_demand_is_disputed_between_a_center_and_a_team_and_ruled_on_above_the_center(
    registry: ServiceUnderTest,
) -> None:
    known = await registered(registry, LINE, "ceremonial")
    body = {"customer": known["customer_id"], "kind": "demand-routing"}
    dispute = await expect(registry.post(OFFICER, "/disputes", body), 201)
    assert dispute["origin"] == "demand"
    assert dispute["ruling_org_id"] == "420000"
    assert dispute["because"]["reasons"][0]["rule"] == "hubei.demand-routing"
    wrong = {"customer": known["customer_id"], "kind": "demand-routing", "against": [THEIRS]}
    await expect(registry.post(OFFICER, f"/disputes/{dispute['id']}/withdraw", {"reason": "重提"}), 200)
    answer = await expect(registry.post(MANAGER, "/disputes", wrong), 422)
    assert answer["pointer"] == "/kind"


async def test_a_kind_that_is_no_law_where_it_is_ruled_on_is_refused(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    body = {"customer": known["customer_id"], "against": [THEIRS], "kind": "registration-evidence"}
    answer = await registry.post(MANAGER, "/disputes", body)
    assert answer.status_code in (409, 422)
    assert answer.json()["code"] == "no-law"


async def test_business_that_arises_elsewhere_than_it_was_signed_is_disputed_by_rule(
    registry: ServiceUnderTest,
) -> None:
    adopted = {"org_id": "420500", "pack": "xxx-city-daily", "from": "2026-01-01"}
    adopted |= {"topics": ["territory-ruling"]}
    await expect(registry.post(ADMINISTRATOR, "/adoptions", adopted), 201)
    places = {"signed_in": "420525", "arises_in": "420506"}
    declared = await expect(registry.post(FAR, "/declarations", {**declaration(), **places}), 201)
    dispute = await expect(registry.get(FAR_HEAD, f"/disputes/{declared['dispute_id']}"), 200)
    assert dispute["origin"] == "territory-rule"
    assert dispute["ruling_org_id"] == "420500"
    assert [one["org_id"] for one in dispute["parties"]] == ["420525", "420506"]
    assert dispute["because"]["reasons"][0]["rule"] == "xxx-city-daily.territory-ruling"
    same = {"signed_in": "420525", "arises_in": "420525"}
    declared = await expect(registry.post(FAR, "/declarations", {**declaration(), **same}), 201)
    assert "dispute_id" not in declared
    body = {"customer": declared["customer_id"], "kind": "territory-ruling", "against": ["420506"], **same}
    answer = await expect(registry.post(FAR, "/disputes", body), 422)
    assert answer["pointer"] == "/arises_in"


async def test_who_is_no_party_sees_nothing(registry: ServiceUnderTest) -> None:
    dispute = await contested(registry, await prospect(registry))
    await expect(registry.get(SECOND, f"/disputes/{dispute['id']}"), 404)
    await expect(registry.get(FAR_HEAD, f"/disputes/{dispute['id']}"), 404)
    await expect(registry.get(INSPECTOR, f"/disputes/{dispute['id']}"), 200)
    # The city's hotline sees open layers alone.
    await expect(registry.get(AGENT, f"/disputes/{dispute['id']}"), 403)


async def refused_ruling(registry: ServiceUnderTest, person: Person, dispute_id: str) -> httpx.Response:
    return await registry.post(person, f"/disputes/{dispute_id}/rule", ruling((MINE, "1")))


@pytest.mark.parametrize(
    ("person", "status", "code"),
    [
        (OFFICER, 403, "forbidden"),
        (PROVINCE, 403, "forbidden"),
        (FAR_DIRECTOR, 404, "not-found"),
        (HEAD, 403, "forbidden"),
        (INSPECTOR, 403, "forbidden"),
    ],
)
async def test_the_director_of_the_ruling_node_alone_rules(
    registry: ServiceUnderTest, person: Person, status: int, code: str
) -> None:
    dispute = await contested(registry, await prospect(registry))
    await heard(registry, dispute["id"])
    answer = await refused_ruling(registry, person, dispute["id"])
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_rules_on_what_they_opened_themselves(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    body: dict[str, Any] = {"customer": known["customer_id"], "org_id": MINE, "against": [THEIRS]}
    dispute = await expect(registry.post(DIRECTOR, "/disputes", body), 201)
    await heard(registry, dispute["id"])
    answer = await expect(refused_ruling(registry, DIRECTOR, dispute["id"]), 403)
    assert answer["code"] == "maker-is-checker"
    await ruled(registry, dispute["id"], (MINE, "1"), by=OTHER_DIRECTOR)


async def test_a_center_that_is_a_party_is_judged_above_it(registry: ServiceUnderTest) -> None:
    known = await registered(registry, LINE, "ceremonial")
    body = {"customer": known["customer_id"], "kind": "demand-routing"}
    dispute = await expect(registry.post(OFFICER, "/disputes", body), 201)
    answer = await expect(refused_ruling(registry, DIRECTOR, dispute["id"]), 403)
    assert answer["code"] == "forbidden"


async def test_lists_filter_by_state_party_ruling_node_customer_and_time(registry: ServiceUnderTest) -> None:
    known = await prospect(registry)
    dispute = await contested(registry, known)

    async def listed(person: Person, **asked: Any) -> list[str]:
        answer = await expect(registry.get(person, "/disputes", **asked), 200)
        return [one["id"] for one in answer["items"]]

    one = {"customer_id": known["customer_id"]}
    assert await listed(DIRECTOR, **one) == [dispute["id"]]
    assert await listed(DIRECTOR, **one, state="open", party=THEIRS, ruling_org_id="420100") == [
        dispute["id"]
    ]
    assert await listed(DIRECTOR, **one, state="final") == []
    assert await listed(DIRECTOR, **one, party="420525") == []
    assert await listed(DIRECTOR, **one, due_before=dispute["due_at"]) == []
    assert await listed(DIRECTOR, **one, due_before="2027-01-01T00:00:00+08:00") == [dispute["id"]]
    assert await listed(SECOND, **one) == []
    nearest = await listed(DIRECTOR, sort="due_at", limit=200)
    assert dispute["id"] in nearest
    page = await expect(registry.get(DIRECTOR, "/disputes", sort="due_at", limit=1), 200)
    following = await expect(
        registry.get(DIRECTOR, "/disputes", sort="due_at", limit=1, cursor=page["next_cursor"]), 200
    )
    assert [page["items"][0]["id"], following["items"][0]["id"]] == nearest[:2]


async def test_the_unit_that_opened_it_gives_it_up_and_others_do_not(registry: ServiceUnderTest) -> None:
    dispute = await contested(registry, await prospect(registry), statement="我方先签约")
    path = f"/disputes/{dispute['id']}/withdraw"
    for person, status in ((HEAD, 403), (SECOND, 404), (FAR, 404), (MANAGER, 403)):
        await expect(registry.post(person, path, {"reason": "撤"}), status)
    withdrawn = await expect(registry.post(RIVAL, path, {"reason": "误报"}), 200)
    assert withdrawn["state"] == "withdrawn"
    assert "evidence" not in withdrawn
    again = await expect(registry.post(RIVAL, path, {"reason": "误报"}), 409)
    assert again["code"] == "wrong-state"
    clocks = await registry.rows(
        "SELECT state FROM deadline WHERE subject_id = $1 OR subject_id LIKE $1 || ':%'", dispute["id"]
    )
    # The opener's statement is its evidence: only what still ran is stopped.
    assert sorted(row["state"] for row in clocks) == ["cancelled", "cancelled", "met"]


async def test_who_has_a_merely_similar_customer_is_told_when_the_center_has_refused(
    registry: ServiceUnderTest,
) -> None:
    known = await prospect(registry)
    like = {
        "name": known["customer"]["name"].replace("武汉", "武汉市"),
        "division": "420106",
        "nature": "organisation",
    }
    held = await expect(registry.post(RIVAL, "/declarations", {"customer": like, "lines": [LINE]}), 201)
    assert held["state"] == "held"
    body = {"declaration_id": held["id"]}
    answer = await expect(registry.post(RIVAL, "/disputes", body), 422)
    assert answer["code"] == "nothing-in-dispute"
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "同一客户"}), 200)
    dispute = await expect(registry.post(RIVAL, "/disputes", body), 201)
    assert (dispute["customer_id"], len(dispute["parties"])) == (known["customer_id"], 2)
