"""Drafts of a wording: by the province alone, compared with what is in force, refused where the rule cannot be so."""

import json
from typing import Any
from uuid import uuid4

import pytest

from support.registry import expect
from support.rules import (
    DRAFTER,
    NATION,
    OTHER_DRAFTER,
    SHIPPED,
    TODAY,
    TOMORROW,
    YESTERDAY,
    clocks,
    draft_of,
    drafted,
    publish,
    published,
    rows_of,
    wordings,
)
from support.service import ADMINISTRATOR, DIRECTOR, OFFICER, PROVINCE, Person, ServiceUnderTest


async def test_a_draft_is_compared_with_the_wording_in_force(registry: ServiceUnderTest) -> None:
    draft = await drafted(registry, "hubei.complaint-clocks", clocks(3))
    assert (draft["state"], draft["org_id"]) == ("open", "420000")
    assert draft["citation"] == {
        "act": "hubei",
        "article": "30(2)",
        "title": draft["comparison"]["in_force"]["citation"]["title"],
        "title_en": draft["comparison"]["in_force"]["citation"]["title_en"],
    }
    compared = draft["comparison"]
    assert compared["differences"] == [{"pointer": "/answer/days", "change": "changed", "old": 2, "new": 3}]
    assert compared["in_force"]["in_force"] == SHIPPED
    assert compared["in_force"]["value"] == clocks(2)
    assert compared["correction"] is False
    assert [case["then"] for case in compared["worked_cases"]] == ["2026-11-22", "2026-11-27"]
    read = await expect(registry.get(DRAFTER, f"/rules/drafts/{draft['id']}"), 200)
    assert read == draft
    assert await rows_of(registry, "hubei.complaint-clocks") == 0


@pytest.mark.parametrize(
    ("value", "pointer", "problem", "expected"),
    [
        (clocks(2.5), "/value/answer/days", "float", "整数"),
        (clocks("3"), "/value/answer/days", "wrong-value", "整数"),
        (clocks(-1), "/value/answer/days", "wrong-value", "不为负"),
        (clocks(3) | {"repeat": 1}, "/value/repeat", "unknown-key", "repeat"),
        ({"answer": clocks(3)["answer"]}, "/value", "missing-key", "resolve"),
        (clocks(3) | {"answer": {"days": 3, "basis": "lunar"}}, "/value/answer/basis", "wrong-value", "working"),
        (clocks(3) | {"answer": {}}, "/value/answer", "broken-invariant", "days"),
        (clocks(3) | {"answer": [3]}, "/value/answer", "wrong-type", "对象"),
        (None, "/value", "wrong-type", "对象"),
        ("3", "/value", "wrong-type", "对象"),
        (clocks(10**16), "/value/answer/days", "wrong-value", "太大"),
        (clocks(True), "/value/answer/days", "wrong-value", "整数"),
    ],
)  # fmt: skip
async def test_a_value_that_the_rule_cannot_have_is_refused_with_the_place_inside_it(
    registry: ServiceUnderTest, value: object, pointer: str, problem: str, expected: str
) -> None:
    answer = await registry.post(DRAFTER, "/rules/drafts", draft_of("hubei.complaint-clocks", value))
    refused = answer.json()
    assert (answer.status_code, refused["code"]) == (422, "wrong-rule-value"), refused
    assert (refused["pointer"], refused["problem"]) == (pointer, problem)
    assert expected in refused["zh"]["detail"]
    assert refused["en"]["detail"]


