"""Prospect scores: out of 100 from market 20, potential 30, cooperation 20, value 30, each graded 0–5 with evidence."""

from typing import Any
from uuid import uuid4

import pytest

from support.cases import opened, prospect
from support.declarations import credit_code, declared
from support.registry import RIVAL, expect
from support.service import MANAGER, ServiceUnderTest


def graded(market: int, potential: int, cooperation: int, value: int) -> dict[str, Any]:
    grades = {"market": market, "potential": potential, "cooperation": cooperation, "value": value}
    return {aspect: {"grade": grade, "texts": ["见走访记录"]} for aspect, grade in grades.items()}


async def grade(registry: ServiceUnderTest, case: dict[str, Any], grades: dict[str, Any], status: int) -> Any:
    path = f"/development-cases/{case['id']}/grades"
    return await expect(registry.post(MANAGER, path, {"grades": grades}), status)


@pytest.mark.parametrize(
    ("grades", "points"),
    [
        ((5, 5, 5, 5), "100"),
        ((0, 0, 0, 0), "0"),
        ((3, 4, 2, 5), "74"),
        ((5, 0, 0, 0), "20"),
        ((0, 5, 0, 0), "30"),
        ((0, 0, 5, 0), "20"),
        ((0, 0, 0, 5), "30"),
        ((0, 1, 0, 0), "6"),
    ],
)
async def test_each_aspect_counts_by_its_weight(
    registry: ServiceUnderTest, grades: tuple[int, int, int, int], points: str
) -> None:
    case = await grade(registry, await opened(registry), graded(*grades), 200)
    assert case["score"] == points
    [reason] = case["because"]["reasons"]
    assert (reason["rule"], reason["assumption"]) == ("prospecting.prospect-score", True)


async def test_a_grade_beyond_the_best_without_evidence_or_missing_is_refused(
    registry: ServiceUnderTest,
) -> None:
    case = await opened(registry)
    whole = graded(3, 3, 3, 3)
    refused = await grade(registry, case, {**whole, "value": {"grade": 6, "texts": ["x"]}}, 422)
    assert refused["pointer"] == "/grades/value"
    refused = await grade(registry, case, {**whole, "value": {"grade": 5}}, 422)
    assert (refused["code"], refused["missing"]) == ("no-evidence", ["value"])
    assert refused["because"]["reasons"][0]["rule"] == "prospecting.prospect-score"
    del whole["market"]
    assert (await grade(registry, case, whole, 422))["missing"] == ["market"]
    await grade(registry, case, {**graded(1, 1, 1, 1), "fame": {"grade": 1, "texts": ["x"]}}, 422)
    await grade(registry, case, {**graded(1, 1, 1, 1), "value": {"grade": -1, "texts": ["x"]}}, 422)
    strange = {**graded(1, 1, 1, 1), "value": {"grade": 1, "attachments": [str(uuid4())]}}
    assert (await grade(registry, case, strange, 422))["pointer"] == "/grades/value/attachments"
    shown = await expect(registry.get(MANAGER, f"/development-cases/{case['id']}"), 200)
    assert "score" not in shown


async def test_the_score_becomes_the_customers_and_is_told(registry: ServiceUnderTest) -> None:
    firm = prospect()
    case = await grade(registry, await opened(registry, customer=firm), graded(3, 4, 2, 5), 200)
    body = {"customer": {**firm, "phones": []}, "lines": ["domestic-express"]}
    first = await declared(registry, MANAGER, body)
    told = await registry.events(f"customer:{first['customer_id']}")
    assert [event["payload"]["prospect_score"] for event in told] == [None, "74"]
    await grade(registry, case, graded(5, 5, 5, 5), 200)
    seen = await expect(registry.get(MANAGER, f"/customers/{first['customer_id']}"), 200)
    assert seen["prospect_score"] == "100"
    told = await registry.events(f"customer:{first['customer_id']}")
    assert told[-1]["payload"]["prospect_score"] == "100"
    assert told[-1]["payload"]["because"]["reasons"][0]["rule"] == "prospecting.prospect-score"


async def test_the_best_prospects_come_first(registry: ServiceUnderTest) -> None:
    low = await grade(registry, await opened(registry), graded(0, 0, 1, 0), 200)
    high = await grade(registry, await opened(registry), graded(5, 5, 5, 4), 200)
    none = await opened(registry)
    listed = await expect(registry.get(MANAGER, "/development-cases", sort="score", limit=200), 200)
    ids = [item["id"] for item in listed["items"]]
    points = [float(item["score"]) for item in listed["items"]]
    assert points == sorted(points, reverse=True)
    assert ids.index(high["id"]) < ids.index(low["id"])
    assert none["id"] not in ids
    best = await expect(registry.get(MANAGER, "/development-cases", score_from="94", limit=200), 200)
    assert high["id"] in [item["id"] for item in best["items"]]
    assert low["id"] not in [item["id"] for item in best["items"]]


async def test_an_attachment_of_the_unit_is_evidence(registry: ServiceUnderTest) -> None:
    case = await opened(registry)
    answer = await registry.post(
        MANAGER, "/attachments", files={"file": ("survey.txt", "市场调查".encode())}, data={}
    )
    grades = {**graded(1, 1, 1, 1), "market": {"grade": 2, "attachments": [answer.json()["id"]]}}
    shown = await grade(registry, case, grades, 200)
    assert shown["grades"]["market"] == {"grade": 2, "texts": [], "attachments": [answer.json()["id"]]}
    await expect(registry.post(RIVAL, f"/development-cases/{case['id']}/grades", {"grades": grades}), 404)


async def test_the_score_of_a_customer_that_another_unit_has_by_now_stays_with_the_case(
    registry: ServiceUnderTest,
) -> None:
    firm = prospect(credit_code=credit_code())
    case = await opened(registry, customer=firm)
    body = {"customer": {**firm, "phones": []}, "lines": ["domestic-express"]}
    first = await declared(registry, MANAGER, body)
    await expect(registry.post(MANAGER, f"/declarations/{first['id']}/withdraw", {}), 200)
    taken = await declared(registry, RIVAL, body)
    assert taken["customer_id"] == first["customer_id"]
    assert (await grade(registry, case, graded(5, 5, 5, 5), 200))["score"] == "100"
    seen = await expect(registry.get(RIVAL, f"/customers/{first['customer_id']}"), 200)
    assert "prospect_score" not in seen
