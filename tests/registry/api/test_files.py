"""Customer files: layers by right, looks on record, history kept, completeness told, filing by art. 17 and 18."""

import asyncio
import json
from typing import Any

import pytest

from support.declarations import approved, credit_code, declaration, declared
from support.registry import AGENT, RIVAL, SECOND, expect
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
)

BASIC = {
    "number": "A-17",
    "postcode": "430060",
    "business_head": "钱总",
    "business_head_phone": "027-87650001",
    "contact": "孙女士",
    "contact_mobile": "13871234567",
    "email": "office@example.cn",
    "main_products": "汽车配件",
    "yearly_express_fees": "120000.00",
    "yearly_pieces": 9000,
}
EXTENDED = {"staff": 120, "registered_capital": "5000000.00", "yearly_profit": "-120000.00"}
PERSON = {"name": "李总", "age": 46, "post": "总经理", "phone": "13971234567", "family": "一子一女"}
COMPETITOR = {"price": "首重 10 元", "market_share": "三成"}
WHOLE: dict[str, Any] = {
    "basic": BASIC,
    "extended": EXTENDED,
    "key_persons": [PERSON],
    "competitors": [COMPETITOR],
}
LAYERS = {"basic", "extended", "key_persons", "competitors"}


async def path_of(registry: ServiceUnderTest, **facts: Any) -> str:
    """Register a customer of the first team's manager, and give the path of its file."""
    answer = await approved(registry, MANAGER, OFFICER, MANAGER, **facts)
    return f"/customers/{answer['customer_id']}/file"


async def written(registry: ServiceUnderTest, **facts: Any) -> str:
    """Give the path of a file with all four layers."""
    path = await path_of(registry, **facts)
    await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    return path


def id_of(path: str) -> str:
    return path.split("/")[2]


async def looks(registry: ServiceUnderTest, path: str, kind: str) -> list[dict[str, Any]]:
    return await registry.rows(
        "SELECT actor, fields FROM audit_entry WHERE subject = $1 AND kind = $2 ORDER BY id",
        f"customer:{id_of(path)}",
        kind,
    )


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


@pytest.mark.parametrize(
    ("who", "layers"),
    [
        (MANAGER, LAYERS),
        (HEAD, LAYERS),
        (DIRECTOR, LAYERS),
        (PROVINCE, LAYERS),
        (INSPECTOR, LAYERS),
        (OFFICER, LAYERS - {"key_persons"}),
        (AGENT, {"basic"}),
    ],
)
async def test_each_role_sees_the_layers_that_are_its_own_and_no_others(
    registry: ServiceUnderTest, who: Person, layers: set[str]
) -> None:
    path = await written(registry)
    seen = await expect(registry.get(who, path), 200)
    assert set(seen) & LAYERS == layers


async def test_another_manager_of_the_unit_sees_the_open_layer_alone(registry: ServiceUnderTest) -> None:
    path = await written(registry)
    stranger = Person("420106-T01", "account-manager")
    assert set(await expect(registry.get(stranger, path), 200)) & LAYERS == {"basic"}
    assert (await registry.patch(stranger, path, {"basic": {"number": "B"}}, 1)).status_code == 403


async def test_out_of_scope_there_is_no_file_and_an_administrator_sees_none(
    registry: ServiceUnderTest,
) -> None:
    path = await written(registry)
    for stranger in (RIVAL, SECOND, FAR_OFFICER):
        assert (await registry.get(stranger, path)).status_code == 404
        assert (await registry.get(stranger, f"{path}/history")).status_code == 404
        assert (await registry.patch(stranger, path, {"basic": {"number": "B"}}, 1)).status_code == 404
        assert (await registry.post(stranger, f"{path}/filings", {"with": "city"})).status_code == 404
    assert (await registry.get(ADMINISTRATOR, path)).status_code == 403


async def test_a_supporting_unit_sees_the_open_layer_and_writes_nothing(registry: ServiceUnderTest) -> None:
    code = credit_code()
    first = await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code))
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "支撑"}), 200)
    path = f"/customers/{first['customer_id']}/file"
    await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    seen = await expect(registry.get(RIVAL, path), 200)
    assert set(seen) & LAYERS == {"basic"}
    assert seen["basic"]["contact_mobile"] == "138****4567"
    assert (await registry.patch(RIVAL, path, {"basic": {"number": "B"}}, 1)).status_code == 403


