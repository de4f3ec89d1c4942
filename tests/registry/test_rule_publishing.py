"""Publishing a wording: by another hand than drafted it, once, law from its day on, corrected by a later record."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from registry.policies.rules import read_value
from registry.settings import DEEPEST_VALUE, LARGEST_NUMBER
from regulations.loading import Rule, shipped_packs
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
from support.service import ADMINISTRATOR, DIRECTOR, MANAGER, MORNING, PROVINCE, Person, ServiceUnderTest

SECOND_DIRECTOR = Person("420000", "center-director")
SHIPPED_RULES = [rule for pack in shipped_packs().values() for rule in pack.rules.values()]


def within(days: int, **more: object) -> dict[str, object]:
    return {"within": {"days": days, "basis": "calendar"}, **more}


async def law_on(registry: ServiceUnderTest, topic: str, day: str, **more: str) -> dict[str, Any]:
    found = await expect(registry.get(MANAGER, "/rules", org_id="420106-T01", on=day, **more), 200)
    return next(item for item in found["items"] if item["topic"] == topic)


@pytest.fixture(autouse=True)
def morning(registry: ServiceUnderTest) -> Iterator[None]:
    registry.set_clock(MORNING)
    yield
    registry.set_clock(MORNING)


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
    registry.set_clock("2026-03-02T23:59:50+08:00")
    assert (await expect(registry.get(DRAFTER, f"/rules/drafts/{draft['id']}"), 200))["state"] == "open"
    registry.set_clock("2026-03-03T00:00:00+08:00")
    refused = await expect(publish(registry, PROVINCE, draft), 409)
    assert refused["code"] == "in-force-passed"
    assert await rows_of(registry, rule) == 0


@pytest.mark.parametrize("rule", SHIPPED_RULES, ids=lambda rule: rule.name)
def test_every_shipped_wording_could_be_published_as_it_stands(rule: Rule) -> None:
    for wording in rule.wordings:
        sent = json.loads(json.dumps(wording.value.to_json()))
        assert read_value(rule.topic, sent, deepest=DEEPEST_VALUE, largest=LARGEST_NUMBER) == wording.value
