"""Annex 1 as a workbook: each form a declaration of its own, told by cells where it is wrong."""

import io
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from support.annex_1 import XLSX, form, imported, taken, uploaded, workbook
from support.declarations import credit_code, declaration, declared
from support.registry import RIVAL, expect
from support.service import FAR_OFFICER, INSPECTOR, MANAGER, OFFICER, Person, ServiceUnderTest


async def test_a_form_becomes_the_declaration_that_posting_its_fields_makes(
    registry: ServiceUnderTest,
) -> None:
    words = form(
        统一社会信用代码=credit_code(),
        移动电话="13907120001",
        所属行业="C39",
        重要程度="潜在客户",
        申报时间="2026年3月2日",
        客户的服务方="武昌一班",
        联系人="王经理",
        自编号="A-17",
    )
    answer = await taken(registry, MANAGER, {"一": words})
    assert (answer["forms"], answer["taken"], answer["refused"]) == (1, 1, 0)
    [item] = answer["items"]
    assert (item["sheet"], item["state"]) == ("一", "filed")
    shown = await expect(registry.get(MANAGER, f"/declarations/{item['declaration_id']}"), 200)
    assert shown["customer"] == {
        "name": words["客户名称"],
        "credit_code": words["统一社会信用代码"],
        "phones": [words["联系电话"], "13907120001"],
        "address": "武昌区中北路1号",
        "division": "420106",
        "nature": "organisation",
    }
    assert shown["lines"] == ["domestic-express", "intra-city-express"]
    assert shown["annex_1"] == {
        "kind": "manufacturing",
        "business": "manufacturing",
        "contact": "钱女士",
        "contact_phone": words["联系电话"],
        "mobile": "13907120001",
        "address": "武昌区中北路1号",
        "handler": "王经理",
        "own_number": "A-17",
        "lines": ["domestic-express", "intra-city-express"],
        "served_by": "武昌一班（联系人：王经理）",
        "filed_on": "2026-03-02",
        "industry": "C39",
        "estimated_yearly_fees": "120000.00",
        "importance": "potential",
    }
    assert len(shown["claims"]) == 2
    assert item["customer_id"] == shown["customer_id"]


async def test_a_bad_form_never_sinks_the_workbook_and_is_told_by_cell_in_both_languages(
    registry: ServiceUnderTest,
) -> None:
    bad = form(客户类别="农业", 邮政编码="43007", 所在行政区划=None, 联系电话="没有电话")
    answer = await taken(registry, MANAGER, {"好": form(), "坏": bad, "也好": form()})
    assert (answer["forms"], answer["taken"], answer["refused"]) == (3, 2, 1)
    good, wrong, fine = answer["items"]
    assert (good["state"], fine["state"]) == ("filed", "filed")
    assert {(one["cell"], one["code"]) for one in wrong["problems"]} == {
        ("B4", "unknown-option"),
        ("B8", "string-pattern-mismatch"),
        ("F16", "missing"),
    }
    assert all(one["zh"] and one["en"] for one in wrong["problems"])
    kept = await expect(registry.get(MANAGER, f"/declarations/imports/{answer['id']}"), 200)
    assert kept == answer


async def test_what_only_the_handler_can_tell_is_told_by_cell_too(registry: ServiceUnderTest) -> None:
    sheets = {
        "电话": form(联系电话="没有电话"),
        "代码": form(统一社会信用代码="91420100000000000X"),
        "单位": form(申报单位="420107"),
        "名称": form(申报单位="没有这个班"),
    }
    answer = await taken(registry, MANAGER, sheets)
    told = {
        item["sheet"]: [(one["cell"], one["code"]) for one in item["problems"]] for item in answer["items"]
    }
    assert told == {
        "电话": [("F6", "invalid-value")],
        "代码": [("B16", "invalid-value")],
        "单位": [("B2", "not-found")],
        "名称": [("B2", "unknown-unit")],
    }
    assert await registry.rows("SELECT 1 FROM declaration WHERE name = $1", sheets["电话"]["客户名称"]) == []


@pytest.mark.parametrize(
    "written", ["420106-T02", "武昌二班", "武昌二班 420106-T02", "武昌二班（420106-T02）"]
)
async def test_a_center_files_for_a_unit_that_the_form_names(
    registry: ServiceUnderTest, written: str
) -> None:
    answer = await taken(registry, OFFICER, {"一": form(申报单位=written)})
    shown = await expect(registry.get(OFFICER, f"/declarations/{answer['items'][0]['declaration_id']}"), 200)
    assert shown["org_id"] == "420106-T02"


async def test_the_unit_of_the_request_holds_where_the_form_names_none(registry: ServiceUnderTest) -> None:
    answer = await taken(registry, OFFICER, {"一": form()}, org_id="420106-T01")
    shown = await expect(registry.get(OFFICER, f"/declarations/{answer['items'][0]['declaration_id']}"), 200)
    assert shown["org_id"] == "420106-T01"


