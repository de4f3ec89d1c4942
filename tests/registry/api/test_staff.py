"""Staff over HTTP: entered, moved, absent, deputised."""

import itertools
from uuid import uuid4

import pytest

from support.registry import FAR, expect
from support.service import ADMINISTRATOR, MANAGER, OFFICER, Person, ServiceUnderTest

_numbers = itertools.count(1)


def someone(**facts: object) -> dict[str, object]:
    """Give a new person of Yuan'an."""
    return {
        "staff_id": str(uuid4()),
        "staff_no": f"8{next(_numbers):07d}",
        "name": "某人",
        "org_id": "420525",
        "roles": ["unit-head"],
        **facts,
    }


async def employed(registry: ServiceUnderTest, **facts: object) -> dict[str, object]:
    answer: dict[str, object] = await expect(registry.post(ADMINISTRATOR, "/staff", someone(**facts)), 201)
    return answer


async def test_a_new_person_is_told_whole_and_without_the_reasons_of_absences(
    registry: ServiceUnderTest,
) -> None:
    person = await employed(registry)
    path = f"/staff/{person['staff_id']}/absences"
    body = {"from": "2026-03-05", "until": "2026-03-06", "reason": "病假"}
    absent = await expect(registry.post(ADMINISTRATOR, path, body), 201)
    assert absent["absences"] == [body]
    told = await registry.events(f"staff:{person['staff_id']}")
    assert [event["version"] for event in told] == [1, 2]
    assert told[1]["payload"]["absences"] == [{"from": "2026-03-05", "until": "2026-03-06"}]
    assert told[1]["key"] == "420525"


async def test_the_key_of_a_persons_events_stays_when_the_person_moves(registry: ServiceUnderTest) -> None:
    person = await employed(registry)
    path = f"/staff/{person['staff_id']}"
    moved = await expect(
        registry.patch(ADMINISTRATOR, path, {"org_id": "420106", "roles": ["finance"]}, 1), 200
    )
    assert (moved["org_id"], moved["roles"], moved["version"]) == ("420106", ["finance"], 2)
    told = await registry.events(f"staff:{person['staff_id']}")
    assert {event["key"] for event in told} == {"420525"}
    assert told[1]["orgpath"] == "CN.420000.420100.420106"


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"staff_no": "1234567"}, 422, "invalid-request"),
        ({"staff_no": "１２３４５６７８"}, 422, "invalid-request"),
        ({"roles": []}, 422, "invalid-request"),
        ({"roles": ["boss"]}, 422, "invalid-request"),
        ({"org_id": "999999"}, 404, "not-found"),
        ({"staff_no": MANAGER.staff_no}, 409, "staff-exists"),
        ({"staff_id": str(MANAGER.staff_id)}, 409, "staff-exists"),
        ({"deputy_id": str(uuid4())}, 422, "invalid-value"),
        ({"salary": 1}, 422, "invalid-request"),
    ],
)
async def test_bad_people_are_refused(
    registry: ServiceUnderTest, facts: dict[str, object], status: int, code: str
) -> None:
    answer = await registry.post(ADMINISTRATOR, "/staff", someone(**facts))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_deputies_lead_at_most_three_hops_and_never_back(registry: ServiceUnderTest) -> None:
    people: list[dict[str, object]] = [await employed(registry)]
    for _ in range(3):
        people.append(await employed(registry, deputy_id=people[-1]["staff_id"]))
    fifth = await registry.post(ADMINISTRATOR, "/staff", someone(deputy_id=people[-1]["staff_id"]))
    assert (fifth.status_code, fifth.json()["code"]) == (409, "deputy-loop")
    loop = await registry.patch(
        ADMINISTRATOR, f"/staff/{people[0]['staff_id']}", {"deputy_id": people[1]["staff_id"]}, 1
    )
    assert loop.json()["code"] == "deputy-loop"
    oneself = await registry.patch(
        ADMINISTRATOR, f"/staff/{people[0]['staff_id']}", {"deputy_id": people[0]["staff_id"]}, 1
    )
    assert oneself.json()["code"] == "deputy-loop"
    cleared = await expect(
        registry.patch(ADMINISTRATOR, f"/staff/{people[3]['staff_id']}", {"deputy_id": None}, 1), 200
    )
    assert cleared["deputy_id"] is None


async def test_an_import_takes_deputies_from_its_own_list_and_is_all_or_nothing(
    registry: ServiceUnderTest,
) -> None:
    first = someone()
    second = someone(deputy_id=first["staff_id"])
    twice = someone(staff_no=first["staff_no"])
    refused = await registry.post(ADMINISTRATOR, "/staff/import", {"items": [first, second, twice]})
    assert refused.json()["code"] == "staff-exists"
    assert (await registry.get(ADMINISTRATOR, f"/staff/{first['staff_id']}")).status_code == 404
    made = await expect(registry.post(ADMINISTRATOR, "/staff/import", {"items": [second, first]}), 201)
    assert made == {"created": 2}


async def test_people_enter_their_own_absences_and_nobody_elses(registry: ServiceUnderTest) -> None:
    body = {"from": "2026-04-01", "until": "2026-04-02"}
    await expect(registry.post(FAR, f"/staff/{FAR.staff_id}/absences", body), 201)
    other = await employed(registry)
    assert (await registry.post(FAR, f"/staff/{other['staff_id']}/absences", body)).status_code == 403
    backwards = {"from": "2026-04-02", "until": "2026-04-01"}
    assert (await registry.post(FAR, f"/staff/{FAR.staff_id}/absences", backwards)).status_code == 422


async def test_staff_is_listed_by_node_role_and_name_in_the_subtree(registry: ServiceUnderTest) -> None:
    listed = await expect(registry.get(OFFICER, "/staff", org_id="420106-T01", role="account-manager"), 200)
    assert str(MANAGER.staff_id) in [item["staff_id"] for item in listed["items"]]
    found = await expect(registry.get(OFFICER, "/staff", q="王经"), 200)
    assert [item["name"] for item in found["items"]] == ["王经理"]
    assert (await registry.get(OFFICER, f"/staff/{FAR.staff_id}")).status_code == 404
    far = await expect(registry.get(FAR, "/staff", limit=200), 200)
    assert {item["org_id"] for item in far["items"]} == {"420525"}


async def test_nobody_but_the_administrator_of_the_subtree_employs(registry: ServiceUnderTest) -> None:
    assert (await registry.post(OFFICER, "/staff", someone())).status_code == 403
    elsewhere = Person("420100", "administrator")
    assert (await registry.post(elsewhere, "/staff", someone())).status_code == 404
