"""Annexes 1 and 2 as they go out, blank and filled: laid out as documented, for their reader, read back the same."""

import io
from typing import Any

from python_calamine import CalamineWorkbook

from support import annex_1, annex_2
from support.declarations import FORM, approved, credit_code, customer, declared
from support.registry import AGENT, RIVAL, expect
from support.service import MANAGER, OBSERVER, OFFICER, ServiceUnderTest


def cells_of(content: bytes) -> dict[str, Any]:
    """Give the written cells of the first sheet by address."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return {
        f"{chr(ord('A') + column)}{row + 1}": value
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value != ""
    }


async def test_the_blank_form_filled_in_is_read_back(registry: ServiceUnderTest) -> None:
    got = await registry.get(MANAGER, "/forms/annex-1.xlsx")
    assert got.status_code == 200
    assert "annex" not in got.headers["content-disposition"]
    answer = await expect(annex_1.uploaded(registry, MANAGER, got.content), 201)
    [item] = answer["items"]
    assert {one["code"] for one in item["problems"]} == {"missing"}
    assert "" not in {one["cell"] for one in item["problems"]}


async def test_a_filled_form_is_the_declaration_and_read_again_the_same(registry: ServiceUnderTest) -> None:
    annex = {
        **FORM,
        "mobile": "13907120002",
        "postcode": "430071",
        "filed_on": "2026-03-02",
        "own_number": "=1+1",
    }
    phones = [annex["contact_phone"], annex["mobile"]]
    declaring = customer(credit_code=credit_code(), phones=phones, address=annex["address"])
    body = {"customer": declaring, "lines": ["domestic-express"], "annex_1": annex}
    filed = await declared(registry, MANAGER, body)
    path = f"/declarations/{filed['id']}"
    got = await registry.get(MANAGER, f"{path}/annex-1.xlsx")
    assert got.status_code == 200
    await expect(registry.post(OFFICER, f"{path}/refuse", {"reason": "重复"}), 200)
    again = await expect(annex_1.uploaded(registry, MANAGER, got.content), 201)
    shown = await expect(registry.get(MANAGER, f"/declarations/{again['items'][0]['declaration_id']}"), 200)
    assert shown["annex_1"] == {**annex, "lines": ["domestic-express"]}
    assert shown["customer"] == filed["customer"]


async def test_a_filled_form_is_masked_as_its_reader_sees_it_and_says_what_was_decided(
    registry: ServiceUnderTest,
) -> None:
    answer = await annex_1.taken(registry, MANAGER, {"一": annex_1.form(**{"预计年费用(元)": "1"})})
    path = f"/declarations/{answer['items'][0]['declaration_id']}"
    body = {"manager_id": str(MANAGER.staff_id)}
    approved = await expect(registry.post(OFFICER, f"{path}/approve", body), 200)
    words = cells_of((await registry.get(MANAGER, f"{path}/annex-1.xlsx")).content).values()
    assert "1.同意注册" in words
    assert {"钱女士", "王经理", "生产制造"} <= set(words)
    open_words = set(cells_of((await registry.get(OBSERVER, f"{path}/annex-1.xlsx")).content).values())
    assert open_words < set(words)
    assert not {"钱女士", "王经理", "生产制造"} & open_words
    assert not any(str(word).startswith("027-") for word in open_words)
    assert OFFICER.name in words
    code = approved["customer_code"]
    assert f"{code[:6]} {code[6:13]} {code[13:]}" in words
    assert (await registry.get(RIVAL, f"{path}/annex-1.xlsx")).status_code == 404


async def test_the_blank_form_has_every_label_where_the_documentation_says(
    registry: ServiceUnderTest,
) -> None:
    answer = await registry.get(AGENT, "/forms/annex-2.xlsx")
    assert answer.status_code == 200
    assert cells_of(answer.content) == annex_2.labels()
    # Title, four headings and the 43 fields of topic file-layers.
    assert len(annex_2.labels()) == 1 + 4 + 43


async def test_a_filled_form_goes_out_as_it_came_in(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    await annex_2.taken(registry, MANAGER, annex_2.workbook(annex_2.sheet_of(customer)))
    path = f"/customers/{customer['customer_id']}/file/annex-2.xlsx"
    answer = await registry.get(MANAGER, path)
    cells = cells_of(answer.content)
    assert cells.items() >= {**annex_2.FILLED, "B13": 1200, "D13": 500.25}.items()
    again = await annex_2.taken(registry, MANAGER, answer.content)
    assert (again["taken"], again["items"][0]["version"]) == (1, 1)


async def test_a_form_goes_out_with_the_layers_of_its_reader(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    await annex_2.taken(registry, MANAGER, annex_2.workbook(annex_2.sheet_of(customer)))
    path = f"/customers/{customer['customer_id']}/file/annex-2.xlsx"
    hotline = cells_of((await registry.get(AGENT, path)).content)
    assert {"B13", "B17", "B24"}.isdisjoint(hotline)
    assert hotline["F7"] == "138****4567"
    before = await registry.rows(
        "SELECT 1 FROM audit_entry WHERE kind = 'restricted-layer' AND subject = $1",
        f"customer:{customer['customer_id']}",
    )
    await registry.get(MANAGER, path)
    after = await registry.rows(
        "SELECT 1 FROM audit_entry WHERE kind = 'restricted-layer' AND subject = $1",
        f"customer:{customer['customer_id']}",
    )
    assert len(after) == len(before) + 1
