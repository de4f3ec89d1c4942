"""Adoptions: a province's director puts packs in force and lets them end."""

from typing import Any

import pytest

from support.registry import expect
from support.service import ADMINISTRATOR, DIRECTOR, MANAGER, OFFICER, PROVINCE, Person, ServiceUnderTest

TODAY, TOMORROW, YESTERDAY = "2026-03-02", "2026-03-03", "2026-03-01"
HERE = "420107"


def adoption(topic: str, **facts: Any) -> dict[str, Any]:
    return {"org_id": HERE, "pack": "platform", "topics": [topic], "from": "2026-01-01", **facts}


async def level(registry: ServiceUnderTest, topic: str, day: str) -> str:
    found = await expect(registry.get(ADMINISTRATOR, "/rules", org_id=HERE, on=day), 200)
    return str(next(item["level"] for item in found["items"] if item["topic"] == topic))


async def test_an_adoption_ends_on_its_day_and_what_it_gave_before_stays(registry: ServiceUnderTest) -> None:
    body = adoption("objection")
    await expect(registry.post(PROVINCE, "/adoptions", body), 201)
    ended = await expect(registry.post(PROVINCE, "/adoptions/end", {**body, "until": TODAY}), 200)
    assert ended["adoptions"][-1]["until"] == TODAY
    assert await level(registry, "objection", YESTERDAY) == HERE
    assert await level(registry, "objection", TODAY) == "420000"
    told = await registry.events(f"organisation:{HERE}")
    assert told[-1]["payload"]["adoptions"][-1] == {
        "pack": "platform",
        "topics": ["objection"],
        "from": "2026-01-01",
        "until": TODAY,
    }
    again = await expect(registry.post(PROVINCE, "/adoptions/end", {**body, "until": TOMORROW}), 409)
    assert again["code"] == "adoption-ended"


async def test_an_end_ahead_may_be_moved(registry: ServiceUnderTest) -> None:
    body = adoption("tariff-window")
    await expect(registry.post(PROVINCE, "/adoptions", body), 201)
    for until in ("2026-05-01", TOMORROW, "2026-04-01"):
        ended = await expect(registry.post(PROVINCE, "/adoptions/end", {**body, "until": until}), 200)
        assert ended["adoptions"][-1]["until"] == until


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"until": YESTERDAY}, 422, "invalid-value"),
        ({"pack": "hubei"}, 404, "not-found"),
        ({"from": "2026-01-02"}, 404, "not-found"),
        ({"topics": ["dispute", "credit"]}, 404, "not-found"),
        ({"org_id": "430000"}, 404, "not-found"),
        ({"until": None}, 422, "invalid-request"),
    ],
)
async def test_an_end_that_may_not_be_is_refused(
    registry: ServiceUnderTest, facts: dict[str, Any], status: int, code: str
) -> None:
    body = adoption("dispute")
    known = await expect(registry.get(ADMINISTRATOR, "/adoptions", org_id=HERE), 200)
    if body["topics"] not in [item["topics"] for item in known["items"]]:
        await expect(registry.post(PROVINCE, "/adoptions", body), 201)
    refused = await registry.post(PROVINCE, "/adoptions/end", {**body, "until": TOMORROW, **facts})
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text


async def test_several_adoptions_of_one_pack_and_day_are_told_apart_by_their_topics(
    registry: ServiceUnderTest,
) -> None:
    first, second = (
        adoption("credit", **{"from": "2026-02-01"}),
        adoption("anomaly", **{"from": "2026-02-01"}),
    )
    for body in (first, second):
        await expect(registry.post(PROVINCE, "/adoptions", body), 201)
    unclear = {**first, "topics": None, "until": TOMORROW}
    refused = await expect(registry.post(PROVINCE, "/adoptions/end", unclear), 422)
    assert refused["pointer"] == "/topics"
    ended = await expect(registry.post(PROVINCE, "/adoptions/end", {**second, "until": TOMORROW}), 200)
    ends = {tuple(one["topics"]): one["until"] for one in ended["adoptions"] if one["from"] == "2026-02-01"}
    assert ends == {("credit",): None, ("anomaly",): TOMORROW}


@pytest.mark.parametrize("who", [DIRECTOR, OFFICER, MANAGER, Person("420000", "center-officer")])
async def test_only_a_provinces_director_gives_law(registry: ServiceUnderTest, who: Person) -> None:
    body = adoption("deputies", org_id="420106", **{"from": "2026-02-01"})
    assert (await registry.post(who, "/adoptions", body)).status_code == 403
    assert (await registry.post(who, "/adoptions/end", {**body, "until": TOMORROW})).status_code == 403
