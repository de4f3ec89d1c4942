"""The monthly usage form, annex 3, as workbook and as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from deploy.seed.forms.sheets import CREATED, OPTIONS

TITLE = "物流大客户用邮信息表"
WAN = Decimal(10_000)
CSV_HEADER = ("客户编码", "客户名称", "业务种类", "收入(元)", "件数", "重量(公斤)")
# Merged over both rows of the header.
TALL = {0: "年月", 1: "客户编码", 2: "客户名称", 3: "等级", 4: "业务种类", 13: "重量（公斤）"}
WIDE = {5: "用邮收入（万元）", 9: "用邮量（件或吨）"}
UNDER = ("当月", "较上月（%）", "累计", "较上年（%）")
LAST_COLUMN, FIRST_ROW = 13, 4
REVENUE, PIECES, WEIGHT = 5, 9, 13
NOTE = "备注：每月5日前填报。"


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One customer and line of a month."""

    code: str
    name: str
    line: str
    revenue: Decimal
    pieces: int
    weight_kg: Decimal


@dataclass(frozen=True, slots=True)
class Filing:
    """Whose month it is, and who files it."""

    org_id: str
    unit: str
    month: str
    filler: str
    head: str


def as_csv(rows: Iterable[UsageRow], encoding: str) -> bytes:
    """The rows as CSV in UTF-8 with its mark, `utf-8-sig`, or in GB18030."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for row in rows:
        writer.writerow((row.code, row.name, row.line, row.revenue, row.pieces, row.weight_kg))
    return out.getvalue().encode(encoding)


def as_workbook(filing: Filing, rows: Sequence[UsageRow]) -> bytes:
    """The rows in the form's layout, revenue in 万元."""
    out = io.BytesIO()
    with Workbook(out, OPTIONS) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet(filing.month)
        text = book.add_format({"num_format": "@"})
        _head(sheet, filing)
        for number, row in enumerate(rows, start=FIRST_ROW):
            sheet.write_string(number, 0, filing.month)
            sheet.write_string(number, 1, row.code, text)
            sheet.write_string(number, 2, row.name)
            sheet.write_string(number, 4, row.line)
            sheet.write_number(number, REVENUE, float(row.revenue / WAN))
            sheet.write_number(number, PIECES, row.pieces)
            sheet.write_number(number, WEIGHT, float(row.weight_kg))
        _foot(sheet, filing, rows)
    return out.getvalue()


def _head(sheet: Worksheet, filing: Filing) -> None:
    sheet.merge_range(0, 0, 0, LAST_COLUMN, TITLE)
    sheet.merge_range(1, 0, 1, 7, f"营销服务单位（盖章）：{filing.unit}")
    sheet.merge_range(1, 8, 1, LAST_COLUMN, f"单位代码：{filing.org_id}")
    for column, label in TALL.items():
        sheet.merge_range(2, column, 3, column, label)
    for column, label in WIDE.items():
        sheet.merge_range(2, column, 2, column + len(UNDER) - 1, label)
        sheet.write_row(3, column, UNDER)


def _foot(sheet: Worksheet, filing: Filing, rows: Sequence[UsageRow]) -> None:
    total = FIRST_ROW + len(rows)
    sheet.write_string(total, 0, "合计")
    sheet.write_number(total, REVENUE, float(sum((row.revenue for row in rows), Decimal(0)) / WAN))
    sheet.write_number(total, PIECES, sum(row.pieces for row in rows))
    sheet.write_number(total, WEIGHT, float(sum((row.weight_kg for row in rows), Decimal(0))))
    sheet.merge_range(total + 1, 0, total + 1, LAST_COLUMN, NOTE)
    sheet.merge_range(total + 2, 0, total + 2, 5, f"填报人：{filing.filler}")
    sheet.merge_range(total + 2, 6, total + 2, LAST_COLUMN, f"单位负责人：{filing.head}")
