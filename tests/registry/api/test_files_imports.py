"""Annex 2 as workbooks: each sheet a customer's file apart, added to and never taken from, wrong cells named."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from support.annex_2 import FILLED, imported, labels, sheet_of, taken, workbook
from support.declarations import approved
from support.registry import AGENT, RIVAL, expect
from support.service import FAR_OFFICER, MANAGER, OFFICER, Person, ServiceUnderTest


async def seen(registry: ServiceUnderTest, customer: Mapping[str, Any]) -> dict[str, Any]:
    file: dict[str, Any] = await expect(
        registry.get(MANAGER, f"/customers/{customer['customer_id']}/file"), 200
    )
    return file


async def test_a_form_becomes_the_file_and_counts_as_filed_with_the_city(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    answer = await taken(registry, MANAGER, workbook(sheet_of(customer)))
    assert (answer["forms"], answer["taken"], answer["refused"]) == (1, 1, 0)
    [item] = answer["items"]
    assert (item["customer_id"], item["version"], item["filed_on"]) == (
        customer["customer_id"],
        1,
        "2026-03-02",
    )
    file = await seen(registry, customer)
    assert (
        file["basic"].items()
        >= {
            "number": "A-17",
            "postcode": "430060",
            "address": "武昌区中北路 2 号",
            "business_head": "钱总",
            "business_head_phone": "027-87650001",
            "contact": "孙女士",
            "contact_mobile": "13871234567",
            "industry": "C36",
            "yearly_express_fees": "125000",
            "yearly_pieces": 9000,
        }.items()
    )
    assert "business_head_mobile" not in file["basic"]
    assert file["extended"] == {"staff": 1200, "registered_capital": "5002500", "yearly_profit": "-120000"}
    assert file["key_persons"] == [{"name": "李总", "age": 46, "phone": "13971234567"}]
    assert file["competitors"] == [{"price": "首重 10 元"}]
    assert [one["with"] for one in file["filings"]] == ["city"]
    told = (await registry.events(f"customer:{customer['customer_id']}"))[-1]["payload"]["file"]
    assert (told["filed_on"], told["completeness"]) == ("2026-03-02", item["completeness"])


async def test_one_import_tells_a_customer_once(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    before = len(await registry.events(f"customer:{customer['customer_id']}"))
    await taken(registry, MANAGER, workbook(sheet_of(customer)))
    assert len(await registry.events(f"customer:{customer['customer_id']}")) == before + 1


async def test_a_wrong_form_is_told_by_its_cells_and_the_others_are_taken(
    registry: ServiceUnderTest,
) -> None:
    one, two = [await approved(registry, MANAGER, OFFICER, MANAGER) for _ in range(2)]
    wrong = {"D4": "4300", "E11": "很多", "F13": "=1+1", "D17": -3, "F18": "电话不详"}
    answer = await taken(registry, MANAGER, workbook(sheet_of(one, **wrong), sheet_of(two)))
    assert (answer["taken"], answer["refused"]) == (1, 1)
    problems = {problem["cell"]: problem["code"] for problem in answer["items"][0]["problems"]}
    assert problems == {
        "D4": "string-pattern-mismatch",
        "E11": "int-type",
        "F13": "formula",
        "D17": "int-type",
    }
    assert (await seen(registry, one))["version"] == 0
    assert answer["items"][1]["customer_id"] == two["customer_id"]
    phones = await taken(registry, MANAGER, workbook(sheet_of(one, F18="电话不详")))
    assert phones["items"][0]["problems"][0]["cell"] == "F18"
    errors = await registry.get(MANAGER, f"/customers/files/imports/{answer['id']}/errors.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(errors.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["工作表", "单元格", "栏目", "填写内容"]
    assert ["Sheet1", "D4", "邮政编码", "4300"] in [row[:4] for row in rows]
    again = await expect(registry.get(MANAGER, f"/customers/files/imports/{answer['id']}"), 200)
    assert again["items"] == answer["items"]
    assert (await registry.get(FAR_OFFICER, f"/customers/files/imports/{answer['id']}")).status_code == 404


async def test_what_is_filled_in_is_added_and_nothing_is_taken_out(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    await taken(registry, MANAGER, workbook(sheet_of(customer)))
    blank = dict.fromkeys(FILLED, "")
    more = {**blank, "B13": 1300, "B17": "李总", "F17": "董事长", "B24": "首重 10 元"}
    second = {place.replace(place[1:], str(int(place[1:]) + 11)): words for place, words in labels().items()
              if 16 <= int(place[1:]) <= 22}  # fmt: skip
    answer = await taken(registry, MANAGER, workbook({**sheet_of(customer, **more), **second, "B28": "周总"}))
    assert answer["taken"] == 1, answer["items"]
    file = await seen(registry, customer)
    assert file["extended"]["staff"] == 1300
    assert file["basic"]["contact"] == "孙女士"
    assert file["key_persons"] == [
        {"name": "李总", "age": 46, "phone": "13971234567", "post": "董事长"},
        {"name": "周总"},
    ]
    assert file["competitors"] == [{"price": "首重 10 元"}]
    assert len(file["filings"]) == 2


async def test_a_customer_is_found_by_its_full_name_where_no_code_is_written(
    registry: ServiceUnderTest,
) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    name = (await seen(registry, customer))["basic"]["name"]
    taken_in = await taken(registry, MANAGER, workbook(sheet_of(customer, B4="", D3=name)))
    assert taken_in["items"][0]["customer_id"] == customer["customer_id"]
    other = await taken(registry, MANAGER, workbook(sheet_of(customer, D3="别的有限公司")))
    assert other["items"][0]["problems"][0]["code"] == "name-differs"
    assert other["items"][0]["problems"][0]["cell"] == "D3"
    nobody = await taken(registry, MANAGER, workbook(sheet_of(customer, B4="")))
    assert nobody["items"][0]["problems"][0]["cell"] == "B4"


@pytest.mark.parametrize(("person", "code"), [(RIVAL, "not-found"), (FAR_OFFICER, "not-found")])
async def test_a_file_out_of_scope_is_not_there(
    registry: ServiceUnderTest, person: Person, code: str
) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    answer = await taken(registry, person, workbook(sheet_of(customer)))
    assert [problem["code"] for problem in answer["items"][0]["problems"]] == [code]
    assert (await seen(registry, customer))["version"] == 0


async def test_in_scope_without_the_right_nothing_is_taken(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    colleague = Person("420106-T01", "account-manager")
    answer = await taken(registry, colleague, workbook(sheet_of(customer)))
    assert answer["items"][0]["problems"][0]["code"] == "forbidden"
    assert (await imported(registry, AGENT, workbook(sheet_of(customer)))).status_code == 403


async def test_the_citys_center_takes_in_the_key_persons_that_it_may_not_read(
    registry: ServiceUnderTest,
) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    answer = await taken(registry, OFFICER, workbook(sheet_of(customer)))
    assert answer["taken"] == 1
    path = f"/customers/{customer['customer_id']}/file"
    assert "key_persons" not in await expect(registry.get(OFFICER, path), 200)
    assert (await seen(registry, customer))["key_persons"][0]["name"] == "李总"


async def test_another_sheet_or_a_missing_label_is_refused_aloud(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    answer = await taken(registry, MANAGER, workbook({"A1": "别的表"}, sheet_of(customer, A15="发展前景")))
    other, missing = answer["items"]
    assert [problem["code"] for problem in other["problems"]] == ["not-annex-2"]
    assert [(one["code"], one["cell"]) for one in missing["problems"]] == [("label-missing", "A12")]
    no_workbook = await imported(registry, MANAGER, b"no workbook")
    assert (no_workbook.status_code, no_workbook.json()["pointer"]) == (415, "/file")


async def test_a_repeated_upload_answers_as_the_first_time_and_files_once(
    registry: ServiceUnderTest,
) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    content = workbook(sheet_of(customer))
    first = await taken(registry, MANAGER, content)
    assert await taken(registry, MANAGER, content) == first
    assert len((await seen(registry, customer))["filings"]) == 1


async def test_a_workbook_holds_at_most_200_forms(registry: ServiceUnderTest) -> None:
    answer = await imported(registry, MANAGER, workbook(*[{"A1": "表"}] * 201))
    assert (answer.status_code, answer.json()["code"]) == (413, "workbook-too-large")
    assert (await taken(registry, MANAGER, workbook(*[{"A1": "表"}] * 200)))["refused"] == 200


async def test_a_file_holds_only_so_many_key_persons(registry: ServiceUnderTest) -> None:
    customer = await approved(registry, MANAGER, OFFICER, MANAGER)
    path = f"/customers/{customer['customer_id']}/file"
    persons = [{"name": f"某{number}"} for number in range(50)]
    await expect(registry.patch(MANAGER, path, {"key_persons": persons}, 0), 200)
    answer = await taken(registry, MANAGER, workbook(sheet_of(customer)))
    assert (answer["taken"], answer["items"][0]["problems"][0]["cell"]) == (0, "B17")
    renewed = await taken(registry, MANAGER, workbook(sheet_of(customer, B17="某7")))
    assert renewed["taken"] == 1
