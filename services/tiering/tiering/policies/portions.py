"""Makes portions of a file: rows ready for the database, and rows that are refused already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import repeat
from typing import Self

from chassis.spreadsheets.tables import Column, TableRow, read_table
from chassis.spreadsheets.workbooks import Workbook
from tiering.model.usage import (
    FileRefused,
    RefusedRow,
    RowFault,
    RowRefused,
    Stated,
    Tally,
    told_as_they_are,
    told_figures,
)
from tiering.policies import faults
from tiering.policies.csv_lines import LineCutter, cells_of
from tiering.policies.forms import (
    ANNEX_3_HEADERS,
    CSV_HEADERS,
    FOOTERS,
    HEADER_WORDS,
    REQUIRED,
    csv_columns,
    is_footer,
    is_total,
)
from tiering.policies.rows import FEN, GRAMS, NOTHING, Figures, Layout, PlainReader, RowReader


@dataclass(frozen=True)
class Reading:
    """What the reader of a file goes by."""

    month: date
    lines: Mapping[str, str]
    longest_row: int
    rows_of_one: int
    rows_at_a_glance: int
    yuan_in_wan: int
    kg_in_a_ton: int


@dataclass
class Portion:
    """Some rows; `rows` counts those of the file up to its end, `progress` is the share of the file.

    Of a row that was taken the cells are kept in `taken`, or else its line in `lines`, which begin with number `first`.
    Once all are there, `text` has them as COPY takes them: number, code, line, revenue, pieces, weight, and how it is told.
    """

    rows: int
    progress: Decimal = Decimal(1)
    first: int = 0
    lines: Sequence[str] = ()
    figures: list[str] = field(default_factory=list)
    taken: dict[int, Sequence[str]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    refused: list[RefusedRow] = field(default_factory=list)
    repeated: Tally = field(default_factory=Tally)

    customers: set[str] = field(default_factory=set)
    text: bytes = b""

    def close(self) -> Self:
        """Put together what was taken, and keep it in no other form."""
        self.text = "".join(self.figures).encode()
        self.figures, self.keys = [], set()
        return self

    @cached_property
    def _codes(self) -> Mapping[int, str]:
        rows = (row.split("\t") for row in self.text.decode().splitlines())
        return {int(number): code for number, code, *_ in rows}

    def take(self, number: int, figures: Figures, cells: Sequence[str]) -> None:
        """Take a row that could be read; the second one of a customer and line is refused."""
        code, line, revenue, pieces, weight = figures
        if code + line in self.keys:
            self.refused.append(RefusedRow(number, cells, faults.REPEATED))
            self.repeated = replace(
                self.repeated,
                revenue=self.repeated.revenue + Decimal(revenue),
                pieces=self.repeated.pieces + int(pieces),
                weight_kg=self.repeated.weight_kg + Decimal(weight),
            )
            return
        self.keys.add(code + line)
        self.customers.add(code)
        told = told_figures(line, revenue, pieces, weight)
        self.figures.append(f"{number}\t{code}\t{line}\t{revenue}\t{pieces}\t{weight}\t{told}\n")
        self.taken[number] = cells

    def code_of(self, number: int) -> str:
        """Give the customer code of a row that was taken for good."""
        return self._codes[number]

    def refuse(self, number: int, fault: RowFault) -> None:
        """Refuse a row that was taken for good."""
        cells = self.taken.get(number) or cells_of(self.lines[number - self.first].rstrip("\r"))
        self.refused.append(RefusedRow(number, cells, fault))


class Sorter:
    """Sorts rows into portions; those up to `skip` were taken before."""

    def __init__(self, reader: RowReader, skip: int) -> None:
        self._reader = reader
        self._skip = skip
        self.rows = 0
        self.stated: Stated | None = None

    def add(self, portion: Portion, number: int, cells: Sequence[str], fault: RowFault | None = None) -> None:
        """Put a row where it belongs; `fault` is what its sheet says against it."""
        try:
            if fault is not None:
                raise RowRefused(fault)
            figures = self._reader.read(cells)
        except RowRefused as refused:
            if fault is None and self._is_no_row(cells):
                return
            if self.counts(portion):
                portion.refused.append(RefusedRow(number, cells, refused.fault))
            return
        if self.counts(portion):
            portion.take(number, figures, cells)

    def counts(self, portion: Portion) -> bool:
        """Count a row; tells whether it was not taken before."""
        self.rows += 1
        portion.rows = self.rows
        return self.rows > self._skip

    def _is_no_row(self, cells: Sequence[str]) -> bool:
        """Tell the row of totals, the words below it, and rows of a form that were left blank."""
        if is_total(cells):
            self.stated = self._reader.stated(cells)
            return True
        return is_footer(cells) or self._reader.is_unfilled(cells)


class CsvFile:
    """A CSV file that is read piece by piece."""

    def __init__(self, encoding: str, reading: Reading, skip: int) -> None:
        self._cutter = LineCutter(encoding, reading.longest_row, reading.rows_of_one)
        self._reading = reading
        self._skip = skip
        self._sorter: Sorter | None = None
        self._plain: PlainReader | None = None
        self.header: Sequence[str] = ()

    @property
    def stated(self) -> Stated | None:
        """What the row of totals said, as far as the file was read."""
        return self._sorter.stated if self._sorter else None

    def portion(self, piece: bytes, progress: Decimal) -> Portion:
        """Give the rows that end in a piece; raises FileRefused where the first row is no header."""
        first, lines = self._cutter.feed(piece, last=progress == 1)
        made = Portion(self._sorter.rows if self._sorter else 0, progress, first, lines)
        begun = 0
        while self._sorter is None and begun < len(lines):
            if lines[begun].strip():
                self._sorter = self._begin(cells_of(self._line(lines[begun])))
            begun += 1
        if self._sorter is not None:
            self._fill(self._sorter, made, begun)
        elif progress == 1:
            raise header_missing(REQUIRED)
        return made.close()

    def _fill(self, sorter: Sorter, made: Portion, begun: int) -> None:
        """Take the lines from one on: plain ones at once, all others by their cells."""
        longest, named = self._reading.longest_row, self._reading.lines
        keys, customers, figures = made.keys, made.customers, made.figures
        lines = made.lines[begun:]
        short = self._plain is not None and max(map(len, lines), default=0) <= longest
        plain = self._plain.read(lines) if self._plain and short else repeat(NOTHING, len(lines))
        rows, skip = sorter.rows, self._skip
        for number, (code, name, revenue, pieces, weight) in enumerate(plain, made.first + begun):
            line = named.get(name, "")
            key = code + line
            if not line or key in keys:
                sorter.rows = rows
                self._add(sorter, made, number, self._line(made.lines[number - made.first]))
                rows = sorter.rows
                continue
            rows += 1
            if rows > skip:
                keys.add(key)
                customers.add(code)
                whole = revenue[FEN] == "." == weight[GRAMS]
                tell = told_as_they_are if whole else told_figures
                told = tell(line, revenue, pieces, weight)
                figures.append(f"{number}\t{code}\t{line}\t{revenue}\t{pieces}\t{weight}\t{told}\n")
        made.rows = sorter.rows = rows

    def _line(self, line: str) -> str:
        return line.rstrip("\r")[: self._reading.longest_row + 1]

    def _begin(self, header: list[str]) -> Sorter:
        columns = csv_columns(header)
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise header_missing(missing)
        self.header = header
        reading = self._reading
        layout = Layout(columns, len(header), yuan=1, kg_in_a_ton=reading.kg_in_a_ton)
        self._plain = PlainReader(layout, reading.month, reading.rows_at_a_glance)
        return Sorter(RowReader(layout, reading.month, reading.lines), self._skip)

    def _add(self, sorter: Sorter, made: Portion, number: int, line: str) -> None:
        if not line.strip():
            return
        if len(line) > self._reading.longest_row:
            sorter.add(made, number, [line], faults.TOO_LONG)
            return
        cells = cells_of(line)
        if any(cells):
            sorter.add(made, number, cells, faults.UNPRINTABLE if "\x00" in line else None)


class Annex3File:
    """The first sheet of a workbook with the columns of annex 3, in 万元, or of a CSV file, in 元: so is its error sheet."""

    def __init__(self, workbook: Workbook, reading: Reading, skip: int) -> None:
        forms = ((ANNEX_3_HEADERS, reading.yuan_in_wan), (CSV_HEADERS, 1))
        found = [
            (read_table(sheet, _wanted(headers), footers=FOOTERS), headers, yuan)
            for headers, yuan in forms
            for sheet in workbook.sheets
        ]
        whole = next((one for one in found if not one[0].missing), None)
        if whole is None:
            best = max((table for table, _, _ in found), key=lambda one: len(one.columns), default=None)
            raise header_missing(best.missing if best else REQUIRED)
        self._table, headers, yuan = whole
        self._fields = tuple(self._table.columns)
        places = {name: place for place, name in enumerate(self._fields)}
        layout = Layout(places, len(places), yuan=yuan, kg_in_a_ton=reading.kg_in_a_ton)
        self._sorter = Sorter(RowReader(layout, reading.month, reading.lines), skip)
        self.header = [headers[name][0] for name in self._fields]

    @property
    def stated(self) -> Stated | None:
        """What the row of totals said."""
        return self._sorter.stated

    def portions(self, most: int) -> Iterator[Portion]:
        """Give the rows, some at a time."""
        made = Portion(rows=0)
        height = self._table.sheet.height
        for row in self._table.rows():
            self._sorter.add(made, row.number, [row.text(name) for name in self._fields], _fault(row))
            if len(made.figures) + len(made.refused) >= most:
                made.progress = Decimal(row.number) / height
                yield made.close()
                made = Portion(rows=self._sorter.rows)
        yield made.close()


def _wanted(headers: Mapping[str, Sequence[str]]) -> list[Column]:
    return [Column(name, tuple(words), required=name in REQUIRED) for name, words in headers.items()]


def header_missing(fields: Sequence[str]) -> FileRefused:
    """The refusal of a file without its header."""
    zh = "、".join(HEADER_WORDS.get(name, name) for name in fields)
    return FileRefused(
        "header-missing",
        f"没有找到表头，或缺少栏目：{zh}",
        f"No header, or columns missing: {', '.join(fields)}",
    )


def _fault(row: TableRow) -> RowFault | None:
    problem = next(iter(row.problems()), None)
    if problem is None:
        return None
    return RowFault(problem.code, f"{problem.cell} {problem.zh}", f"{problem.cell}: {problem.en}")
