"""The error sheet: what was written, and behind it why it was not taken, in Chinese first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.spreadsheets.writing import Book, Style, Value

REASONS = ("原因", "Reason")
REASON_WIDTH = 44.0
COLUMN_WIDTH = 16.0


@dataclass(frozen=True)
class Rejected:
    """One original row as written, with its reasons."""

    values: Sequence[Value]
    zh: Sequence[str]
    en: Sequence[str]


def draw_rejections(name: str, headers: Sequence[str], rejected: Iterable[Rejected]) -> bytes:
    """Draw the sheet: the original columns, then 原因 and Reason."""
    book = Book(long=True)
    widths = (*(COLUMN_WIDTH for _ in headers), *(REASON_WIDTH for _ in REASONS))
    sheet = book.sheet(name, widths=widths)
    sheet.append((*headers, *REASONS), Style.HEADER)
    sheet.freeze()
    for row in rejected:
        blanks = (None,) * (len(headers) - len(row.values))
        sheet.append((*row.values, *blanks, "；".join(row.zh), "; ".join(row.en)))
    return book.finish()