async def test_a_look_at_key_persons_is_recorded_and_the_hotline_makes_none(
    registry: ServiceUnderTest,
) -> None:
    path = await written(registry)
    before = len(await looks(registry, path, "restricted-layer"))
    for who in (AGENT, OFFICER):
        await expect(registry.get(who, path), 200)
    assert len(await looks(registry, path, "restricted-layer")) == before
    await expect(registry.get(INSPECTOR, path), 200)
    look = (await looks(registry, path, "restricted-layer"))[-1]
    assert (look["actor"], look["fields"]) == (str(INSPECTOR.staff_id), ["key-persons"])


async def test_phones_of_the_basic_layer_are_masked_for_the_hotline_and_full_looks_recorded(
    registry: ServiceUnderTest,
) -> None:
    path = await written(registry)
    before = len(await looks(registry, path, "personal-data"))
    agent = (await expect(registry.get(AGENT, path), 200))["basic"]
    assert (agent["contact_mobile"], agent["business_head_phone"]) == ("138****4567", "027-****0001")
    assert len(await looks(registry, path, "personal-data")) == before
    officer = (await expect(registry.get(OFFICER, path), 200))["basic"]
    assert officer["contact_mobile"] == "13871234567"
    assert (await looks(registry, path, "personal-data"))[-1]["actor"] == str(OFFICER.staff_id)


async def test_nobody_changes_a_layer_that_they_may_not_see(registry: ServiceUnderTest) -> None:
    path = await written(registry)
    refused = await expect(registry.patch(OFFICER, path, {"key_persons": []}, 1), 403)
    assert refused["pointer"] == "/key_persons"
    assert (await registry.patch(AGENT, path, {"basic": {"number": "B"}}, 1)).status_code == 403
    assert (await registry.patch(INSPECTOR, path, {"basic": {"number": "B"}}, 1)).status_code == 403
    seen = await expect(registry.get(MANAGER, path), 200)
    assert (seen["key_persons"], seen["version"]) == ([PERSON], 1)


async def test_a_customer_may_raise_a_layer_and_never_lower_it(registry: ServiceUnderTest) -> None:
    path = await written(registry)
    low = await expect(registry.patch(HEAD, path, {"confidentiality": {"extended": "open"}}, 1), 422)
    assert (low["pointer"], low["because"]["reasons"][0]["rule"]) == (
        "/confidentiality/extended",
        "hubei.file-confidentiality",
    )
    raised = {"confidentiality": {"basic": "restricted", "extended": "restricted"}}
    seen = await expect(registry.patch(HEAD, path, raised, 1), 200)
    assert seen["confidentiality"]["basic"] == "restricted"
    history = await expect(registry.get(HEAD, f"{path}/history"), 200)
    assert [(item["layer"], item["fields"]) for item in history["items"][:2]] == [
        ("extended", ["confidentiality"]),
        ("basic", ["confidentiality"]),
    ]
    assert set(await expect(registry.get(OFFICER, path), 200)) & LAYERS == {"competitors"}
    assert set(await expect(registry.get(AGENT, path), 200)) & LAYERS == set()
    assert (await registry.patch(OFFICER, path, {"extended": {"staff": 1}}, 2)).status_code == 403


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


async def test_completeness_is_told_by_layer_when_it_changes_and_only_then(
    registry: ServiceUnderTest,
) -> None:
    path = await path_of(registry)
    before = await registry.events(f"customer:{id_of(path)}")
    assert before[-1]["payload"]["file"] == {
        "completeness": {},
        "filed_on": None,
        "filed_with_province_on": None,
    }
    # Of 18 basic fields ten are sent, and name, code and address are the customer's own.
    await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    after = await registry.events(f"customer:{id_of(path)}")
    assert len(after) == len(before) + 1
    assert after[-1]["type"] == "registry.customer.changed.v1"
    assert after[-1]["payload"]["file"]["completeness"] == {
        "basic": "0.72",
        "extended": "0.43",
        "key-persons": "0.38",
        "competitors": "0.40",
    }
    await expect(registry.patch(MANAGER, path, {"basic": {"number": "B-1"}}, 1), 200)
    assert len(await registry.events(f"customer:{id_of(path)}")) == len(after)


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


