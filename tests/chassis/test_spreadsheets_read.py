"""What is read of a workbook: exact text of every kind of cell, forms by labels, tables by headers."""

from datetime import date, datetime
from typing import Any

import pytest

from chassis.spreadsheets.addresses import address, place_of
from chassis.spreadsheets.forms import Form, Label, read_form
from chassis.spreadsheets.labels import chosen, normal
from chassis.spreadsheets.tables import Column, Table, read_table
from chassis.spreadsheets.workbooks import Sheet, read_workbook
from support.workbooks import LIMITS, book, replaced

SHEET = "xl/worksheets/sheet1.xml"


def sheet(*rows: list[Any], draw: Any = None) -> Sheet:
    return read_workbook(book(list(rows), draw=draw), LIMITS).sheets[0]


@pytest.mark.parametrize(
    ("place", "written"),
    [((0, 0), "A1"), ((6, 2), "C7"), ((0, 25), "Z1"), ((0, 26), "AA1"), ((1048575, 16383), "XFD1048576")],
)
def test_a_place_and_its_address_are_one(place: tuple[int, int], written: str) -> None:
    assert address(place) == written
    assert place_of(written) == place


@pytest.mark.parametrize("written", ["", "A0", "7", "C", "C-7", "C7x", "一7"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        place_of(written)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        (-3, "-3"),
        (0, "0"),
        (1e5, "100000"),
        (1234.56, "1234.56"),
        (0.1 + 0.2, "0.3"),
        (1.1 * 3, "3.3"),
        (1e-7, "0.0000001"),
        (13800001234, "13800001234"),
        (999_999_999_999_999, "999999999999999"),
        (9_999_999_999_999.99, "9999999999999.99"),
        (True, "TRUE"),
        ("420100199001011234", "420100199001011234"),
        ("  武汉 \n", "武汉"),
        ("１２", "１２"),
    ],
)
def test_a_value_is_read_as_its_exact_text(value: Any, text: str) -> None:
    cell = sheet([value]).cell(0, 0)
    assert (cell.text, cell.problem) == (text, None)


@pytest.mark.parametrize(
    "value", [1_000_000_000_000_000, 420100199001011234, -(10**15), 1e300, 12_345_678_901_234.56]
)
def test_a_number_of_more_than_15_digits_is_refused_at_its_cell(value: float) -> None:
    cell = sheet(["码"], [None, value]).cell(1, 1)
    assert cell.text == ""
    assert cell.problem is not None
    assert (cell.problem.code, cell.problem.cell) == ("number-too-long", "B2")
    assert "文本" in cell.problem.zh


def test_dates_are_dates() -> None:
    def draw(made: Any, first: Any) -> None:
        first.write_datetime(0, 0, date(2026, 3, 1), made.add_format({"num_format": "yyyy-mm-dd"}))
        at = datetime.fromisoformat("2026-03-01T09:30:00")
        first.write_datetime(0, 1, at, made.add_format({"num_format": "yyyy/m/d hh:mm"}))

    read = sheet(draw=draw)
    assert [read.cell(0, column).text for column in range(2)] == ["2026-03-01", "2026-03-01 09:30:00"]


def test_a_formula_is_not_taken_whatever_it_came_to() -> None:
    def draw(_made: Any, first: Any) -> None:
        first.write_formula(0, 1, "=6*7", None, 42)
        first.write_formula(1, 1, '="a"&"b"', None, "ab")

    read = sheet(["一"], ["二"], draw=draw)
    for row, text in enumerate(("42", "ab")):
        cell = read.cell(row, 1)
        assert cell.text == text
        assert cell.problem is not None
        assert (cell.problem.code, cell.problem.cell) == ("formula", f"B{row + 1}")
    assert read.cell(0, 0).problem is None


def test_a_formula_without_a_value_is_seen_too() -> None:
    bent = replaced(book([["一", "二"]]), SHEET, b'<c r="B1" t="s"><v>1</v></c>', b'<c r="B1"><f>A1</f></c>')
    cell = read_workbook(bent, LIMITS).sheets[0].cell(0, 1)
    assert cell.problem is not None
    assert cell.problem.code == "formula"


def test_formulas_belong_to_their_own_sheet() -> None:
    def draw(made: Any, _first: Any) -> None:
        made.worksheets()[1].write_formula(0, 0, "=1+1", None, 2)

    first, second = read_workbook(book([["一"]], [[]], draw=draw), LIMITS).sheets
    assert first.cell(0, 0).problem is None
    assert second.cell(0, 0).problem is not None


def test_beyond_the_sheet_all_cells_are_empty() -> None:
    cell = sheet(["一"]).cell(40, 9)
    assert (cell.text, cell.problem, cell.address) == ("", None, "J41")


LABELS = (
    Label("name", ("客户名称",)),
    Label("phone", ("联系电话",)),
    Label("other", ("其他",), after="phone"),
    Label("handler", ("经办人",)),
    Label("handler_phone", ("联系电话", "经办电话"), after="handler"),
)


def form(*rows: list[Any], draw: Any = None) -> Form:
    return read_form(sheet(*rows, draw=draw), LABELS)


