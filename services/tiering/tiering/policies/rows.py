"""Reads one row of a usage file into figures, exactly or not at all."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import repeat
from operator import itemgetter
from typing import NoReturn

from contracts.values import written_plainly
from tiering.model.months import month_text, read_month
from tiering.model.usage import RowRefused, Stated
from tiering.policies import faults

_CODE = re.compile(r"[0-9]{14}").fullmatch
_NUMBER = re.compile(r"-?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3}){1,9}(?:\.[0-9]{1,30})?")
_YUAN = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?").fullmatch
_PIECES = re.compile(r"[0-9]{1,15}").fullmatch
_KG = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,3})?").fullmatch
_HOLDS = {"revenue": _YUAN, "pieces": _PIECES, "weight_kg": _KG}
_SCALES = {
    "revenue": re.compile(r"[0-9]+(?:\.[0-9]{1,2})?"),
    "pieces": re.compile(r"[0-9]+"),
    "weight_kg": re.compile(r"[0-9]+(?:\.[0-9]{1,3})?"),
}
TONS = "吨"

Figures = tuple[str, str, str, str, str]
"""customer code, line, revenue in yuan, pieces, weight in kg; all in plain digits."""
NOTHING: Figures = ("", "", "", "", "")
FEN, GRAMS = slice(-len(".00"), -len("00")), slice(-len(".000"), -len("000"))
"""Where the point stands in a figure that is written to the last place: before two digits of yuan, three of kilograms."""


@dataclass(frozen=True)
class Layout:
    """Which column holds what; what one unit of the revenue column is worth, and a ton."""

    columns: Mapping[str, int]
    width: int
    yuan: int
    kg_in_a_ton: int


PLAIN = {
    "customer": "([0-9]{14})",
    "line": '([^,"\x00\r\n]+)',
    "revenue": r"((?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,2})?)",
    "pieces": "(0|[1-9][0-9]{0,14})",
    "weight_kg": r"((?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,3})?)",
}
FIGURES = tuple(PLAIN)
_ANY_CELL = '[^,"\x00\n]*'


class PlainReader:
    """Reads rows of a CSV file that are as most of them are, so many at a glance; says nothing of all others."""

    def __init__(self, layout: Layout, month: date, at_a_glance: int) -> None:
        self._at_a_glance = at_a_glance
        cells = [_ANY_CELL] * layout.width
        for field, place in layout.columns.items():
            cells[place] = PLAIN.get(field) or f"(?:{month_text(month)})?"
        whole = all(field in layout.columns for field in FIGURES)
        # A line that is not plain matches too, as nothing: there is one find for every line.
        self._find = re.compile(f"^(?:{','.join(cells)}\r*|.*)$", re.MULTILINE).findall if whole else _nothing
        found = sorted((field for field in FIGURES if whole), key=layout.columns.__getitem__)
        self._order = (
            None if found == list(FIGURES) else itemgetter(*map(found.index, FIGURES)) if whole else None
        )

    def read(self, lines: Sequence[str]) -> Iterator[Figures]:
        """Give the figures of every line, its business as it is written; NOTHING of one that is not plain.

        Some lines at a time: what is made of many at once is gone through by the garbage collector again and again.
        """
        for begin in range(0, len(lines), self._at_a_glance):
            yield from self._read(lines[begin : begin + self._at_a_glance])

    def _read(self, lines: Sequence[str]) -> Iterable[Figures]:
        found = self._find("\n".join(lines))
        if len(found) != len(lines):
            return repeat(NOTHING, len(lines))
        return found if self._order is None else map(self._order, found)


class RowReader:
    """Reads the rows of one file; most of them are plain and take the short way."""

    def __init__(self, layout: Layout, month: date, lines: Mapping[str, str]) -> None:
        columns = layout.columns
        self._width = layout.width
        self._yuan = layout.yuan
        self._kg_in_a_ton = layout.kg_in_a_ton
        self._month = month
        self._lines = lines
        self._customer, self._line = columns["customer"], columns["line"]
        self._revenue = columns["revenue"]
        self._pieces, self._weight = columns.get("pieces"), columns.get("weight_kg")
        self._of_month = columns.get("month")
        self._plain_revenue = _YUAN if layout.yuan == 1 else _never

    def read(self, cells: Sequence[str]) -> Figures:
        """Give a row's figures; raises RowRefused."""
        if len(cells) != self._width:
            few = len(cells) < self._width
            raise RowRefused(faults.CELLS_MISSING if few else faults.CELLS_TOO_MANY)
        if self._of_month is not None and cells[self._of_month]:
            self._check_month(cells[self._of_month])
        code, line, revenue = cells[self._customer], cells[self._line], cells[self._revenue]
        if not _CODE(code):
            code = self._code(code)
        if not self._plain_revenue(revenue):
            revenue = plain_figure("revenue", revenue, self._yuan)
        pieces, weight = self._volume(cells)
        return code, self._lines.get(line) or self._line_of(line), revenue, pieces, weight

    def is_unfilled(self, cells: Sequence[str]) -> bool:
        """Tell whether a row names a customer and gives no figure: a form is handed out with such rows."""
        places = [place for place in (self._revenue, self._pieces, self._weight) if place is not None]
        return len(cells) == self._width and not any(cells[place].strip() for place in places)

    def stated(self, cells: Sequence[str]) -> Stated:
        """Give what the row of totals says; what cannot be read says nothing."""
        figures: dict[str, str | None] = {}
        places = {"revenue": self._revenue, "pieces": self._pieces, "weight_kg": self._weight}
        for field, place in places.items():
            written = cells[place] if place is not None and place < len(cells) else ""
            try:
                yuan = self._yuan if field == "revenue" else 1
                figures[field] = plain_figure(field, written, yuan) if written.strip() else None
            except RowRefused:
                figures[field] = None
        revenue, pieces, weight = figures["revenue"], figures["pieces"], figures["weight_kg"]
        return Stated(
            None if revenue is None else Decimal(revenue),
            None if pieces is None else int(pieces),
            None if weight is None else Decimal(weight),
        )

    def _volume(self, cells: Sequence[str]) -> tuple[str, str]:
        pieces = cells[self._pieces] if self._pieces is not None else ""
        weight = cells[self._weight] if self._weight is not None else ""
        if _PIECES(pieces) and _KG(weight):
            return pieces, weight
        tons = unicodedata.normalize("NFKC", pieces).strip().removesuffix("t")
        if tons.endswith(TONS) and not weight.strip():
            return "0", plain_figure("weight_kg", tons.removesuffix(TONS), self._kg_in_a_ton)
        return (
            plain_figure("pieces", pieces) if pieces.strip() else "0",
            plain_figure("weight_kg", weight) if weight.strip() else "0",
        )

    def _check_month(self, written: str) -> None:
        if not written.strip():
            return
        month = read_month(written)
        if month is None:
            _refuse("month", "malformed", written)
        if month != self._month:
            raise RowRefused(faults.WRONG_MONTH)

    def _code(self, written: str) -> str:
        code = written_plainly(written)
        if not code:
            _refuse("customer", "missing", written)
        if not _CODE(code):
            raise RowRefused(faults.WRONG_CODE)
        return code

    def _line_of(self, written: str) -> str:
        plain = unicodedata.normalize("NFKC", written).strip()
        if not plain:
            _refuse("line", "missing", written)
        line = self._lines.get(plain) or self._lines.get(plain.lower())
        if line is None:
            raise RowRefused(faults.UNKNOWN_LINE)
        return line