async def test_a_float_that_equals_a_whole_number_and_a_deep_value_are_refused_too(
    registry: ServiceUnderTest,
) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    deepest = f"{'[' * 5000}1{']' * 5000}"
    [before] = await registry.rows("SELECT count(*) AS n FROM rule_draft")
    wrong = (422, "wrong-rule-value")
    expected = ((clocks(2.0), wrong), (deep, wrong), (float("nan"), wrong), (deepest, (400, "bad-request")))
    for value, refused in expected:
        body = json.dumps(draft_of("hubei.complaint-clocks", value)).replace(f'"{deepest}"', deepest)
        headers = {
            **registry.headers(DRAFTER),
            "Idempotency-Key": str(uuid4()),
            "Content-Type": "application/json",
        }
        answer = await registry.http.post("/v1/rules/drafts", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == refused
    assert await registry.rows("SELECT count(*) AS n FROM rule_draft") == [before]


@pytest.mark.parametrize(
    ("facts", "status", "code", "pointer"),
    [
        ({"rule": "hubei.no-such-thing"}, 422, "unknown-rule", "/rule"),
        ({"rule": "nowhere.complaint-clocks"}, 422, "unknown-rule", "/rule"),
        ({"rule": "complaint-clocks"}, 422, "invalid-request", "/rule"),
        ({"citation": ...}, 422, "invalid-request", "/citation"),
        ({"citation": None}, 422, "invalid-request", "/citation"),
        ({"citation": {"act": "hubei"}}, 422, "invalid-request", "/citation/article"),
        ({"citation": {"act": "hubei", "article": "  "}}, 422, "invalid-request", "/citation/article"),
        ({"citation": {"act": "nowhere", "article": "1"}}, 422, "unknown-act", "/citation/act"),
        ({"value": ...}, 422, "invalid-request", "/value"),
        ({"in_force": ...}, 422, "invalid-request", "/in_force"),
        ({"in_force": "2026-02-30"}, 422, "invalid-request", "/in_force"),
        ({"in_force": YESTERDAY}, 422, "wrong-in-force", "/in_force"),
        ({"in_force": "2008-12-31"}, 422, "wrong-in-force", "/in_force"),
        ({"value": clocks(2), "assumption": True}, 409, "nothing-changed", "/value"),
        ({"repeat": 1}, 422, "invalid-request", "/repeat"),
        ({"org_id": "430000"}, 404, "not-found", "/org_id"),
        ({"org_id": "420100"}, 403, "forbidden", None),
    ],
)
async def test_a_draft_that_may_not_be_is_refused_and_leaves_nothing(
    registry: ServiceUnderTest, facts: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    [before] = await registry.rows("SELECT count(*) AS n FROM rule_draft")
    body = draft_of(**{"rule": "hubei.complaint-clocks", "value": clocks(4), **facts})
    answer = await registry.post(DRAFTER, "/rules/drafts", body)
    refused = answer.json()
    assert (answer.status_code, refused["code"]) == (status, code), refused
    assert refused.get("pointer") == pointer
    [after] = await registry.rows("SELECT count(*) AS n FROM rule_draft")
    assert after == before


async def test_a_wording_may_begin_today_and_not_before_a_later_one(registry: ServiceUnderTest) -> None:
    rule, citation = "platform.repeated-complaint", {"act": "platform", "article": "平台约定"}
    value = (await wordings(registry, rule))[0]["value"]
    first = {**value, "within": {"days": 40, "basis": "calendar"}}
    await drafted(registry, rule, first, citation=citation, in_force=TODAY)
    await published(registry, rule, first, citation=citation, in_force="2026-06-01")
    between = draft_of(rule, value, citation=citation, in_force="2026-05-31")
    refused = await expect(registry.post(DRAFTER, "/rules/drafts", between), 422)
    assert (refused["code"], "2026-06-01" in refused["zh"]["detail"]) == ("wrong-in-force", True)


@pytest.mark.parametrize("who", [OFFICER, DIRECTOR, NATION])
async def test_only_a_province_drafts(registry: ServiceUnderTest, who: Person) -> None:
    body = draft_of("hubei.complaint-clocks", clocks(4))
    assert (await registry.post(who, "/rules/drafts", body)).status_code == 403


async def test_a_discarded_draft_is_not_published_and_a_published_one_not_discarded(
    registry: ServiceUnderTest,
) -> None:
    draft = await drafted(registry, "hubei.complaint-clocks", clocks(6))
    path = f"/rules/drafts/{draft['id']}/discard"
    assert (await registry.post(OTHER_DRAFTER, path, {})).status_code == 403
    assert (await registry.post(DIRECTOR, path, {})).status_code == 404
    gone = await expect(registry.post(DRAFTER, path, {"reason": "另行起草"}), 200)
    assert (gone["state"], gone["reason"]) == ("discarded", "另行起草")
    assert (await expect(publish(registry, PROVINCE, draft), 409))["code"] == "wrong-state"
    done = await published(
        registry,
        "platform.tariff-window",
        {**(await wordings(registry, "platform.tariff-window"))[0]["value"]},
        assumption=False,
        citation={"act": "platform", "article": "平台约定"},
    )
    refused = await expect(registry.post(PROVINCE, f"/rules/drafts/{done['id']}/discard", {}), 409)
    assert refused["code"] == "wrong-state"


async def test_a_pack_that_others_live_under_is_not_the_provinces_to_change(
    registry: ServiceUnderTest,
) -> None:
    body = {"org_id": "CN", "pack": "prospecting", "topics": ["prospect-score"], "from": "2009-01-01"}
    await expect(registry.post(ADMINISTRATOR, "/adoptions", body), 201)
    value = (await wordings(registry, "prospecting.prospect-score"))[0]["value"]
    draft = draft_of("prospecting.prospect-score", value, citation={"act": "prospecting", "article": "2"})
    refused = await expect(registry.post(DRAFTER, "/rules/drafts", draft), 409)
    assert refused["code"] == "adopted-elsewhere"
    end = {**body, "until": TOMORROW}
    await expect(registry.post(NATION, "/adoptions/end", end), 200)
    await expect(registry.post(DRAFTER, "/rules/drafts", draft), 201)
