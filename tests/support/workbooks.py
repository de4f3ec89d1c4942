"""Workbooks for tests, written by another hand than the code under test, and packages bent out of shape."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import xlsxwriter

from chassis.spreadsheets.limits import Limits

LIMITS = Limits(
    most_bytes=1_000_000,
    most_unpacked=8_000_000,
    most_ratio=200,
    most_parts=60,
    most_sheets=5,
    most_rows=50,
    most_columns=10,
    most_cells=400,
)


def limits(**other: int) -> Limits:
    """Give the tests' limits with some changed."""
    return replace(LIMITS, **other)


def book(*sheets: Sequence[Sequence[Any]], draw: Callable[[Any, Any], None] | None = None) -> bytes:
    """Write sheets of rows; `draw(workbook, first sheet)` adds what rows cannot say."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    written = []
    for rows in sheets or ([],):
        sheet = workbook.add_worksheet()
        written.append(sheet)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value)
    if draw is not None:
        draw(workbook, written[0])
    workbook.close()
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Give the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """Add parts to a package, or replace them; `__` stands for a slash, `_dot_` for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    return package({**parts_of(content), **named})


def replaced(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Replace text in one part."""
    parts = parts_of(content)
    assert old in parts[part]
    return package({**parts, part: parts[part].replace(old, new)})
