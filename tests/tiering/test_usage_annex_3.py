"""Annex 3 as a workbook: read exactly, written as it is read, compared with what was before."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from chassis.spreadsheets.writing import Book, Style, Value
from support.service import FAR_OFFICER, MANAGER, OFFICER, ServiceUnderTest, expect
from support.usage_filing import customer, done, filed, on_record, refusals, row, upload, warned
from tiering.api.annex3 import SHEET
from tiering.policies.annex3 import change

LOWER = ("当月", "较上月（%）", "累计", "较上年（%）")


def annex_3(rows: Sequence[Sequence[Value]], *, totals: Sequence[Value] | None = None) -> bytes:
    """Draw the form as docs/forms.md describes it."""
    book = Book()
    sheet = book.sheet("附件3")
    sheet.merge((0, 0), (0, 13), "物流大客户用邮信息表", Style.TITLE)
    sheet.merge((1, 0), (1, 7), "营销服务单位（盖章）：武汉市邮政局", Style.NOTE)
    sheet.merge((1, 8), (1, 13), "单位代码：420100", Style.NOTE)
    for column, word in (
        (0, "年月"),
        (1, "客户编码"),
        (2, "客户名称"),
        (3, "等级"),
        (4, "业务种类"),
        (13, "重量（公斤）"),
    ):
        sheet.merge((2, column), (3, column), word, Style.HEADER)
    for column, word in ((5, "用邮收入（万元）"), (9, "用邮量（件或吨）")):
        sheet.merge((2, column), (2, column + 3), word, Style.HEADER)
        for number, lower in enumerate(LOWER):
            sheet.put(3, column + number, lower, Style.HEADER)
    for one in rows:
        sheet.append(one)
    if totals is not None:
        sheet.append(totals)
    sheet.append(["备注：每月5日前填报。"])
    sheet.append(["填报人：周专员", None, None, None, None, None, "单位负责人：吴主任"])
    return book.finish()


def filled(code: str, revenue: Value, pieces: Value = 10, kg: Value = None, **more: Any) -> list[Value]:
    month, line = more.get("month", "2026-02"), more.get("line", "一体化物流")
    return [month, code, "江城汽配", "1", line, revenue, None, None, None, pieces, None, None, None, kg]


async def load(tiering: ServiceUnderTest, content: bytes, month: str = "2026-02") -> Any:
    body = await upload(tiering, OFFICER, content, name="附件3.xlsx", month=month)
    return await done(tiering, OFFICER, body["id"])


async def test_ten_thousands_of_yuan_become_yuan_exactly(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering) for _ in range(3)]
    rows = [
        filled(codes[0], Decimal("12.345678")),
        filled(codes[1], Decimal("0.000001"), 0),
        filled(codes[2], "０.１", "1.5吨"),
    ]
    file = await load(tiering, annex_3(rows))
    assert (file["state"], file["loaded_rows"], file["refused_rows"]) == ("loaded", 3, 0), file
    kept = [(await on_record(tiering, one))[0] for one in codes]
    assert [one["revenue"] for one in kept] == [Decimal("123456.78"), Decimal("0.01"), Decimal("1000.00")]
    assert [(one["pieces"], one["weight_kg"]) for one in kept] == [(10, 0), (0, 0), (0, Decimal(1500))]


async def test_wrong_rows_of_a_sheet_are_refused_by_their_row(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    rows = [
        filled(made, Decimal("1")),
        filled(made, Decimal("0.0000001"), line="礼仪"),
        filled(made, Decimal("1"), line="同城速递", month="2026年1月"),
        filled(made, Decimal("-1"), line="同城速递"),
        filled(made[:-1], Decimal("1")),
        filled(made, None, None),
    ]
    file = await load(tiering, annex_3(rows))
    assert await refusals(tiering, OFFICER, file["id"]) == {
        6: "revenue-scale", 7: "wrong-month", 8: "revenue-negative", 9: "malformed-customer-code",
    }  # fmt: skip
    assert (file["rows"], file["loaded_rows"]) == (5, 1)


async def test_totals_of_a_sheet_are_compared(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    totals: list[Value] = [
        "合计",
        None,
        None,
        None,
        None,
        Decimal("2"),
        None,
        None,
        None,
        10,
        None,
        None,
        None,
        None,
    ]
    right = await load(tiering, annex_3([filled(made, Decimal("2"))], totals=totals))
    assert warned(right) == [] and right["totals"]["stated"] == {
        "revenue": "20000",
        "pieces": "10",
        "weight_kg": None,
    }
    wrong = await load(tiering, annex_3([filled(made, Decimal("3"))], totals=totals))
    assert warned(wrong) == ["revenue-total-differs"]


async def test_a_workbook_without_the_header_or_that_is_none_is_rejected(tiering: ServiceUnderTest) -> None:
    book = Book()
    book.sheet("别的").append(["客户编码", "收入"])
    assert (await load(tiering, book.finish()))["rejected_because"]["code"] == "header-missing"
    assert (await load(tiering, b"not a workbook"))["rejected_because"]["code"] == "not-a-workbook"


async def test_a_formula_is_no_figure_but_the_rest_of_the_sheet_is_taken(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering) for _ in range(2)]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("附件3")
    sheet.write_row(0, 0, ["客户编码", "业务种类", "用邮收入（万元）/当月"])
    sheet.write_row(1, 0, [codes[0], "礼仪"])
    sheet.write_formula(1, 2, "=1+1", value=2)
    sheet.write_row(2, 0, [codes[1], "礼仪", 2])
    book.close()
    file = await load(tiering, out.getvalue())
    assert await refusals(tiering, OFFICER, file["id"]) == {2: "formula"}
    assert [one["revenue"] for one in await on_record(tiering, codes[1])] == [Decimal(20_000)]


async def test_the_form_gives_back_what_is_on_record_with_comparisons(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering, "420525", "远安茶业")
    for month, revenue, pieces in (
        ("2025-01", "5000", 20), ("2025-02", "15000", 20), ("2025-12", "1", 1), ("2026-01", "10000", 30),
        ("2026-02", "20000", 15),
    ):  # fmt: skip
        await filed(tiering, FAR_OFFICER, [row(made, revenue, line="礼仪", pieces=pieces)], month=month)
    answer = await tiering.get(FAR_OFFICER, "/usage-files/form.xlsx", org_id="420525", month="2026-02")
    assert answer.status_code == 200, answer.text
    [sheet] = (await tiering.runtime.workbooks.read(answer.content)).sheets
    texts = [[cell.text for cell in sheet.row(number)] for number in range(sheet.height)]
    assert texts[0][0] == "物流大客户用邮信息表" and texts[1][0] == "营销服务单位（盖章）：远安县邮政局"
    [line] = [one for one in texts if one[1] == made]
    assert line == [
        "2026-02", made, "远安茶业", line[3], "礼仪", "2", "100", "3", "50", "15", "-50", "45", "12.5", "1.5",
    ]  # fmt: skip
    assert any(one[0] == "合计" and one[5] == "2" for one in texts)
    again = await upload(
        tiering, FAR_OFFICER, answer.content, name="附件3.xlsx", month="2026-02", org_id="420500"
    )
    file = await done(tiering, FAR_OFFICER, again["id"])
    assert (file["unchanged_rows"], file["refused_rows"], warned(file)) == (1, 0, [])


async def test_the_form_names_customers_without_figures_and_takes_such_rows_back_as_blank(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering, "420506")
    answer = await tiering.get(FAR_OFFICER, "/usage-files/form.xlsx", org_id="420506", month="2026-02")
    body = await upload(tiering, FAR_OFFICER, answer.content, name="附件3.xlsx", month="2026-02")
    file = await done(tiering, FAR_OFFICER, body["id"])
    assert (file["state"], file["rows"], file["refused_rows"]) == ("loaded", 0, 0)
    assert await on_record(tiering, made) == []


async def test_the_form_is_given_to_filers_of_the_scope_only(tiering: ServiceUnderTest) -> None:
    expect(await tiering.get(MANAGER, "/usage-files/form.xlsx", month="2026-02"), 403)
    expect(await tiering.get(FAR_OFFICER, "/usage-files/form.xlsx", org_id="420100", month="2026-02"), 404)
    expect(await tiering.get(FAR_OFFICER, "/usage-files/form.xlsx", month="x"), 422)
    for month in ("9999-12", "0001-01", "2026-04"):
        refused = expect(await tiering.get(FAR_OFFICER, "/usage-files/form.xlsx", month=month), 422)
        assert refused["code"] in ("month-to-come", "month-too-old")


def test_changes_are_percents_rounded_half_up_and_blank_without_a_base() -> None:
    one, none = Decimal(1), None
    assert change(Decimal("1.00005"), one, SHEET) == Decimal("0.01")
    assert change(Decimal("1.00004"), one, SHEET) == Decimal("0.00")
    assert change(Decimal(0), Decimal(4), SHEET) == Decimal("-100.00")
    assert [change(now, before, SHEET) for now, before in ((one, Decimal(0)), (one, none), (none, one))] == [
        none
    ] * 3