def plain_figure(field: str, written: str, times: int = 1) -> str:
    """Give a non-negative figure in plain digits, exactly `times` what is written; raises RowRefused."""
    plain = unicodedata.normalize("NFKC", written).strip()
    if not plain:
        _refuse(field, "missing", written)
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        _refuse(field, "malformed", written)
    if plain.startswith("-") and plain.strip("-0."):
        _refuse(field, "negative", written)
    text = _times(plain.lstrip("-"), times)
    if not _SCALES[field].fullmatch(text):
        _refuse(field, "scale", written)
    if not _HOLDS[field](text):
        _refuse(field, "too-large", written)
    return text


def _times(plain: str, times: int) -> str:
    """Multiply without ever rounding."""
    whole, _, decimals = plain.partition(".")
    digits = str(int(f"{whole}{decimals}") * times).rjust(len(decimals) + 1, "0")
    point = len(digits) - len(decimals)
    rest = digits[point:].rstrip("0")
    return f"{digits[:point]}.{rest}" if rest else digits[:point]


def _refuse(field: str, kind: str, written: str) -> NoReturn:
    raise RowRefused(faults.wrong_figure(field, kind, written.strip()))


def _never(_text: str) -> None:
    return None


def _nothing(_text: str) -> list[Figures]:
    return []
