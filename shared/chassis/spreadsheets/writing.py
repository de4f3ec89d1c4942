"""Writes workbooks: text is text, whatever it begins with, and codes keep their digits.

    book = Book()                                  # Book(long=True) for many rows: only append(), in order, little memory
    sheet = book.sheet("客户注册", widths=(12, 24))
    sheet.merge((0, 0), (0, 7), "大客户注册申报登记表", Style.TITLE)
    sheet.put(2, 0, "客户名称", Style.LABEL)
    sheet.put(2, 1, customer.name)                 # str → text (inert), Decimal and int → number, date → date
    sheet.choices(3, 1, ("党政军", "交通运输"))       # a list to choose from
    content = book.finish()                        # bytes

From a coroutine: `await runtime.workbooks.write(draw)`.
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chassis.spreadsheets.addresses import Place
from chassis.spreadsheets.cells import DIGITS

Value = str | int | Decimal | date | None
LONGEST_TEXT: Final = 32_767
LONGEST_NAME: Final = 31
LONGEST_HINT: Final = 255
# With these a program may take a text for a formula when it is typed or pasted anew.
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


class Style(StrEnum):
    """How a cell looks."""

    TITLE = "title"
    NOTE = "note"
    LABEL = "label"
    HEADER = "header"
    VALUE = "value"
    ERROR = "error"


_FONT: Mapping[str, Any] = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_LOOKS: Mapping[Style, Mapping[str, Any]] = {
    Style.TITLE: {"bold": True, "font_size": 16, "align": "center"},
    Style.NOTE: {"font_size": 9, "font_color": "#666666", "text_wrap": True},
    Style.LABEL: {"border": 1, "bg_color": "#F2F2F2", "text_wrap": True},
    Style.HEADER: {"border": 1, "bg_color": "#D9E2F3", "bold": True, "align": "center", "text_wrap": True},
    Style.VALUE: {"border": 1, "text_wrap": True},
    Style.ERROR: {"border": 1, "font_color": "#C00000", "text_wrap": True},
}
_KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"num_format": "@"},
    "inert": {"num_format": "@", "quote_prefix": True},
    "number": {"num_format": "#,##0.##########"},
    "integer": {"num_format": "0"},
    "date": {"num_format": "yyyy-mm-dd"},
}


class Book:
    """A workbook that is being written; `long` where many rows are appended in order."""

    def __init__(self, *, long: bool = False) -> None:
        self._out = io.BytesIO()
        options = {
            "constant_memory": long,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(self._out, options)
        self._formats: dict[tuple[Style, str], Format] = {}
        self._names: set[str] = set()

    def sheet(self, name: str, *, widths: Sequence[float] = ()) -> "SheetWriter":
        """Begin a sheet; its name is cut and numbered where it must be."""
        worksheet = self._book.add_worksheet(self._free(name))
        for column, width in enumerate(widths):
            worksheet.set_column(column, column, width)
        return SheetWriter(self, worksheet)

    def finish(self) -> bytes:
        """Close the workbook and give its bytes."""
        self._book.close()
        return self._out.getvalue()

    def look(self, style: Style, kind: str) -> Format:
        """Give the format of a style for a kind of value."""
        key = (style, kind)
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**_FONT, **_LOOKS[style], **_KINDS[kind]})
        return self._formats[key]

    def _free(self, name: str) -> str:
        plain = _NOT_IN_NAMES.sub("_", writable(name)).strip() or "_"
        free, number = plain[:LONGEST_NAME], 1
        while free.casefold() in self._names:
            number += 1
            end = f"_{number}"
            free = plain[: LONGEST_NAME - len(end)] + end
        self._names.add(free.casefold())
        return free


class SheetWriter:
    """One sheet; rows and columns count from zero."""

    def __init__(self, book: Book, worksheet: Worksheet) -> None:
        self._book = book
        self._sheet = worksheet
        self._next = 0

    def put(self, row: int, column: int, value: Value, style: Style = Style.VALUE) -> None:
        """Write one cell."""
        self._next = max(self._next, row + 1)
        if isinstance(value, str) and value:
            text = writable(value)
            kind = "inert" if text.startswith(ACTIVE) else "text"
            self._sheet.write_string(row, column, text, self._book.look(style, kind))
        elif isinstance(value, date):
            self._sheet.write_datetime(row, column, value, self._book.look(style, "date"))
        elif isinstance(value, int | Decimal):
            self._number(row, column, value, style)
        else:
            self._sheet.write_blank(row, column, None, self._book.look(style, "text"))

    def merge(self, first: Place, last: Place, value: Value, style: Style) -> None:
        """Write one value over a range; not in a long book."""
        if first == last:
            self.put(*first, value, style)
            return
        self._sheet.merge_range(*first, *last, "", self._book.look(style, "text"))
        self.put(*first, value, style)
        self._next = max(self._next, last[0] + 1)

    def append(self, values: Sequence[Value], style: Style = Style.VALUE) -> None:
        """Write the next row."""
        row = self._next
        for column, value in enumerate(values):
            self.put(row, column, value, style)
        self._next = row + 1

    def freeze(self) -> None:
        """Keep what was written so far in sight."""
        self._sheet.freeze_panes(self._next, 0)

    def choices(self, row: int, column: int, words: Sequence[str], hint: str = "") -> None:
        """Offer words to choose from; others may be written, and are checked when the form is read."""
        asked: dict[str, Any] = {"validate": "list", "source": list(words), "error_type": "warning"}
        self._sheet.data_validation(row, column, row, column, {**asked, **_hinted(hint)})

    def hint(self, row: int, column: int, hint: str) -> None:
        """Say beside a cell what belongs into it."""
        self._sheet.data_validation(row, column, row, column, {"validate": "any", **_hinted(hint)})

    def _number(self, row: int, column: int, value: int | Decimal, style: Style) -> None:
        exact = Decimal(value)
        if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > DIGITS:
            self._sheet.write_string(row, column, str(value), self._book.look(style, "text"))
            return
        kind = "integer" if exact == exact.to_integral_value() else "number"
        self._sheet.write_number(row, column, value, self._book.look(style, kind))


def _hinted(hint: str) -> dict[str, str]:
    return {"input_message": hint[:LONGEST_HINT]} if hint else {}


def writable(text: str) -> str:
    """Give a text as a cell can hold it: characters that XML cannot write are replaced, the overlong is cut."""
    sound = _UNWRITABLE.sub("�", text)
    return sound if len(sound) <= LONGEST_TEXT else f"{sound[: LONGEST_TEXT - 1]}…"
