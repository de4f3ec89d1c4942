"""Workbooks with annex 1 as people fill it in and upload it, written apart from the code that reads it."""

import io
import itertools
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import xlsxwriter

from support.declarations import trade_name
from support.registry import expect
from support.service import Person, ServiceUnderTest

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
_PHONES = itertools.count(1)


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


def form(**facts: Any) -> dict[str, Any]:
    """Give the words of a sound form, by label."""
    words: dict[str, Any] = {
        "申报单位": None,
        "客户类别": "6.制造业",
        "客户名称": f"武汉{trade_name()}机械有限公司",
        "客户联系人": "钱女士",
        "联系电话": f"027-8766{next(_PHONES):04d}",
        "通信地址": "武昌区中北路1号",
        "经办人": "王经理",
        "客户经营业务": "生产制造",
        "客户性质": "单位客户",
        "使用业务类型": "国内异地、同城",
        "所在行政区划": "420106",
        "预计年费用(元)": "120000.00",
    }
    return {**words, **facts}


async def imported(
    registry: ServiceUnderTest,
    person: Person,
    sheets: Mapping[str, Mapping[str, Any]],
    *,
    key: str | None = None,
    **fields: str,
) -> httpx.Response:
    """Upload forms, one a sheet."""
    return await uploaded(registry, person, workbook(sheets), key=key, **fields)


async def uploaded(
    registry: ServiceUnderTest, person: Person, content: bytes, *, key: str | None = None, **fields: str
) -> httpx.Response:
    """Upload a workbook."""
    headers = {**registry.headers(person), "Idempotency-Key": key or str(uuid4())}
    files = {"file": ("注册表.xlsx", content, XLSX)}
    return await registry.http.post("/v1/declarations/import", headers=headers, files=files, data=fields)


async def taken(
    registry: ServiceUnderTest, person: Person, sheets: Mapping[str, Mapping[str, Any]], **fields: str
) -> dict[str, Any]:
    """Upload forms that are taken in, each for itself, and give the answer."""
    answer: dict[str, Any] = await expect(imported(registry, person, sheets, **fields), 201)
    return answer
