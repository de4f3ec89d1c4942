"""The layers of a customer file: each is seen and changed by right, raised and never lowered, looks are on record."""

import pytest

from support.customer_files import LAYERS, PERSON, WHOLE, looks, written
from support.declarations import credit_code, declaration, declared
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