def test_a_value_stands_behind_its_label_whatever_the_label_is_dressed_in() -> None:
    read = form([None, " 客 户\n名 称： ", None, None, "武汉某公司", "联系电话*", "027-1"])
    assert (read["name"].text, read["name"].address) == ("武汉某公司", "E1")
    assert read["phone"].text == "027-1"
    assert read.missing == ("other", "handler", "handler_phone")


def test_an_empty_value_is_the_cell_behind_the_label_not_the_next_labels_value() -> None:
    read = form(["客户名称", None, "联系电话", "027-1"])
    assert (read["name"].text, read["name"].address) == ("", "B1")


def test_labels_that_stand_twice_are_told_apart_by_what_is_before_them() -> None:
    read = form(["联系电话", "1"], ["经办人", "王", "联系电话", "2"])
    assert (read["phone"].text, read["handler_phone"].text) == ("1", "2")


def test_a_value_that_reads_like_a_label_is_none() -> None:
    read = form(["客户名称", "其他"], ["联系电话", "1"], ["其他", "无"])
    assert (read["name"].text, read["other"].text) == ("其他", "无")


def test_merged_labels_and_values_are_read_from_their_first_cell() -> None:
    def draw(_made: Any, first: Any) -> None:
        first.merge_range("A2:C3", "客户名称")
        first.merge_range("D2:F2", "武汉某公司")
        first.merge_range("A4:C4", "联系电话")

    read = form(draw=draw)
    assert (read["name"].text, read["name"].address) == ("武汉某公司", "D2")
    assert (read["phone"].text, read["phone"].address) == ("", "D4")


def test_a_forms_bad_cells_are_its_problems() -> None:
    read = form(["客户名称", 12345678901234567890])
    assert [(one.cell, one.code) for one in read.problems()] == [("B1", "number-too-long")]
    assert list(read.written()) == []


OPTIONS = {"党政军": "government", "交通运输": "transport", "其他": "other"}


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("交通运输", ["transport"]),
        ("2", ["transport"]),
        ("2.交通运输", ["transport"]),
        ("２．交通 运输".replace(" ", ""), ["transport"]),
        ("2、交通运输".replace("、", "."), ["transport"]),
        ("transport", ["transport"]),
        ("党政军、其他", ["government", "other"]),
        ("1、3", ["government", "other"]),
        ("1.党政军 3.其他", ["government", "other"]),
        ("党政军,其他；交通运输", ["government", "other", "transport"]),
        ("□1.党政军 ☑2.交通运输 □3.其他", ["transport"]),
        ("☑1.党政军□2.交通运输√3.其他", ["government", "other"]),
        ("□1.党政军 □2.交通运输", []),
        ("", []),
    ],
)
def test_options_are_read_as_people_choose_them(written: str, values: list[str]) -> None:
    assert chosen(written, OPTIONS) == values


@pytest.mark.parametrize("written", ["农业", "4", "0", "2.党政军", "党政军、农业", "☑9.农业"])
def test_what_is_no_option_is_named(written: str) -> None:
    with pytest.raises(KeyError):
        chosen(written, OPTIONS)


def test_a_label_is_its_words_alone() -> None:
    assert normal(" 预计年费用（元）：") == normal("预计年费用(元)") == "预计年费用(元)"


COLUMNS = (
    Column("code", ("客户编码", "customer_code")),
    Column("revenue", ("用邮收入(万元)/当月", "revenue")),
    Column("name", ("客户名称",), required=False),
)


def table(*rows: list[Any], draw: Any = None) -> Table:
    return read_table(sheet(*rows, draw=draw), COLUMNS, footers=("合计", "备注"))


def found(read: Table) -> list[tuple[int, str, str]]:
    return [(row.number, row["code"].text, row["revenue"].text) for row in read.rows()]


def test_a_table_is_found_by_its_headers_wherever_they_stand() -> None:
    read = table(["标题"], [], [None, "revenue", "customer_code "], [None, 1.5, "甲"], [None, 2, "乙"])
    assert found(read) == [(4, "甲", "1.5"), (5, "乙", "2")]
    assert [row.text("name") for row in read.rows()] == ["", ""]


def test_a_merged_header_of_two_rows_is_upper_and_lower() -> None:
    def draw(_made: Any, first: Any) -> None:
        first.merge_range("A1:A2", "客户编码")
        first.merge_range("B1:C1", "用邮收入（万元）")
        first.write_row("B2", ["当月", "累计"])
        first.write_row("A3", ["甲", 1, 2])

    assert found(table(draw=draw)) == [(3, "甲", "1")]


def test_blank_rows_are_passed_over_and_a_footer_ends_the_table() -> None:
    rows: list[list[Any]] = [
        ["customer_code", "revenue"],
        ["甲", 1],
        [],
        ["乙", 2],
        ["合 计：", 3],
        ["丙", 4],
    ]
    assert found(table(*rows)) == [(2, "甲", "1"), (4, "乙", "2")]


def test_a_missing_header_is_named_and_gives_no_rows() -> None:
    read = table(["客户编码", "客户名称"], ["甲", "甲公司"])
    assert read.missing == ("revenue",)
    assert list(read.rows()) == []


def test_a_row_tells_its_bad_cells() -> None:
    [row] = table(["customer_code", "revenue"], [420100000012312345, 1]).rows()
    assert [(one.cell, one.code) for one in row.problems()] == [("A2", "number-too-long")]
