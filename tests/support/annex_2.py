"""Workbooks with annex 2 by their cells, laid out as docs/forms.md says and uploaded as people do."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import xlsxwriter

from chassis.spreadsheets.addresses import place_of
from support.service import Person, ServiceUnderTest

FORMS = Path(__file__).resolve().parents[2] / "docs" / "forms.md"
LABEL = re.compile(r"`([A-F][0-9]+)(?::F[0-9]+)?` ([^`·|]+?)(?: — [^|]*)?(?= ·| \||$| \(required)")
FILLED: Mapping[str, Any] = {
    "B3": "A-17",
    "D4": "430060",
    "B5": "武昌区中北路 2 号",
    "B6": "钱总",
    "D6": "027-87650001",
    "B7": "孙女士",
    "F7": "13871234567",
    "B8": "office@example.cn",
    "F8": "C36",
    "B11": 12.5,
    "E11": 9000,
    "B13": "1,200",
    "D13": "500.25",
    "F13": -12,
    "B17": "李总",
    "D17": 46,
    "F18": "13971234567",
    "B24": "首重 10 元",
}


def labels() -> dict[str, str]:
    """Give the labels of the documented layout by their cells."""
    section = FORMS.read_text(encoding="utf-8").partition("## Annex 2")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if re.match(r"\| [0-9]+ \|", line)]
    found = {place: words for line in rows for place, words in LABEL.findall(line)}
    return {place: words.strip() for place, words in found.items() if not words.startswith("value")}


def sheet_of(customer: Mapping[str, Any], **cells: Any) -> dict[str, Any]:
    """Give a form by its cells, filled in for a customer."""
    whose = {"B4": customer["customer_code"]}
    return {**labels(), **FILLED, **whose, **cells}


def workbook(*sheets: Mapping[str, Any]) -> bytes:
    """Write sheets by their cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for cells in sheets:
        sheet = book.add_worksheet()
        for cell, value in cells.items():
            row, column = place_of(cell)
            if isinstance(value, str) and not value.startswith("="):
                sheet.write_string(row, column, value)
            else:
                sheet.write(row, column, value)
    book.close()
    return out.getvalue()


async def imported(registry: ServiceUnderTest, person: Person, content: bytes) -> httpx.Response:
    """Upload a workbook."""
    headers = {**registry.headers(person), "Idempotency-Key": f"files-{hash(content)}-{person.staff_id}"}
    files = {"file": ("附表2.xlsx", content)}
    return await registry.http.post("/v1/customers/files/import", files=files, headers=headers)


async def taken(registry: ServiceUnderTest, person: Person, content: bytes) -> dict[str, Any]:
    """Upload a workbook that is taken in, and give the answer."""
    answer = await imported(registry, person, content)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body
