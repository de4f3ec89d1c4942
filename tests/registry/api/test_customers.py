"""Customers: found by code and name, shown by layer, changed with a version, their whole history."""

import pytest

from support.declarations import approved, credit_code, customer, declaration, declared, trade_name
from support.registry import AGENT, FAR, RIVAL, expect
from support.service import ADMINISTRATOR, INSPECTOR, MANAGER, OFFICER, ServiceUnderTest


async def test_a_code_is_read_with_blanks_hyphens_and_full_width(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    code = answer["customer_code"]
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    shown = f"{code[:6]} {code[6:13]} {code[13]}"
    for written in (code, shown, f"{code[:6]}-{code[6:13]}-{code[13]}", full_width, answer["customer_id"]):
        seen = await expect(registry.get(MANAGER, f"/customers/{written}"), 200)
        assert (seen["customer_id"], seen["code_shown"]) == (answer["customer_id"], shown)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert (await registry.get(MANAGER, f"/customers/{wrong}")).status_code == 404


async def test_a_customer_of_another_unit_is_not_there(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    for key in (answer["customer_id"], answer["customer_code"]):
        for path in (f"/customers/{key}", f"/customers/{key}/history"):
            assert (await registry.get(RIVAL, path)).status_code == 404
        assert (await registry.patch(RIVAL, f"/customers/{key}", {"address": "别处"}, 2)).status_code == 404


async def test_an_administrator_sees_no_customers(registry: ServiceUnderTest) -> None:
    assert (await registry.get(ADMINISTRATOR, "/customers")).status_code == 403


async def test_lists_mask_phones_and_a_full_look_is_recorded(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration(phones=["13812345678"]))
    key = answer["customer_id"]
    [listed] = [
        item
        for item in (await expect(registry.get(MANAGER, "/customers"), 200))["items"]
        if item["customer_id"] == key
    ]
    assert listed["phones"] == ["138****5678"]
    assert (await expect(registry.get(AGENT, f"/customers/{key}"), 200))["phones"] == ["138****5678"]
    assert await registry.rows("SELECT 1 FROM audit_entry WHERE subject = $1", f"customer:{key}") == []
    assert (await expect(registry.get(INSPECTOR, f"/customers/{key}"), 200))["phones"] == ["13812345678"]
    [look] = await registry.rows(
        "SELECT actor, fields FROM audit_entry WHERE subject = $1", f"customer:{key}"
    )
    assert (look["actor"], look["fields"]) == (str(INSPECTOR.staff_id), ["phones"])


async def test_a_natural_persons_name_is_masked_for_the_hotline(registry: ServiceUnderTest) -> None:
    answer = await declared(
        registry, MANAGER, declaration(name="欧阳询", nature="person", phones=["13812340000"])
    )
    assert (await expect(registry.get(AGENT, f"/customers/{answer['customer_id']}"), 200))["name"] == "欧**"


@pytest.mark.parametrize("part", ["part", "initials", "code"])
async def test_customers_are_found_by_part_initials_and_code(registry: ServiceUnderTest, part: str) -> None:
    name = f"武汉{trade_name()}纺织有限公司"
    answer = await approved(registry, MANAGER, OFFICER, MANAGER, name=name)
    [row] = await registry.rows(
        "SELECT initials FROM customer WHERE customer_id = $1::uuid", answer["customer_id"]
    )
    asked = {"part": name[2:6], "initials": row["initials"][:9], "code": answer["customer_code"]}[part]
    found = await expect(registry.get(MANAGER, "/customers", q=asked), 200)
    assert answer["customer_id"] in [item["customer_id"] for item in found["items"]]


async def test_wildcards_in_a_search_are_text(registry: ServiceUnderTest) -> None:
    await declared(registry, MANAGER, declaration())
    for q in ("%", "_", "\\"):
        assert (await registry.get(MANAGER, "/customers", q=q)).status_code == 200
    assert (await expect(registry.get(FAR, "/customers", q="没有这个名字"), 200))["items"] == []


async def test_a_change_needs_the_version_that_was_read(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration())
    path = f"/customers/{answer['customer_id']}"
    missing = await registry.patch(MANAGER, path, {"address": "中南路2号"}, None)
    assert (missing.status_code, missing.json()["code"]) == (428, "if-match-missing")
    changed = await expect(registry.patch(MANAGER, path, {"address": "中南路2号"}, 1), 200)
    assert (changed["address"], changed["version"]) == ("中南路2号", 2)
    stale = await registry.patch(MANAGER, path, {"address": "中南路3号"}, 1)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")


async def test_new_phones_find_the_customer_and_old_ones_do_not(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration(phones=["13700000001"]))
    [before] = await registry.rows(
        "SELECT phone_keys FROM customer WHERE customer_id = $1::uuid", answer["customer_id"]
    )
    body = {"phones": ["13700000002"]}
    await expect(registry.patch(MANAGER, f"/customers/{answer['customer_id']}", body, 1), 200)
    told = await registry.events(f"customer:{answer['customer_id']}")
    keys = told[-1]["payload"]["phone_keys"]
    assert keys
    assert not set(keys) & set(before["phone_keys"])


async def test_a_name_that_another_customer_has_is_refused_and_nothing_changes(
    registry: ServiceUnderTest,
) -> None:
    one = await declared(registry, MANAGER, {"customer": (first := customer()), "lines": ["ceremonial"]})
    two = await declared(registry, MANAGER, declaration())
    path = f"/customers/{two['customer_id']}"
    refused = await expect(registry.patch(MANAGER, path, {"name": first["name"]}, 1), 409)
    assert refused["code"] == "customer-taken"
    seen = await expect(registry.get(MANAGER, path), 200)
    assert (seen["name"], seen["version"]) == (two["customer"]["name"], 1)
    keys = await registry.rows("SELECT 1 FROM identity_key WHERE customer_id = $1::uuid", two["customer_id"])
    assert len(keys) == 1
    assert one["state"] == "protected"


async def test_only_the_center_sets_the_vip_flag(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration())
    path = f"/customers/{answer['customer_id']}"
    assert (await registry.patch(MANAGER, path, {"vip": True}, 1)).status_code == 403
    assert (await expect(registry.patch(OFFICER, path, {"vip": True}, 1), 200))["vip"] is True


async def test_history_tells_everything_newest_first(registry: ServiceUnderTest) -> None:
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    history = await expect(registry.get(MANAGER, f"/customers/{answer['customer_code']}/history"), 200)
    kinds = [item["type"].removeprefix("registry.").removesuffix(".v1") for item in history["items"]]
    assert sorted(kinds) == sorted(
        [
            "customer.changed",
            "declaration.submitted",
            "claim.granted",
            "customer.registered",
            "assignment.changed",
            "claim.renewed",
            "declaration.approved",
        ]
    )
    assert history["total"] == 7
    page = await expect(registry.get(MANAGER, f"/customers/{answer['customer_code']}/history", limit=3), 200)
    assert page["items"] == history["items"][:3]
    assert page["next_cursor"]


async def test_claims_are_listed_and_shown_in_scope(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration("ceremonial", "domestic-express"))
    listed = await expect(
        registry.get(OFFICER, "/claims", customer_id=answer["customer_id"], line="ceremonial"), 200
    )
    [claim] = listed["items"]
    shown = await expect(registry.get(MANAGER, f"/claims/{claim['id']}"), 200)
    assert shown["because"]["reasons"][0]["rule"] == "jiangxi.claim-window"
    assert (await registry.get(RIVAL, f"/claims/{claim['id']}")).status_code == 404


async def test_a_supporting_unit_sees_the_open_layer_of_the_customer_and_changes_nothing(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    first = await declared(
        registry, MANAGER, declaration("ceremonial", credit_code=code, phones=["13812349999"])
    )
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code))
    path = f"/customers/{first['customer_id']}"
    assert (await registry.get(RIVAL, path)).status_code == 404
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "支撑"}), 200)
    seen = await expect(registry.get(RIVAL, path), 200)
    assert seen["phones"] == ["138****9999"]
    assert [claim["line"] for claim in seen["claims"]] == ["domestic-express"]
    assert (await registry.patch(RIVAL, path, {"address": "别处"}, seen["version"])).status_code == 404
    await expect(registry.post(RIVAL, f"/declarations/{held['id']}/withdraw", {}), 200)
    assert (await registry.get(RIVAL, path)).status_code == 404
    assert (await expect(registry.get(MANAGER, path), 200))["supports"] == []
    told = await registry.events(f"customer:{first['customer_id']}")
    assert [event["payload"]["supports"] for event in told] == [
        [],
        [{"line": "domestic-express", "org_id": "420107"}],
        [],
    ]
