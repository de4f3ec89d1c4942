"""How far a customer file is built and with whom it is filed (hubei, art. 17 and 18): who must, shown, told once."""

import pytest

from support.customer_files import BASIC, WHOLE, id_of, path_of, written
from support.declarations import approved, declaration, declared
from support.registry import AGENT, expect
from support.service import ADMINISTRATOR, HEAD, MANAGER, OFFICER, Person, ServiceUnderTest


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
