"""Workbooks of forms: one form a sheet, each cell text, merged where the form is."""

import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

T = TypeVar("T")
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# The same content is to give the same bytes: a repeated load is known by them.
CREATED = datetime(2024, 1, 1, tzinfo=UTC)


class Form:
    """One sheet that is filled in; rows count from 1 as people count them."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet

    def put(self, row: int, column: int, text: object, until: int | None = None) -> None:
        """Write text into a cell, or over several columns; None leaves it empty."""
        if text is None:
            return
        if until is None or until == column:
            self._sheet.write_string(row - 1, column, str(text))
        else:
            self._sheet.merge_range(row - 1, column, row - 1, until, str(text))

    def pair(self, row: int, *fields: tuple[int, str, object, int]) -> None:
        """Write labels with their values behind them: column of the label, label, value, last column of the value."""
        for column, label, value, until in fields:
            self.put(row, column, label)
            self.put(row, column + 1, value, until)


def workbook(records: Iterable[T], fill: Callable[[Form, T], None]) -> bytes:
    """A workbook with a sheet for each record."""
    out = io.BytesIO()
    with Workbook(out, OPTIONS) as book:
        book.set_properties({"created": CREATED})
        for number, record in enumerate(records, start=1):
            fill(Form(book.add_worksheet(str(number))), record)
    return out.getvalue()
