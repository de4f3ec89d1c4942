"""Changing a customer file: by the version that was read, each field checked, the former kept, personal data sealed."""

import asyncio
import json
from typing import Any

import pytest

from support.customer_files import BASIC, COMPETITOR, EXTENDED, PERSON, WHOLE, id_of, path_of, written
from support.registry import AGENT, expect
from support.service import HEAD, MANAGER, ServiceUnderTest


async def test_a_file_nobody_has_begun_shows_what_the_customer_knows(registry: ServiceUnderTest) -> None:
    path = await path_of(registry)
    seen = await expect(registry.get(MANAGER, path), 200)
    assert (seen["version"], seen["extended"], seen["key_persons"]) == (0, {}, [])
    assert set(seen["basic"]) == {"name", "customer_code", "address"}


async def test_the_four_layers_are_kept_and_shown_to_the_manager(registry: ServiceUnderTest) -> None:
    path = await path_of(registry)
    changed = await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    seen = await expect(registry.get(MANAGER, path), 200)
    assert seen == changed
    assert seen["basic"].items() >= BASIC.items()
    assert (seen["extended"], seen["key_persons"], seen["competitors"]) == (EXTENDED, [PERSON], [COMPETITOR])
    assert seen["version"] == 1


async def test_no_answer_is_kept_with_names_or_phones_that_can_be_read(registry: ServiceUnderTest) -> None:
    path = await path_of(registry, nature="person", name="欧阳慎之")
    headers = {**registry.headers(MANAGER), "If-Match": '"0"', "Idempotency-Key": f"kept {path}"}
    changed = await registry.http.patch(f"/v1{path}", json=WHOLE, headers=headers)
    again = await registry.http.patch(f"/v1{path}", json=WHOLE, headers=headers)
    assert changed.status_code == again.status_code == 200
    assert PERSON["name"] in again.text and again.content == changed.content
    kept = b"".join(
        row["body"] for row in await registry.rows("SELECT body FROM idempotency WHERE body IS NOT NULL")
    )
    for personal in (PERSON["name"], PERSON["phone"], BASIC["contact_mobile"], "欧阳慎之", "87650000"):
        assert str(personal).encode() not in kept


async def test_a_change_needs_the_version_that_was_read(registry: ServiceUnderTest) -> None:
    path = await path_of(registry)
    assert (await registry.patch(MANAGER, path, WHOLE, None)).status_code == 428
    await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    stale = await expect(registry.patch(HEAD, path, {"basic": {"number": "B"}}, 0), 412)
    assert stale["code"] == "stale-version"


async def test_of_two_changes_at_one_instant_one_wins(registry: ServiceUnderTest) -> None:
    path = await path_of(registry)
    answers = await asyncio.gather(
        *(registry.patch(MANAGER, path, {"basic": {"number": f"N{number}"}}, 0) for number in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert (await expect(registry.get(MANAGER, path), 200))["version"] == 1


async def test_history_keeps_who_changed_what_from_what(registry: ServiceUnderTest) -> None:
    path = await written(registry)
    await expect(registry.patch(HEAD, path, {"extended": {"staff": 150, "yearly_profit": None}}, 1), 200)
    await expect(registry.patch(MANAGER, path, {"key_persons": []}, 2), 200)
    history = await expect(registry.get(MANAGER, f"{path}/history"), 200)
    persons, extended = history["items"][:2]
    assert (persons["layer"], persons["former"]) == ("key-persons", [PERSON])
    assert (extended["staff_id"], extended["former"]) == (
        str(HEAD.staff_id),
        {"staff": 120, "yearly_profit": "-120000.00"},
    )
    assert history["total"] == 6
    narrow = await expect(registry.get(AGENT, f"{path}/history"), 200)
    assert {item["layer"] for item in narrow["items"]} == {"basic"}
    seen = await expect(registry.get(MANAGER, path), 200)
    assert seen["extended"] == {"staff": 150, "registered_capital": "5000000.00"}


async def test_a_patch_that_changes_nothing_leaves_version_and_history(registry: ServiceUnderTest) -> None:
    path = await written(registry)
    again = await expect(registry.patch(MANAGER, path, WHOLE, 1), 200)
    assert again["version"] == 1
    assert (await expect(registry.get(MANAGER, f"{path}/history"), 200))["total"] == 4


async def test_personal_data_rests_sealed_and_is_never_told(registry: ServiceUnderTest) -> None:
    path = await written(registry)
    [row] = await registry.rows("SELECT * FROM customer_file WHERE customer_id = $1::uuid", id_of(path))
    former = await registry.rows(
        "SELECT former FROM customer_file_change WHERE customer_id = $1::uuid", id_of(path)
    )
    stored = b"".join([row["basic"], row["key_persons"], *(one["former"] for one in former)])
    told = json.dumps(await registry.events(f"customer:{id_of(path)}"), ensure_ascii=False, default=str)
    for secret in ("李总", "13971234567", "13871234567", "钱总"):
        assert secret.encode() not in stored
        assert secret not in told


async def test_address_and_industry_of_a_file_are_the_customers_own(registry: ServiceUnderTest) -> None:
    path = await path_of(registry)
    body = {"basic": {"address": "珞喻路9号", "industry": "C36"}}
    seen = await expect(registry.patch(MANAGER, path, body, 0), 200)
    assert (seen["basic"]["address"], seen["basic"]["industry"]) == ("珞喻路9号", "C36")
    customer = await expect(registry.get(MANAGER, path.removesuffix("/file")), 200)
    assert (customer["address"], customer["industry"]) == ("珞喻路9号", "C36")
    assert (await registry.events(f"customer:{id_of(path)}"))[-1]["payload"]["industry"] == "C36"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"basic": {"postcode": "43006"}}, "/basic/postcode"),
        ({"basic": {"contact_phone": "不详"}}, "/basic/contact_phone"),
        ({"basic": {"email": "office"}}, "/basic/email"),
        ({"basic": {"name": "别的公司"}}, "/basic/name"),
        ({"basic": {"yearly_express_fees": "-1"}}, "/basic/yearly_express_fees"),
        ({"extended": {"staff": 1.5}}, "/extended/staff"),
        ({"key_persons": [{"age": 40}]}, "/key_persons/0/name"),
        ({"key_persons": [{"name": "李总", "phone": "不详"}]}, "/key_persons/0/phone"),
        ({"competitors": [{}]}, "/competitors/0"),
    ],
)
async def test_a_wrong_field_is_refused_at_its_place_and_changes_nothing(
    registry: ServiceUnderTest, body: dict[str, Any], pointer: str
) -> None:
    path = await path_of(registry)
    refused = await expect(registry.patch(MANAGER, path, body, 0), 422)
    assert refused["pointer"] == pointer
    assert (await expect(registry.get(MANAGER, path), 200))["version"] == 0
