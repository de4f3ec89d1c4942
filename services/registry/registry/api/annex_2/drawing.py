"""Draws annex 2: blank, or filled with a file as its reader sees it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from chassis.spreadsheets.addresses import Place, place_of
from chassis.spreadsheets.writing import Book, SheetWriter, Style, Value
from registry.api.annex_2.layout import (
    BLOCKS,
    CODE,
    SHEET,
    TITLE,
    WHOLE_WIDTH,
    Block,
    Holds,
    Slot,
)
from registry.model.codes import shown_code
from registry.settings import ANNEX_2_WIDTHS, WAN


def draw_annex_2(shown: Mapping[str, Any] | None = None) -> bytes:
    """Give the form as a workbook; `shown` is a file as answers show it: a layer that is absent is drawn blank."""
    book = Book()
    sheet = book.sheet(SHEET, widths=ANNEX_2_WIDTHS)
    _over(sheet, 0, WHOLE_WIDTH, TITLE, Style.TITLE)
    top = 1
    for block, entry in _blocks(shown or {}):
        _over(sheet, top, WHOLE_WIDTH, block.heading, Style.HEADER)
        for slot in block.slots:
            row, column = place_of(slot.at)
            sheet.put(top + row, column, slot.words, Style.LABEL)
            _over(sheet, top, slot.value_at, _cell(slot, entry.get(slot.field)), Style.VALUE)
        top += block.height
    return book.finish()


def _blocks(shown: Mapping[str, Any]) -> Iterator[tuple[Block, Mapping[str, Any]]]:
    for block in BLOCKS:
        content = shown.get(block.layer.member) or {}
        entries = [content] if isinstance(content, Mapping) else content
        for entry in entries:
            yield block, entry


def _cell(slot: Slot, value: Any) -> Value:
    if value is None or value == "":
        return None
    if slot.field == CODE:
        return shown_code(value)
    if slot.holds is Holds.MONEY:
        return Decimal(value) / WAN
    return int(value) if slot.holds is Holds.COUNT else str(value)


def _over(sheet: SheetWriter, top: int, span: str, value: Value, style: Style) -> None:
    first, _, last = span.partition(":")
    sheet.merge(_below(top, first), _below(top, last or first), value, style)


def _below(top: int, address: str) -> Place:
    row, column = place_of(address)
    return top + row, column
