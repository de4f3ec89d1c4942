"""Organisations and law over HTTP."""

import itertools

import pytest

from support.registry import FAR, expect
from support.service import ADMINISTRATOR, MANAGER, OFFICER, PROVINCE, Person, ServiceUnderTest

CITY_ADMINISTRATOR = Person("420500", "administrator")
_towns = itertools.count(100)


def town(**facts: object) -> dict[str, object]:
    """Give a new town under Yuan'an."""
    return {
        "org_id": f"420525{next(_towns)}",
        "parent_id": "420525",
        "kind": "county",
        "name": "某镇",
        **facts,
    }


async def test_a_planted_node_has_its_path_division_and_place_class(registry: ServiceUnderTest) -> None:
    node = await expect(registry.get(ADMINISTRATOR, "/organisations/420106-T01"), 200)
    assert node["orgpath"] == "CN.420000.420100.420106.420106-T01"
    assert (node["division"], node["place_class"]) == ("420106", "wuhan")
    assert (await expect(registry.get(ADMINISTRATOR, "/organisations/420525"), 200))[
        "place_class"
    ] == "county"
    assert (await expect(registry.get(ADMINISTRATOR, "/organisations/420500"), 200))[
        "place_class"
    ] == "prefecture"
    assert (await expect(registry.get(ADMINISTRATOR, "/organisations/420000"), 200))["place_class"] is None


async def test_a_new_node_is_told_whole(registry: ServiceUnderTest) -> None:
    body = town(name_en="Some Town")
    answer = await registry.post(CITY_ADMINISTRATOR, "/organisations", body)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    node = answer.json()
    assert (node["division"], node["place_class"], node["valid_from"]) == ("420525", "county", "2026-03-02")
    [told] = await registry.events(f"organisation:{body['org_id']}")
    assert (told["type"], told["version"], told["key"]) == (
        "registry.organisation.changed.v1",
        1,
        body["org_id"],
    )
    assert told["payload"]["orgpath"] == f"CN.420000.420500.420525.{body['org_id']}"


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"org_id": "420106", "parent_id": "420100", "kind": "county"}, 409, "organisation-exists"),
        ({"org_id": "420108", "parent_id": "999999", "kind": "county"}, 404, "not-found"),
        ({"org_id": "420108", "parent_id": None, "kind": "county"}, 422, "wrong-organisation"),
        ({"org_id": "420108", "parent_id": "420106-T01", "kind": "county"}, 422, "wrong-organisation"),
        ({"org_id": "420108", "parent_id": "420100", "kind": "team"}, 422, "wrong-organisation"),
        ({"org_id": "420106-S09", "parent_id": "420106", "kind": "team"}, 422, "wrong-organisation"),
        ({"org_id": "430102", "parent_id": "420100", "kind": "county"}, 422, "wrong-organisation"),
        ({"org_id": "420107001", "parent_id": "420106", "kind": "county"}, 422, "wrong-organisation"),
        ({"org_id": "４２０１０８", "parent_id": "420100", "kind": "county"}, 422, "invalid-request"),
        ({"org_id": "420108", "parent_id": "420100", "kind": "village"}, 422, "invalid-request"),
        ({"org_id": "420108", "parent_id": "420100", "kind": "county", "boss": "x"}, 422, "invalid-request"),
        ({"org_id": "420108", "parent_id": "420100", "kind": "county", "name": 7}, 422, "invalid-request"),
    ],
)
async def test_what_does_not_belong_together_is_refused(
    registry: ServiceUnderTest, facts: dict[str, object], status: int, code: str
) -> None:
    answer = await registry.post(ADMINISTRATOR, "/organisations", {"name": "某局", **facts})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["zh"]["detail"]
    assert answer.json()["en"]["detail"]


async def test_only_administrators_write_and_only_in_their_subtree(registry: ServiceUnderTest) -> None:
    body = {"org_id": "420106-T09", "parent_id": "420106", "kind": "team", "name": "九班"}
    assert (await registry.post(OFFICER, "/organisations", body)).status_code == 403
    assert (await registry.post(CITY_ADMINISTRATOR, "/organisations", body)).status_code == 404