async def test_the_unit_files_with_the_city_and_it_is_told_once_with_its_first_day(
    registry: ServiceUnderTest,
) -> None:
    path = await written(registry)
    filed = await expect(registry.post(MANAGER, f"{path}/filings", {"with": "city"}), 201)
    assert (filed["filed_on"], filed["required"], filed["file_version"]) == ("2026-03-02", True, 1)
    assert filed["because"]["reasons"][0]["rule"] == "hubei.file-reporting"
    told = (await registry.events(f"customer:{id_of(path)}"))[-1]["payload"]["file"]
    assert (told["filed_on"], told["filed_with_province_on"]) == ("2026-03-02", None)
    assert (await expect(registry.get(MANAGER, path.removesuffix("/file")), 200))["file"] == told
    count = len(await registry.events(f"customer:{id_of(path)}"))
    await expect(registry.patch(MANAGER, path, {"basic": {"number": "B"}}, 1), 200)
    seen = await expect(registry.get(MANAGER, path), 200)
    assert seen["filing"]["city"]["changed_since"] is True
    await expect(registry.post(HEAD, f"{path}/filings", {"with": "city"}), 201)
    seen = await expect(registry.get(MANAGER, path), 200)
    assert seen["filing"]["city"] == {"filed_on": "2026-03-02", "changed_since": False}
    assert [one["with"] for one in seen["filings"]] == ["city", "city"]
    assert len(await registry.events(f"customer:{id_of(path)}")) == count


@pytest.mark.parametrize(
    ("fees", "cls", "required"), [("300000.00", 2, True), ("299999.99", 3, False), ("9999.99", None, False)]
)
async def test_the_city_passes_on_class_two_and_up_and_the_answer_says_whether_it_must(
    registry: ServiceUnderTest, fees: str, cls: int | None, required: bool
) -> None:
    manager = Person("420106-T01", "account-manager", "专职经理", f"4209{(cls or 0):04d}")
    people = {
        "items": [
            {
                "staff_id": str(manager.staff_id),
                "staff_no": manager.staff_no,
                "name": manager.name,
                "org_id": manager.org_id,
                "roles": [manager.role],
            }
        ]
    }
    await expect(registry.post(ADMINISTRATOR, "/staff/import", people), 201)
    answer = await approved(registry, MANAGER, OFFICER, manager, fees=fees)
    assert answer.get("class") == cls
    path = f"/customers/{answer['customer_id']}/file"
    await expect(registry.patch(manager, path, {"basic": BASIC}, 0), 200)
    await expect(registry.post(manager, f"{path}/filings", {"with": "city"}), 201)
    assert (await registry.post(manager, f"{path}/filings", {"with": "province"})).status_code == 403
    filed = await expect(registry.post(OFFICER, f"{path}/filings", {"with": "province"}), 201)
    reason = filed["because"]["reasons"][0]
    assert (filed["required"], reason["rule"], reason["inputs"]) == (
        required,
        "hubei.file-reporting",
        {"class": cls},
    )
    told = (await registry.events(f"customer:{answer['customer_id']}"))[-1]["payload"]["file"]
    assert told["filed_with_province_on"] == "2026-03-02"
    state = (await expect(registry.get(OFFICER, path), 200))["filing"]["province"]
    assert (state["required"], state["filed_on"]) == (required, "2026-03-02")


async def test_an_empty_file_is_not_filed_and_the_province_not_before_the_city(
    registry: ServiceUnderTest,
) -> None:
    path = await path_of(registry)
    empty = await expect(registry.post(MANAGER, f"{path}/filings", {"with": "city"}), 409)
    assert (empty["code"], empty["because"]["reasons"][0]["article"]) == ("file-not-built", "17, 18")
    await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    early = await expect(registry.post(OFFICER, f"{path}/filings", {"with": "province"}), 409)
    assert early["code"] == "file-not-with-city"
    assert (await registry.post(AGENT, f"{path}/filings", {"with": "city"})).status_code == 403


async def test_a_registered_customer_must_have_a_file_and_the_answer_cites_why(
    registry: ServiceUnderTest,
) -> None:
    prospect = await declared(registry, MANAGER, declaration())
    seen = await expect(registry.get(MANAGER, f"/customers/{prospect['customer_id']}/file"), 200)
    assert seen["mandatory"]["required"] is False
    seen = await expect(registry.get(MANAGER, await path_of(registry)), 200)
    assert seen["mandatory"]["required"] is True
    assert seen["mandatory"]["because"]["reasons"][0]["rule"] == "hubei.file-reporting"
