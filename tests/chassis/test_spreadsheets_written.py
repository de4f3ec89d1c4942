"""What is written: text stays text whatever it begins with, codes keep their digits, and all is read back the same."""

import asyncio
import threading
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.spreadsheets.desk import Workbooks
from chassis.spreadsheets.rejections import Rejected, draw_rejections
from chassis.spreadsheets.workbooks import Sheet, read_workbook
from chassis.spreadsheets.writing import Book, Style, Value
from support.backbone import settings_of
from support.instance import FreshDatabase
from support.workbooks import LIMITS, book, limits, parts_of

SHEET = "xl/worksheets/sheet1.xml"
ACTIVE = [
    "=1+1",
    "+86 27",
    "-5",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")',
]


def drawn(*values: Value, long: bool = False) -> bytes:
    made = Book(long=long)
    made.sheet("表").append(values)
    return made.finish()


def back(content: bytes) -> Sheet:
    return read_workbook(content, limits(most_rows=2_000, most_columns=60, most_cells=20_000)).sheets[0]


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("text", ACTIVE)
def test_text_that_a_program_could_take_for_a_formula_is_inert(text: str, long: bool) -> None:
    content = drawn(text, long=long)
    assert b"<f>" not in parts_of(content)[SHEET]
    assert b'quotePrefix="1"' in parts_of(content)["xl/styles.xml"]
    assert b"<hyperlink" not in parts_of(content)[SHEET]
    cell = back(content).cell(0, 0)
    assert (cell.text, cell.problem) == (text.strip(), None)


@pytest.mark.parametrize(
    "code", ["42010000001233", "420100199001011234", "0027", "1E5", "91420100MA4K2XYZ0X", "2026-03"]
)
def test_codes_stay_text_to_the_last_digit(code: str) -> None:
    content = drawn(code)
    assert b"<v>" + code.encode() not in parts_of(content)[SHEET]
    assert back(content).cell(0, 0).text == code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.50"), "1234.5"),
        (Decimal("0.01"), "0.01"),
        (12, "12"),
        (Decimal("999999999999999"), "999999999999999"),
        (Decimal("9999999999999.99"), "9999999999999.99"),
        (Decimal("1234567890123456"), "1234567890123456"),
        (Decimal("12345678901234.56"), "12345678901234.56"),
        (date(2026, 2, 28), "2026-02-28"),
        (None, ""),
    ],
)
def test_amounts_and_dates_are_read_back_exactly(value: Value, text: str) -> None:
    assert back(drawn(value)).cell(0, 0).text == text


KEPT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(st.lists(KEPT, min_size=1, max_size=8), st.booleans())
def test_whatever_text_is_written_is_read_back_the_same(texts: list[str], long: bool) -> None:
    read = back(drawn(*texts, long=long))
    assert [read.cell(0, column).text for column in range(len(texts))] == [text.strip() for text in texts]


@settings(max_examples=150, deadline=None)
@given(st.decimals(min_value=-(10**13), max_value=10**13, places=2))
def test_whatever_amount_is_written_is_read_back_the_same(amount: Decimal) -> None:
    assert Decimal(back(drawn(amount)).cell(0, 0).text) == amount


def test_what_xml_cannot_hold_is_replaced_and_the_overlong_is_cut() -> None:
    assert back(drawn("a\ud800b\uffffc")).cell(0, 0).text == "a\ufffdb\ufffdc"
    assert back(drawn("长" * 32_767)).cell(0, 0).text == "长" * 32_767
    assert back(drawn("长" * 32_768)).cell(0, 0).text == "长" * 32_766 + "…"


def test_sheets_are_named_as_a_workbook_allows() -> None:
    made = Book()
    for name in ("甲/乙:[1]", "甲/乙:[1]", "", "名" * 40, "名" * 40, "History's"):
        made.sheet(name).append(["x"])
    names = [sheet.name for sheet in read_workbook(made.finish(), limits(most_sheets=9)).sheets]
    assert names == ["甲_乙__1_", "甲_乙__1__2", "_", "名" * 31, "名" * 29 + "_2", "History_s"]


def test_merged_cells_hold_values_of_any_kind() -> None:
    made = Book()
    sheet = made.sheet("表", widths=(10, 20))
    sheet.merge((0, 0), (0, 3), "标题", Style.TITLE)
    sheet.merge((1, 1), (1, 3), Decimal("1.5"), Style.VALUE)
    sheet.merge((2, 1), (2, 1), "=1", Style.VALUE)
    read = back(made.finish())
    assert [read.cell(0, 0).text, read.cell(1, 1).text, read.cell(2, 1).text] == ["标题", "1.5", "=1"]
    assert read.span((0, 2)).first == (0, 0)


def test_choices_do_not_bind_the_reader() -> None:
    made = Book()
    sheet = made.sheet("表")
    sheet.put(0, 0, "党政军")
    sheet.choices(0, 0, ("党政军", "其他"), "请选一项")
    sheet.hint(1, 0, "长" * 300)
    assert back(made.finish()).cell(0, 0).text == "党政军"


def test_the_error_sheet_has_the_row_as_written_and_the_reason_in_chinese_first() -> None:
    rows = [
        Rejected(
            ("420100199001011234", "=1+1"), ("没有该客户", "金额不符"), ("no such customer", "bad amount")
        ),
        Rejected(("短",), ("缺少收入",), ("no revenue",)),
    ]
    read = back(draw_rejections("错误", ("客户编码", "收入"), rows))
    lines = [[cell.text for cell in read.row(row)] for row in range(3)]
    assert lines == [
        ["客户编码", "收入", "原因", "Reason"],
        ["420100199001011234", "=1+1", "没有该客户；金额不符", "no such customer; bad amount"],
        ["短", "", "缺少收入", "no revenue"],
    ]


async def test_reading_goes_on_beside_the_loop_and_only_so_many_at_once(fresh: FreshDatabase) -> None:
    desk = Workbooks(settings_of(fresh, workbook_parsers=2))
    running, most, here = 0, 0, threading.get_ident()
    lock = threading.Lock()

    def slowly(_workbook: Any) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return threading.get_ident()

    content = book([["一"]])
    beats = 0

    async def beating() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.005)

    heart = asyncio.create_task(beating())
    threads = await asyncio.gather(*(desk.read_into(content, slowly) for _ in range(6)))
    heart.cancel()
    assert here not in threads
    assert most == 2
    assert beats > 5


async def test_a_reader_may_ask_for_fewer_sheets(fresh: FreshDatabase) -> None:
    desk = Workbooks(settings_of(fresh))
    two = book([["一"]], [["二"]])
    assert len((await desk.read(two, most_sheets=2)).sheets) == 2
    with pytest.raises(Exception, match="more than 1 sheets"):
        await desk.read(two, most_sheets=1)


def test_the_tests_limits_are_narrower_than_the_settings(fresh: FreshDatabase) -> None:
    assert LIMITS.most_rows < settings_of(fresh).workbook_rows
