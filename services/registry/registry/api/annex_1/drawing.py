"""Draws annex 1: blank, or filled with a declaration as its reader sees it."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chassis.spreadsheets.addresses import place_of
from chassis.spreadsheets.writing import Book, SheetWriter, Style, Value
from registry.api.annex_1.layout import (
    CONFIRMED,
    SECTIONS,
    SHEET,
    SLOTS,
    TITLE,
    WHOLE_WIDTH,
    Slot,
)
from registry.model.codes import shown_code
from registry.settings import ANNEX_1_WIDTHS

APPROVED, REFUSED = "1.同意注册", "2.不同意"
OUTCOMES: Mapping[str, str] = {"approved": APPROVED, "refused": REFUSED}


def draw_annex_1(declared: Mapping[str, Any] | None = None) -> bytes:
    """Give the form as a workbook; `declared` is a declaration as answers show it, with `decided_by` as a name."""
    book = Book()
    sheet = book.sheet(SHEET, widths=ANNEX_1_WIDTHS)
    _over(sheet, WHOLE_WIDTH, TITLE, Style.TITLE)
    for span, words in SECTIONS.items():
        _over(sheet, span, words, Style.HEADER)
    filled = dict(_filled(declared)) if declared else {}
    for slot in (*SLOTS, *CONFIRMED):
        _slot(sheet, slot, filled.get(slot.field), blank=declared is None)
    return book.finish()


def _slot(sheet: SheetWriter, slot: Slot, value: Value, *, blank: bool) -> None:
    sheet.put(*place_of(slot.at), slot.words, Style.LABEL)
    first, _, last = slot.value_at.partition(":")
    place = place_of(first)
    sheet.merge(place, place_of(last or first), value, Style.VALUE)
    if blank and slot.options is not None:
        if slot.several:
            sheet.hint(*place, slot.hint)
        else:
            sheet.choices(*place, tuple(slot.options), slot.hint)


def _over(sheet: SheetWriter, span: str, words: str, style: Style) -> None:
    first, _, last = span.partition(":")
    sheet.merge(place_of(first), place_of(last), words, style)


def _filled(declared: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    yield "unit", f"{declared['org_name']} {declared['org_id']}"
    for slot in SLOTS:
        if slot.fills and slot.field not in ("unit", "server"):
            value = _found(declared, slot.fills[0])
            yield slot.field, _words(slot, value)
    yield from _confirmed(declared)


def _found(declared: Mapping[str, Any], place: str) -> Any:
    value: Any = declared
    for step in place.strip("/").split("/"):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _words(slot: Slot, value: Any) -> Value:
    if value is None:
        return None
    if slot.options is not None:
        words = {code: word for word, code in slot.options.items()}
        values = value if isinstance(value, list | tuple) else [value]
        return "、".join(words.get(code, code) for code in map(str, values))
    if slot.field == "filed_on":
        return date.fromisoformat(value)
    return Decimal(value) if slot.field == "estimated_yearly_fees" else str(value)


def _confirmed(declared: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    decision = declared.get("decision")
    refusal = declared.get("refusal")
    if refusal is not None:
        yield "outcome", f"{REFUSED}，该客户已注册，注册单位为：{refusal['holder']['name']}"
    elif decision is not None and decision["outcome"] in OUTCOMES:
        yield "outcome", OUTCOMES[decision["outcome"]]
    if decision is not None:
        yield "decided_by", declared.get("decided_by")
        yield "decided_on", decision["at"].date()
    if "customer_code" in declared:
        yield "registered_by", declared["org_name"]
        yield "registered_name", declared["customer"]["name"]
        yield "customer_code", shown_code(declared["customer_code"])
        if declared.get("class") is not None:
            yield "class", f"{declared['class']} 类"