async def test_the_same_key_gives_the_same_answer_and_another_key_finds_the_customers_taken(
    registry: ServiceUnderTest,
) -> None:
    content, key = workbook({"一": form(), "二": form()}), str(uuid4())
    first = await expect(uploaded(registry, MANAGER, content, key=key), 201)
    assert await expect(uploaded(registry, MANAGER, content, key=key), 201) == first
    other = await uploaded(registry, MANAGER, workbook({"一": form()}), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    again = await expect(uploaded(registry, RIVAL, content), 201)
    assert (again["taken"], again["refused"]) == (0, 2)
    for item in again["items"]:
        assert item["state"] == "refused"
        assert item["refusal"]["holder"]["org_id"] == "420106-T01"


async def test_one_customer_twice_in_a_workbook_is_taken_once(registry: ServiceUnderTest) -> None:
    words = form(统一社会信用代码=credit_code())
    other = form(**{**words, "客户名称": f"{words['客户名称']}(新)", "申报单位": "武昌二班"})
    answer = await taken(registry, OFFICER, {"一": {**words, "申报单位": "武昌一班"}, "二": other})
    assert [item["state"] for item in answer["items"]] == ["filed", "refused"]
    assert answer["items"][1]["refusal"]["matched"] == ["credit-code"]


async def test_the_error_sheet_is_chinese_and_says_cell_words_and_reason(registry: ServiceUnderTest) -> None:
    held = await declared(registry, RIVAL, declaration())
    name = held["customer"]["name"]
    bad = form(客户类别="=cmd|' /C calc'!A0")
    again = form(客户名称=name, 联系电话=held["customer"]["phones"][0])
    answer = await taken(registry, MANAGER, {"坏": bad, "重": again, "好": form()})
    got = await registry.get(MANAGER, f"/declarations/imports/{answer['id']}/errors.xlsx")
    assert (got.status_code, got.headers["content-type"]) == (200, XLSX)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(got.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["工作表", "单元格", "栏目", "填写内容", "原因", "Reason"]
    assert rows[1][:4] == ["坏", "B4", "客户类别", "=cmd|' /C calc'!A0"]
    assert rows[2][:4] == ["重", "B5", "客户名称", name]
    assert "青山区邮政局" in str(rows[2][4])
    assert len(rows) == 3


async def test_an_import_is_its_units_own(registry: ServiceUnderTest) -> None:
    answer = await taken(registry, MANAGER, {"坏": form(联系电话="没有电话")})
    path = f"/declarations/imports/{answer['id']}"
    assert (await registry.get(OFFICER, path)).status_code == 200
    assert (await registry.get(RIVAL, path)).status_code == 404
    assert (await registry.get(FAR_OFFICER, f"{path}/errors.xlsx")).status_code == 404
    before = await registry.rows(
        "SELECT count(*) AS n FROM audit_entry WHERE subject LIKE 'declaration-import:%'"
    )
    await registry.get(INSPECTOR, f"{path}/errors.xlsx")
    after = await registry.rows(
        "SELECT count(*) AS n FROM audit_entry WHERE subject LIKE 'declaration-import:%'"
    )
    assert after[0]["n"] == before[0]["n"] + 1


async def test_what_was_written_lies_sealed(registry: ServiceUnderTest) -> None:
    answer = await taken(registry, MANAGER, {"坏": form(联系电话="没有电话13907129999")})
    [row] = await registry.rows(
        "SELECT outcome FROM declaration_import WHERE import_id = $1::uuid", answer["id"]
    )
    assert b"13907129999" not in row["outcome"]


async def test_a_workbook_that_is_none_is_refused_whole(registry: ServiceUnderTest) -> None:
    not_one = await uploaded(registry, MANAGER, b"name,phone\n")
    assert (not_one.status_code, not_one.json()["code"]) == (415, "not-a-workbook")
    empty = await imported(registry, MANAGER, {"空": {}})
    assert (empty.status_code, empty.json()["code"]) == (422, "no-forms")
    other = await taken(registry, MANAGER, {"说明": {"填表说明": "请认真填写"}})
    assert other["items"] == [
        {
            "sheet": "说明",
            "problems": [
                {
                    "code": "not-annex-1",
                    "zh": "工作表不是《大客户注册申报登记表》",
                    "en": "the sheet is no annex 1: its labels are missing",
                    "cell": "",
                }
            ],
        }
    ]


async def test_a_form_where_no_law_is_in_force_stops_no_other(registry: ServiceUnderTest) -> None:
    nation = Person("CN", "center-officer")
    sheets = {"无": form(申报单位="CN"), "有": form(申报单位="420106-T01")}
    lawless, fine = (await taken(registry, nation, sheets))["items"]
    assert [one["code"] for one in lawless["problems"]] == ["no-law"]
    assert fine["state"] == "filed"


async def test_a_file_at_the_limit_is_looked_into_and_one_byte_more_is_not(
    registry: ServiceUnderTest,
) -> None:
    most = registry.runtime.settings.max_attachment_bytes
    assert (await uploaded(registry, MANAGER, b"x" * most)).json()["code"] == "not-a-workbook"
    more = await uploaded(registry, MANAGER, b"x" * (most + 1))
    assert (more.status_code, more.json()["code"]) == (413, "workbook-too-large")


async def test_200_forms_are_the_most(registry: ServiceUnderTest) -> None:
    sheets = {str(number): {"客户名称": "缺"} for number in range(200)}
    assert (await taken(registry, MANAGER, sheets))["forms"] == 200
    more = await imported(registry, MANAGER, {**sheets, "200": {"客户名称": "缺"}})
    assert (more.status_code, more.json()["code"]) == (413, "workbook-too-large")
