"""What is shown of a rule and to whom: its wordings with their publisher, its adoptions, its drafts, prices in it."""

import json

import pytest

from support.registry import FAR, expect
from support.rules import DRAFTER, TOMORROW, clocks, drafted, published, wordings
from support.service import ADMINISTRATOR, DIRECTOR, MANAGER, OFFICER, PROVINCE, Person, ServiceUnderTest


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
