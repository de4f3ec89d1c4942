"""The law at run time: drafts by one hand, published by another; every wording stays."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from registry.policies.rules import read_value
from registry.settings import DEEPEST_VALUE, LARGEST_NUMBER
from regulations.loading import Rule, shipped_packs
from support.registry import FAR, expect
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    MANAGER,
    MORNING,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
)

DRAFTER = Person("420000", "center-officer")
OTHER_DRAFTER = Person("420000", "center-officer")
SECOND_DIRECTOR = Person("420000", "center-director")
NATION = Person("CN", "center-director")
SHIPPED_RULES = [rule for pack in shipped_packs().values() for rule in pack.rules.values()]
TODAY, TOMORROW, YESTERDAY, SHIPPED = "2026-03-02", "2026-03-03", "2026-03-01", "2009-01-01"


def within(days: int, **more: object) -> dict[str, object]:
    return {"within": {"days": days, "basis": "calendar"}, **more}


def clocks(answer: object, resolve: object = 7) -> dict[str, Any]:
    return {
        "answer": {"days": answer, "basis": "calendar"},
        "resolve": {"days": resolve, "basis": "calendar"},
    }


def draft_of(rule: str, value: object, **facts: Any) -> dict[str, Any]:
    """Give a draft as an officer would send it."""
    body = {
        "rule": rule,
        "in_force": TOMORROW,
        "value": value,
        "citation": {"act": "hubei", "article": "30(2)"},
        "assumption": False,
        **facts,
    }
    return {name: given for name, given in body.items() if given is not ...}


async def drafted(registry: ServiceUnderTest, rule: str, value: object, **facts: Any) -> dict[str, Any]:
    answer = await expect(registry.post(DRAFTER, "/rules/drafts", draft_of(rule, value, **facts)), 201)
    return dict(answer)


async def published(registry: ServiceUnderTest, rule: str, value: object, **facts: Any) -> dict[str, Any]:
    draft = await drafted(registry, rule, value, **facts)
    return dict(await expect(publish(registry, PROVINCE, draft), 200))


async def publish(registry: ServiceUnderTest, who: Person, draft: dict[str, Any]) -> httpx.Response:
    return await registry.post(who, f"/rules/drafts/{draft['id']}/publish", {})


async def law_on(registry: ServiceUnderTest, topic: str, day: str, **more: str) -> dict[str, Any]:
    found = await expect(registry.get(MANAGER, "/rules", org_id="420106-T01", on=day, **more), 200)
    return next(item for item in found["items"] if item["topic"] == topic)


async def wordings(registry: ServiceUnderTest, rule: str) -> list[dict[str, Any]]:
    return list((await expect(registry.get(MANAGER, f"/rules/{rule}"), 200))["wordings"])


async def rows_of(registry: ServiceUnderTest, rule: str) -> int:
    [found] = await registry.rows("SELECT count(*) AS n FROM rule_wording WHERE rule = $1", rule)
    return int(found["n"])


@pytest.fixture(autouse=True)
def morning(registry: ServiceUnderTest) -> Iterator[None]:
    yield
    registry.set_clock(MORNING)


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


async def test_a_published_wording_is_law_from_its_day_on_and_told_once(registry: ServiceUnderTest) -> None:
    value = {"amount": "6000.00", "includes": True, "advanced_by": "city", "above_approved_by": "province"}
    citation = {"act": "hubei", "article": "21(6)"}
    done = await published(registry, "hubei.compensation-limit", value, citation=citation)
    assert (done["state"], done["decided_by"]["staff_id"]) == ("published", str(PROVINCE.staff_id))
    assert done["recorded"].startswith("2026-03-02T09:00")
    before = await law_on(registry, "compensation-limit", TODAY)
    after = await law_on(registry, "compensation-limit", TOMORROW)
    assert (before["in_force"], before["value"]["amount"]) == (SHIPPED, "5000")
    assert (after["in_force"], after["value"]["amount"], after["level"]) == (TOMORROW, "6000.00", "420000")
    [told] = await registry.events("rule:hubei.compensation-limit")
    assert (told["type"], told["version"], told["key"]) == ("registry.rule.published.v1", 1, "420000")
    assert told["orgpath"] == "CN.420000"
    assert told["payload"] == {
        "rule": "hubei.compensation-limit",
        "org_id": "420000",
        "in_force": TOMORROW,
        "recorded": done["recorded"],
        "citation": citation,
        "assumption": False,
        "value": value,
        "published_by": str(PROVINCE.staff_id),
    }


async def test_every_wording_of_a_rule_is_shown_with_who_published_it_and_which_holds(
    registry: ServiceUnderTest,
) -> None:
    rule = "platform.liability-assign"
    shipped = (await wordings(registry, rule))[0]
    changed = {**shipped["value"], "within": {"days": 20, "basis": "calendar"}}
    await published(registry, rule, changed, citation={"act": "platform", "article": "平台约定"})
    found = await expect(registry.get(MANAGER, f"/rules/{rule}", valid=TOMORROW), 200)
    first, second = found["wordings"]
    assert (first["shipped"], first["recorded"], first["published_by"], first["holds"]) == (
        True,
        None,
        None,
        False,
    )
    assert (second["shipped"], second["holds"], second["in_force"]) == (False, True, TOMORROW)
    assert second["published_by"] == {"staff_id": str(PROVINCE.staff_id), "name": "郑主任"}
    assert second["published_for"] == {"org_id": "420000", "name": "湖北省邮政局"}
    assert [one["org_id"] for one in found["adopted_by"]] == ["420000"]
    today = await wordings(registry, rule)
    assert [one["holds"] for one in today] == [True, False]
    assert (await registry.get(MANAGER, "/rules/hubei.no-such-thing")).status_code == 404
    assert (await registry.get(MANAGER, "/rules/drafts-of-nothing")).status_code == 404


async def test_a_correction_has_the_same_day_and_is_recorded_later(registry: ServiceUnderTest) -> None:
    rule = "platform.handover-finish"
    citation = {"act": "platform", "article": "平台约定"}
    registry.set_clock("2026-03-02T10:00:00+08:00")
    await published(registry, rule, within(9), citation=citation, in_force=SHIPPED)
    assert (await law_on(registry, "handover-finish", YESTERDAY))["value"] == within(9)
    then = "2026-03-02T09:59:59+08:00"
    assert (await law_on(registry, "handover-finish", YESTERDAY, known=then))["value"] == within(7)
    # The clock may go back, the record does not.
    registry.set_clock("2026-02-01T09:00:00+08:00")
    done = await published(registry, rule, within(8), citation=citation, in_force=SHIPPED)
    assert done["recorded"].startswith("2026-03-02T10:00")
    assert done["comparison"]["correction"] is True
    assert done["comparison"]["in_force"]["value"] == within(9)
    shown = await wordings(registry, rule)
    assert [one["value"]["within"]["days"] for one in shown] == [7, 9, 8]
    assert [one["holds"] for one in shown] == [False, False, True]
    assert [event["version"] for event in await registry.events(f"rule:{rule}")] == [1, 2]


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
    for value in (clocks(2.0), deep, float("nan"), deepest):
        body = json.dumps(draft_of("hubei.complaint-clocks", value)).replace(f'"{deepest}"', deepest)
        headers = {
            **registry.headers(DRAFTER),
            "Idempotency-Key": str(uuid4()),
            "Content-Type": "application/json",
        }
        answer = await registry.http.post("/v1/rules/drafts", content=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text


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
    body = draft_of(facts.pop("rule", "hubei.complaint-clocks"), **{"value": clocks(4), **facts})
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


@pytest.mark.parametrize(("who", "status"), [(MANAGER, 403), (ADMINISTRATOR, 403)])
async def test_who_has_no_center_role_neither_drafts_nor_publishes(
    registry: ServiceUnderTest, who: Person, status: int
) -> None:
    body = draft_of("hubei.complaint-clocks", clocks(4))
    assert (await registry.post(who, "/rules/drafts", body)).status_code == status
    draft = await drafted(registry, "hubei.complaint-clocks", clocks(4))
    assert (await publish(registry, who, draft)).status_code == status


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (DRAFTER, 403, "forbidden"),
        (OTHER_DRAFTER, 403, "forbidden"),
        (NATION, 403, "forbidden"),
        (DIRECTOR, 404, "not-found"),
    ],
)
async def test_only_a_director_of_the_province_publishes(
    registry: ServiceUnderTest, who: Person, status: int, code: str
) -> None:
    draft = await drafted(registry, "hubei.complaint-clocks", clocks(4))
    refused = await publish(registry, who, draft)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert await rows_of(registry, "hubei.complaint-clocks") == 0


async def test_nobody_publishes_a_rule_that_they_drafted(registry: ServiceUnderTest) -> None:
    body = draft_of("hubei.complaint-clocks", clocks(5))
    draft = await expect(registry.post(PROVINCE, "/rules/drafts", body), 201)
    refused = await expect(publish(registry, PROVINCE, draft), 403)
    assert refused["code"] == "maker-is-checker"
    assert await registry.events("rule:hubei.complaint-clocks") == []
    assert (await registry.get(DRAFTER, f"/rules/drafts/{draft['id']}")).json()["state"] == "open"


async def test_of_two_directors_publishing_one_draft_at_once_one_does(registry: ServiceUnderTest) -> None:
    rule = "platform.follow-up"
    draft = await drafted(
        registry, rule, within(5, tries=3), citation={"act": "platform", "article": "平台约定"}
    )
    answers = await asyncio.gather(
        *(publish(registry, who, draft) for who in (PROVINCE, SECOND_DIRECTOR) * 4)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"wrong-state"}
    assert await rows_of(registry, rule) == 1
    assert len(await registry.events(f"rule:{rule}")) == 1


async def test_of_two_drafts_of_one_rule_published_at_once_the_second_has_to_be_compared_anew(
    registry: ServiceUnderTest,
) -> None:
    rule, citation = "platform.compensation-approve", {"act": "platform", "article": "平台约定"}
    drafts = [await drafted(registry, rule, within(days), citation=citation) for days in (3, 4)]
    answers = await asyncio.gather(
        publish(registry, PROVINCE, drafts[0]), publish(registry, SECOND_DIRECTOR, drafts[1])
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [late] = [answer.json() for answer in answers if answer.status_code == 409]
    assert late["code"] == "rule-changed"
    assert await rows_of(registry, rule) == 1
    [told] = await registry.events(f"rule:{rule}")
    assert (await law_on(registry, "compensation-approve", TOMORROW))["value"] == told["payload"]["value"]


async def test_a_draft_whose_day_has_gone_by_is_not_published(registry: ServiceUnderTest) -> None:
    rule, citation = "platform.objection", {"act": "platform", "article": "平台约定"}
    value = (await wordings(registry, rule))[0]["value"]
    draft = await drafted(registry, rule, value, assumption=False, citation=citation, in_force=TODAY)
    registry.set_clock("2026-03-02T23:59:59+08:00")
    assert (await expect(registry.get(DRAFTER, f"/rules/drafts/{draft['id']}"), 200))["state"] == "open"
    registry.set_clock("2026-03-03T00:00:00+08:00")
    refused = await expect(publish(registry, PROVINCE, draft), 409)
    assert refused["code"] == "in-force-passed"
    assert await rows_of(registry, rule) == 0


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


async def test_where_a_rule_is_adopted_is_shown_below_and_above_the_caller_only(
    registry: ServiceUnderTest,
) -> None:
    body = {"org_id": "420525", "pack": "platform", "topics": ["claim-warnings"], "from": "2026-02-01"}
    await expect(registry.post(PROVINCE, "/adoptions", body), 201)
    for who, places in ((MANAGER, ["420000"]), (FAR, ["420000", "420525"]), (PROVINCE, ["420000", "420525"])):
        found = await expect(registry.get(who, "/rules/platform.claim-warnings"), 200)
        assert sorted({one["org_id"] for one in found["adopted_by"]} - {"420500"}) == places


async def test_drafts_are_listed_in_the_province_only(registry: ServiceUnderTest) -> None:
    draft = await drafted(registry, "hubei.complaint-clocks", clocks(7))
    newest = await expect(registry.get(PROVINCE, "/rules/drafts", state="open", limit=1), 200)
    assert [item["id"] for item in newest["items"]] == [draft["id"]]
    assert newest["total"] >= 1
    assert (await expect(registry.get(DIRECTOR, "/rules/drafts"), 200))["total"] == 0
    assert (await registry.get(DIRECTOR, f"/rules/drafts/{draft['id']}")).status_code == 404


@pytest.mark.parametrize("rule", SHIPPED_RULES, ids=lambda rule: rule.name)
def test_every_shipped_wording_could_be_published_as_it_stands(rule: Rule) -> None:
    for wording in rule.wordings:
        sent = json.loads(json.dumps(wording.value.to_json()))
        assert read_value(rule.topic, sent, deepest=DEEPEST_VALUE, largest=LARGEST_NUMBER) == wording.value


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (PROVINCE, True),
        (OFFICER, True),
        (Person("420000", "inspector"), True),
        (Person("420106", "unit-head"), True),
        (MANAGER, False),
        (ADMINISTRATOR, False),
        (Person("420000", "hotline-agent"), False),
        (Person("420000", "observer"), False),
        (Person("420000", "system"), False),
    ],
)
async def test_the_discount_standard_is_for_those_who_may_see_prices(
    registry: ServiceUnderTest, who: Person, sees: bool
) -> None:
    node = "420000" if who is ADMINISTRATOR else who.org_id
    law = await expect(registry.get(who, "/rules", org_id=node), 200)
    [standard] = [one for one in law["items"] if one["topic"] == "discount-standard"]
    whole = await expect(registry.get(who, "/rules/hubei.discount-standard"), 200)
    assert ("value" in standard) is sees
    assert ("worked_cases" in whole) is sees
    assert all(("value" in wording) is sees for wording in whole["wordings"])
    others = [one for one in law["items"] if one["topic"] != "discount-standard"]
    assert all("value" in one for one in others)


async def test_a_draft_of_the_discount_standard_shows_its_figures_to_the_same(
    registry: ServiceUnderTest,
) -> None:
    whole = await expect(registry.get(PROVINCE, "/rules/hubei.discount-standard"), 200)
    value = json.loads(json.dumps(whole["wordings"][-1]["value"]))
    value["by_class"]["4"] = "0.06"
    made = await drafted(registry, "hubei.discount-standard", value)
    path = f"/rules/drafts/{made['id']}"
    shown = await expect(registry.get(Person("420000", "observer"), path), 200)
    assert not {"value", "comparison"} & shown.keys()
    assert (await expect(registry.get(PROVINCE, path), 200))["value"] == value
    await expect(registry.post(DRAFTER, f"{path}/discard", {}), 200)
