"""A cell as text: exact numbers, ISO dates, and what stands against taking it as input."""

import math
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from chassis.spreadsheets.addresses import Place, address

Raw = int | float | str | bool | time | date | datetime | timedelta
# What a spreadsheet keeps of a number. More digits are lost before the file is written.
DIGITS: Final = 15
# How far a sum of such numbers may be off in its last places.
NOISE_ULPS: Final = 8


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong at a place, for its writer: a stable code, both languages, the address (`C7`)."""

    cell: str
    code: str
    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        """Give it as answers show it."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "cell": self.cell}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as read, stripped; `problem` where it must not be taken as input."""

    place: Place
    text: str
    problem: CellProblem | None = None

    @property
    def address(self) -> str:
        """The place as people write it."""
        return address(self.place)

    @property
    def plain(self) -> str:
        """The text in half width, without blanks at its ends."""
        return unicodedata.normalize("NFKC", self.text).strip()

    def wrong(self, code: str, zh: str, en: str) -> CellProblem:
        """Say what is wrong with this cell."""
        return CellProblem(self.address, code, zh, en)


def cell_of(place: Place, raw: Raw, *, formula: bool) -> Cell:
    """Give a cell as read; a formula's value is what some program computed at some time, and is not taken."""
    if formula:
        text = "" if lost_digits(raw) else text_of(raw)
        return Cell(
            place,
            text,
            CellProblem(
                address(place),
                "formula",
                "单元格是公式，请改为数值",
                "the cell is a formula; write its value",
            ),
        )
    if lost_digits(raw):
        return Cell(
            place,
            "",
            CellProblem(
                address(place),
                "number-too-long",
                f"数字超过 {DIGITS} 位，末位已失真，请将单元格设为文本后重新填写",
                f"a number of more than {DIGITS} digits has lost its last ones; write it as text",
            ),
        )
    text = text_of(raw)
    if text.startswith("#") and text in ERRORS:
        problem = CellProblem(address(place), "error-value", f"单元格为错误值 {text}", f"the cell is {text}")
        return Cell(place, "", problem)
    return Cell(place, text)


ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"})


def lost_digits(raw: Raw) -> bool:
    """Tell whether a number has more digits than a spreadsheet keeps."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return False
    if not math.isfinite(raw) or abs(raw) >= 10**DIGITS:
        return True
    number = float(raw)
    return abs(_shown(number) - number) > NOISE_ULPS * math.ulp(number)


def text_of(raw: Raw) -> str:
    """Give a value's text: 12 for 12.0, 100000 for 1E5, ISO for dates and times."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, int | float):
        return _number(_shown(float(raw)))
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, timedelta):
        return str(raw)
    return raw.isoformat()


def _shown(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _number(number: float) -> str:
    exact = Decimal(repr(number))
    if exact == exact.to_integral_value():
        return str(int(exact))
    return f"{exact.normalize():f}"
