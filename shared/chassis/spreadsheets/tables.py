"""Tables: headers in one row, or in two with merged cells, then rows.

    COLUMNS = (Column("code", ("客户编码", "customer_code")), Column("month", ("用邮收入(万元)/当月",)),
               Column("name", ("客户名称",), required=False))
    table = read_table(sheet, COLUMNS, footers=("备注", "填报人"))
    table.missing                                  # required columns without a header; then there are no rows
    for row in table.rows():                       # lazily: a large table is cut into pieces by its reader
        row.number, row["code"].text, row["code"].address, row.problems()

A header of two rows is written `upper/lower`. Blank rows are passed over; a row that begins with a footer's words ends it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chassis.spreadsheets.cells import Cell, CellProblem
from chassis.spreadsheets.labels import normal
from chassis.spreadsheets.workbooks import Sheet

HEADER_WITHIN = 30
DEEPEST = 2


@dataclass(frozen=True)
class Column:
    """A field and the headers that may stand above it."""

    field: str
    spellings: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class TableRow:
    """One row; `number` as people count rows."""

    number: int
    cells: Mapping[str, Cell]

    def __getitem__(self, field: str) -> Cell:
        """Give the cell of a column; raises KeyError where the table has no such column."""
        return self.cells[field]

    def text(self, field: str) -> str:
        """Give a cell's text; empty where the table has no such column."""
        cell = self.cells.get(field)
        return cell.text if cell else ""

    def problems(self) -> list[CellProblem]:
        """Give what stands against taking cells as input: formulas, lost digits, error values."""
        return [cell.problem for cell in self.cells.values() if cell.problem is not None]


@dataclass(frozen=True)
class Table:
    """Where the columns stand, and the rows below their headers."""

    sheet: Sheet
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    first_row: int
    footers: frozenset[str] = field(default_factory=frozenset)

    def rows(self) -> Iterator[TableRow]:
        """Give the rows that hold something, until a footer."""
        if self.missing:
            return
        for number in range(self.first_row, self.sheet.height):
            if self._ends(number):
                return
            cells = {name: self.sheet.cell(number, column) for name, column in self.columns.items()}
            if any(cell.text or cell.problem for cell in cells.values()):
                yield TableRow(number + 1, cells)

    def _ends(self, number: int) -> bool:
        if not self.footers:
            return False
        begins = normal(self.sheet.first_text(number))
        return any(begins.startswith(footer) for footer in self.footers)


def read_table(sheet: Sheet, columns: Sequence[Column], *, footers: Sequence[str] = ()) -> Table:
    """Find the headers within the first rows; where required ones are missing, the fullest row tells which."""
    best: tuple[dict[str, int], int] = ({}, 0)
    for row in range(min(HEADER_WITHIN, sheet.height)):
        for depth in range(1, DEEPEST + 1):
            found = _found(_headers(sheet, row, depth), columns)
            if len(found) > len(best[0]):
                best = (found, row + depth)
    found, first_row = best
    missing = tuple(column.field for column in columns if column.required and column.field not in found)
    return Table(sheet, found, missing, first_row, frozenset(map(normal, footers)))


def _found(headers: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in columns:
        spellings = {normal(spelling) for spelling in column.spellings}
        place = next((place for place, header in enumerate(headers) if header in spellings), None)
        if place is not None:
            found[column.field] = place
    return found


def _headers(sheet: Sheet, row: int, depth: int) -> list[str]:
    return [_header(sheet, row, depth, column) for column in range(sheet.width)]


def _header(sheet: Sheet, row: int, depth: int, column: int) -> str:
    spans = [sheet.span((row + down, column)) for down in range(depth)]
    words: dict[str, None] = {}
    for place in dict.fromkeys(span.first for span in spans):
        text = normal(sheet.cell(*place).text)
        if text:
            words[text] = None
    return "/".join(words)