async def test_an_import_is_all_or_nothing(registry: ServiceUnderTest) -> None:
    first, second = town(), town(parent_id="420106")
    refused = await registry.post(ADMINISTRATOR, "/organisations/import", {"items": [first, second]})
    assert refused.status_code == 422
    assert (await registry.get(ADMINISTRATOR, f"/organisations/{first['org_id']}")).status_code == 404
    team = {"org_id": f"{first['org_id']}-T01", "parent_id": first["org_id"], "kind": "team", "name": "一班"}
    made = await expect(registry.post(ADMINISTRATOR, "/organisations/import", {"items": [first, team]}), 201)
    assert made == {"created": 2}


async def test_an_import_has_a_bound(registry: ServiceUnderTest) -> None:
    answer = await registry.post(
        ADMINISTRATOR, "/organisations/import", {"items": [town() for _ in range(501)]}
    )
    assert answer.status_code == 422
    assert answer.json()["pointer"] == "/items"


async def test_a_move_carries_every_node_below_and_tells_of_each(registry: ServiceUnderTest) -> None:
    moved, below = town(), None
    below = {"org_id": f"{moved['org_id']}-T01", "parent_id": moved["org_id"], "kind": "team", "name": "一班"}
    await expect(registry.post(ADMINISTRATOR, "/organisations/import", {"items": [moved, below]}), 201)
    bureau = {
        "org_id": f"420500-S{next(_towns) % 100:02d}",
        "parent_id": "420500",
        "kind": "bureau",
        "name": "局",
    }
    await expect(registry.post(ADMINISTRATOR, "/organisations", bureau), 201)
    answer = await expect(
        registry.patch(
            ADMINISTRATOR, f"/organisations/{below['org_id']}", {"parent_id": bureau["org_id"]}, 1
        ),
        200,
    )
    assert answer["orgpath"] == f"CN.420000.420500.{bureau['org_id']}.{below['org_id']}"
    bureau_moved = await expect(
        registry.patch(ADMINISTRATOR, f"/organisations/{bureau['org_id']}", {"parent_id": "420525"}, 1), 200
    )
    assert bureau_moved["orgpath"].endswith(f"420525.{bureau['org_id']}")
    told = await registry.events(f"organisation:{below['org_id']}")
    assert [event["version"] for event in told] == [1, 2, 3]
    assert told[-1]["payload"]["orgpath"] == f"{bureau_moved['orgpath']}.{below['org_id']}"


async def test_a_node_never_moves_below_itself(registry: ServiceUnderTest) -> None:
    upper = town()
    await expect(registry.post(ADMINISTRATOR, "/organisations", upper), 201)
    answer = await registry.patch(
        ADMINISTRATOR, f"/organisations/{upper['org_id']}", {"parent_id": upper["org_id"]}, 1
    )
    assert answer.json()["code"] == "wrong-organisation"


async def test_a_node_is_dissolved_into_a_successor_once_empty(registry: ServiceUnderTest) -> None:
    upper = town()
    below = {"org_id": f"{upper['org_id']}-T01", "parent_id": upper["org_id"], "kind": "team", "name": "一班"}
    await expect(registry.post(ADMINISTRATOR, "/organisations/import", {"items": [upper, below]}), 201)
    path, body = f"/organisations/{upper['org_id']}", {"dissolve": {"successor_id": "420525"}}
    used = await expect(registry.patch(ADMINISTRATOR, path, body, 1), 409)
    assert used["code"] == "organisation-in-use"
    await expect(registry.patch(ADMINISTRATOR, f"/organisations/{below['org_id']}", body, 1), 200)
    gone = await expect(registry.patch(ADMINISTRATOR, path, body, 1), 200)
    assert (gone["valid_to"], gone["successor_id"]) == ("2026-03-02", "420525")
    again = await expect(registry.patch(ADMINISTRATOR, path, {"name": "又改"}, 2), 409)
    assert again["code"] == "organisation-dissolved"


