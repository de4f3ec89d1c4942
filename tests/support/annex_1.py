"""Workbooks with annex 1 as people fill it in, written apart from the code that reads it."""

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# docs/forms.md: label, where it stands, where its value stands.
LAYOUT: tuple[tuple[str, str, str], ...] = (
    ("申报单位", "A2", "B2:D2"),
    ("自编号", "E2", "F2:H2"),
    ("客户类别", "A4", "B4:H4"),
    ("客户名称", "A5", "B5:D5"),
    ("负责人", "E5", "F5:H5"),
    ("客户联系人", "A6", "B6:D6"),
    ("联系电话", "E6", "F6:H6"),
    ("移动电话", "A7", "B7:D7"),
    ("传真", "E7", "F7:H7"),
    ("邮政编码", "A8", "B8:D8"),
    ("通信地址", "E8", "F8:H8"),
    ("其他", "A9", "B9:H9"),
    ("申报时间", "A10", "B10"),
    ("经办人", "C10", "D10:E10"),
    ("经办电话", "F10", "G10:H10"),
    ("客户经营业务", "A11", "B11:H11"),
    ("客户性质", "A12", "B12:H12"),
    ("使用业务类型", "A13", "B13:H13"),
    ("客户的服务方", "A14", "B14:D14"),
    ("联系人", "E14", "F14:H14"),
    ("统一社会信用代码", "A16", "B16:D16"),
    ("所在行政区划", "E16", "F16:H16"),
    ("所属行业", "A17", "B17:D17"),
    ("预计年费用(元)", "E17", "F17:H17"),
    ("重要程度", "A18", "B18:D18"),
    ("重要级别", "E18", "F18:H18"),
    ("配合单位编码", "A19", "B19:H19"),
)
SHOWN = {"经办电话": "联系电话"}


def workbook(sheets: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Write one form a sheet, from values by label; labels that stand on no form make a sheet of their own kind."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    known = {label for label, _, _ in LAYOUT}
    for name, words in sheets.items():
        sheet = book.add_worksheet(name)
        if not words.keys() & known:
            for row, (label, value) in enumerate(words.items()):
                sheet.write(row, 0, label)
                sheet.write(row, 1, value)
            continue
        for label, at, value_at in LAYOUT:
            sheet.write(at, f"{SHOWN.get(label, label)}：")
            value = words.get(label)
            if ":" in value_at:
                sheet.merge_range(value_at, "")
            if value is not None:
                sheet.write(value_at.partition(":")[0], value)
    book.close()
    return out.getvalue()
