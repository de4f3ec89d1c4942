"""Lists as sheets: a row an item, a column a member, inert in whatever program opens it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chassis.encoding import dumps
from chassis.spreadsheets.writing import ACTIVE, Book, Style, Value, writable

BECAUSE = "because"
CSV = "csv"
WIDTH = 20.0
# Programs that open it take it for UTF-8 by this mark alone.
MARK = "\ufeff"


class Exported(dict[str, Any]):
    """A list that is answered as a file; `Edge.read` draws it beside the event loop."""

    def __init__(self, items: Sequence[Mapping[str, Any]], kind: str) -> None:
        super().__init__()
        self.rows = items
        self.format = kind

    def draw(self) -> bytes:
        """Give the bytes of the file."""
        rows = [dict(_flat(item)) for item in self.rows]
        columns = list(dict.fromkeys(name for row in rows for name in row))
        return csv_head(columns) + _csv(columns, rows) if self.format == CSV else _xlsx(columns, rows)


def csv_head(columns: Sequence[str]) -> bytes:
    """Give the beginning of a CSV file."""
    return MARK.encode() + _lines([columns])


def csv_rows(columns: Sequence[str], items: Iterable[Mapping[str, Any]]) -> bytes:
    """Give some items of a CSV file; what stands in no column is left out."""
    return _csv(columns, (dict(_flat(item)) for item in items))


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> bytes:
    return _lines([_inert(row.get(name)) for name in columns] for row in rows)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _xlsx(columns: Sequence[str], rows: Sequence[Mapping[str, Value]]) -> bytes:
    book = Book(long=True)
    sheet = book.sheet("list", widths=[WIDTH] * len(columns))
    sheet.append(columns, Style.HEADER)
    sheet.freeze()
    for row in rows:
        sheet.append([row.get(name) for name in columns])
    return book.finish()


def _flat(item: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Value]]:
    """Give the members of an item, those of a member under its name; a reason is its sentence."""
    for name, value in item.items():
        if name == BECAUSE and isinstance(value, Mapping):
            yield f"{under}{name}", value.get("text", {}).get("zh")
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{under}{name}.")
        else:
            yield f"{under}{name}", _plain(value)


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, str | Decimal):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value
    if isinstance(value, Sequence):
        plain = all(isinstance(one, str) for one in value)
        return "; ".join(value) if plain else dumps(value).decode()
    return str(value)


def _inert(value: Value) -> str:
    """Give the text of a cell; one that a program could take for a formula is quoted."""
    text = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
    return f"'{writable(text)}" if isinstance(value, str) and text.startswith(ACTIVE) else writable(text)
