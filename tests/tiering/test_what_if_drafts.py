"""Drafts that cannot be tried are refused with the place that is wrong, and leave nothing behind."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from support.instance import Databases
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect, running_service
from support.what_ifs import PRESENT, asked, drafted, tried

HIGHER = {**PRESENT, "wuhan": {**PRESENT["wuhan"], "2": 350_000}}
GOOD = drafted("tier-thresholds", HIGHER)


@pytest_asyncio.fixture(scope="module")
async def province(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A center that keeps two what-ifs and no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYPOST_WHAT_IFS_MOST", "2")
        async with running_service("tiering", tiering_databases("tiering")) as running:
            yield running


def wuhan(**changed: object) -> dict[str, Any]:
    return drafted("tier-thresholds", {**PRESENT, "wuhan": {**PRESENT["wuhan"], **changed}})


def table_at(at: str, **body: Any) -> dict[str, Any]:
    return asked(drafted("tier-thresholds", HIGHER, org_id=at), **body)


def adopting(pack: str, *topics: str) -> dict[str, Any]:
    named = {"topics": list(topics)} if topics else {}
    return asked(adoptions=[{"org_id": "420500", "pack": pack, **named}])


def ending(org_id: str) -> dict[str, Any]:
    return asked(endings=[{"org_id": org_id, "pack": "hubei"}])


VALUE = "wrong-rule-value"
OUTSIDE = "outside-the-what-if"
# What is asked, the code it is refused with, and the place that is wrong.
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no draft": (asked(), "nothing-drafted", "/drafts"),
    "what holds anyway": (asked(wuhan()), "nothing-differs", "/drafts/0/value"),
    "a topic no class rests on": (asked(drafted("care-budget", {})), "unknown-topic", "/drafts/0/topic"),
    "who reviews": (asked(drafted("tier-review", {})), "unknown-topic", "/drafts/0/topic"),
    "a float": (
        asked(GOOD, drafted("key-account", [{"yearly_fees": 1.5}])), VALUE, "/drafts/1/value/0/yearly_fees"),
    "no money": (asked(wuhan(**{"2": "a lot"})), VALUE, "/drafts/0/value/wuhan/2"),
    "below nothing": (asked(wuhan(**{"4": -1})), VALUE, "/drafts/0/value/wuhan/4"),
    "bounds that do not fall": (asked(wuhan(**{"2": 500_000})), VALUE, "/drafts/0/value"),
    "too large": (asked(wuhan(**{"1": 10**16})), VALUE, "/drafts/0/value/wuhan/1"),
    "a place there is not": (
        asked(drafted("tier-thresholds", {**PRESENT, "moon": {"1": 1}})), VALUE, "/drafts/0/value/moon"),
    "a tier without a class": (
        asked(wuhan(**{"5": 5_000})), "tier-without-class", "/drafts/0/value/wuhan/5"),
    "a class taken from a tier": (
        asked(drafted("tier-equivalents", {"1": 1, "2": 2, "3": 3})), "tier-without-class", "/drafts/0/value"),
    "twice": (asked(GOOD, wuhan(**{"2": 360_000})), "drafted-twice", "/drafts/1"),
    "another province": (table_at("430000"), OUTSIDE, "/drafts/0/org_id"),
    "the nation": (table_at("CN"), OUTSIDE, "/drafts/0/org_id"),
    "a city that is not covered": (table_at("420100", org_id="420500"), OUTSIDE, "/drafts/0/org_id"),
    "no such pack": (adopting("hunan"), "unknown-pack", "/adoptions/0/pack"),
    "no such topic of a pack": (
        adopting("hubei", "tier-place", "tier-beyond"), "unknown-pack", "/adoptions/0/topics/1"),
    "an end of what is not adopted": (ending("420500"), "not-adopted", "/endings/0/pack"),
    "no law left": (ending("420000"), "no-law-left", "/endings/0"),
    "a year that is not over": (asked(GOOD, year=2026), "year-not-over", "/year"),
    "an organisation there is not": (asked(GOOD, org_id="430000"), "not-found", "/org_id"),
    "a base there is not": (asked(GOOD, base=str(uuid4())), "not-found", "/base"),
    "no name": (asked(GOOD, name=" "), "invalid-request", "/name"),
    "an unknown member": (asked({**GOOD, "pack": "hubei"}), "invalid-request", "/drafts/0/pack"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", REFUSED)
async def test_what_cannot_be_tried_is_refused_where_it_is_wrong(
    province: ServiceUnderTest, wrong: str
) -> None:
    body, code, pointer = REFUSED[wrong]
    status = 404 if code == "not-found" else 422
    refused = expect(await province.post(PROVINCE_OFFICER, "/what-ifs", body), status)
    found = refused.get("pointer") or refused["errors"][0]["pointer"]
    assert (refused["code"], found) == (code, pointer)
    assert refused["zh"]["detail"] != refused["en"]["detail"]
    for table in ("what_if", "what_if_flow", "what_if_mover"):
        assert await province.rows(f"SELECT 1 FROM {table}") == [], table


async def test_a_center_keeps_so_many_each_by_its_own_name(province: ServiceUnderTest) -> None:
    first = await tried(province, GOOD, name="甲")
    taken = expect(await province.post(PROVINCE, "/what-ifs", asked(GOOD, name="甲")), 409)
    assert (taken["code"], taken["what_if_id"], taken["pointer"]) == ("name-taken", first["id"], "/name")
    await tried(province, GOOD, name="乙")
    full = expect(await province.post(PROVINCE, "/what-ifs", asked(GOOD, name="丙")), 409)
    assert (full["code"], full["most"]) == ("too-many-what-ifs", 2)
    gone = await province.http.delete(
        f"/v1/what-ifs/{first['id']}", headers=province.headers(PROVINCE_OFFICER)
    )
    expect(gone, 200)
    await tried(province, GOOD, name="甲", by=PROVINCE)