async def test_a_change_needs_the_version_that_was_read(registry: ServiceUnderTest) -> None:
    node = town()
    await expect(registry.post(ADMINISTRATOR, "/organisations", node), 201)
    path = f"/organisations/{node['org_id']}"
    assert (await registry.patch(ADMINISTRATOR, path, {"name": "甲"}, None)).status_code == 428
    assert (await registry.patch(ADMINISTRATOR, path, {"name": "甲"}, 7)).status_code == 412
    assert (await expect(registry.patch(ADMINISTRATOR, path, {"name": "甲"}, 1), 200))["name"] == "甲"


async def test_lists_hold_the_callers_subtree_and_page(registry: ServiceUnderTest) -> None:
    seen = await expect(registry.get(FAR, "/organisations", limit=200), 200)
    assert all(item["orgpath"].startswith("CN.420000.420500.420525") for item in seen["items"])
    assert (await registry.get(FAR, "/organisations/420106")).status_code == 404
    first = await expect(registry.get(PROVINCE, "/organisations", limit=3), 200)
    second = await expect(registry.get(PROVINCE, "/organisations", limit=3, cursor=first["next_cursor"]), 200)
    ids = [item["org_id"] for item in [*first["items"], *second["items"]]]
    assert ids == sorted(set(ids))
    for wrong in ("x", "W10", "WyIxIl0x"):
        assert (await registry.get(PROVINCE, "/organisations", cursor=wrong)).status_code in (200, 422)
    assert (await registry.get(PROVINCE, "/organisations", limit=201)).status_code == 422
    assert (await registry.get(PROVINCE, "/organisations", colour="red")).status_code == 422


async def test_one_topic_never_comes_from_two_packs_at_a_node(registry: ServiceUnderTest) -> None:
    body = {"org_id": "420500", "pack": "hubei", "topics": ["claim-warnings"], "from": "2026-01-01"}
    unknown = await registry.post(PROVINCE, "/adoptions", body)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-pack")
    body = {"org_id": "420500", "pack": "platform", "topics": ["claim-warnings"], "from": "2026-01-01"}
    adopted = await expect(registry.post(PROVINCE, "/adoptions", {**body, "until": "2026-07-01"}), 201)
    assert adopted["adoptions"][-1] == {
        "pack": "platform",
        "topics": ["claim-warnings"],
        "from": "2026-01-01",
        "until": "2026-07-01",
    }
    overlap = await expect(registry.post(PROVINCE, "/adoptions", {**body, "from": "2026-06-30"}), 409)
    assert (overlap["code"], overlap["topic"]) == ("adoption-overlap", "claim-warnings")
    await expect(registry.post(PROVINCE, "/adoptions", {**body, "from": "2026-07-01"}), 201)
    backwards = {**body, "topics": ["dispute"], "from": "2026-02-01", "until": "2026-02-01"}
    assert (await registry.post(PROVINCE, "/adoptions", backwards)).status_code == 422
    assert (await registry.post(FAR, "/adoptions", body)).status_code == 403


async def test_the_law_in_force_says_which_level_won(registry: ServiceUnderTest) -> None:
    body = {"org_id": "420525", "pack": "platform", "topics": ["claim-idle"], "from": "2026-02-01"}
    await expect(registry.post(PROVINCE, "/adoptions", body), 201)
    law = await expect(registry.get(FAR, "/rules", org_id="420525", on="2026-03-01"), 200)
    rules = {item["topic"]: item for item in law["items"]}
    assert (rules["claim-idle"]["level"], rules["claim-idle"]["replaced"]) == (
        "420525",
        "platform.claim-idle@420000",
    )
    assert (rules["claim-window"]["rule"], rules["claim-window"]["level"]) == (
        "jiangxi.claim-window",
        "420000",
    )
    before = await expect(registry.get(FAR, "/rules", org_id="420525", on="2026-01-31"), 200)
    assert {item["topic"]: item["level"] for item in before["items"]}["claim-idle"] == "420000"
    assert (await registry.get(MANAGER, "/rules", org_id="420525")).status_code == 404
