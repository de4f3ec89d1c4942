"""Workbooks as read: visible sheets of cells.

    workbook = await runtime.workbooks.read(content)            # chassis.spreadsheets.desk; a thread, bounded
    for sheet in workbook.sheets:
        sheet.name, sheet.height, sheet.width
        cell = sheet.cell(6, 2)                                  # from zero; cell.text, cell.address == "C7", cell.problem
        sheet.rows()                                             # every row as a list of texts, for tables

Forms (a label, its value to the right) are read by `forms.read_form`, tables (headers, then rows) by `tables.read_table`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from chassis.spreadsheets.addresses import Place
from chassis.spreadsheets.cells import Cell, Raw, cell_of
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.packages import not_a_workbook, open_package
from chassis.spreadsheets.scanning import Findings, scan


@dataclass(frozen=True)
class Span:
    """A merged range; both ends belong to it."""

    first: Place
    last: Place

    def holds(self, place: Place) -> bool:
        """Tell whether a place lies in it."""
        return self.first[0] <= place[0] <= self.last[0] and self.first[1] <= place[1] <= self.last[1]


class Sheet:
    """One sheet; rows and columns count from zero at A1."""

    def __init__(
        self, name: str, raw: Sequence[Sequence[Raw]], merged: Sequence[Span], formulas: frozenset[Place]
    ) -> None:
        self.name = name
        self.merged = merged
        self._raw = raw
        self._formulas = formulas
        self._spans: dict[int, list[Span]] = {}

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self._raw)

    @property
    def width(self) -> int:
        """The number of columns."""
        return max(map(len, self._raw), default=0)

    def cell(self, row: int, column: int) -> Cell:
        """Give a cell; beyond the sheet all are empty."""
        raw: Raw = ""
        if row < len(self._raw) and column < len(self._raw[row]):
            raw = self._raw[row][column]
        place = (row, column)
        return cell_of(place, raw, formula=place in self._formulas)

    def row(self, row: int) -> list[Cell]:
        """Give the cells of a row."""
        return [self.cell(row, column) for column in range(self.width)]

    def first_text(self, row: int) -> str:
        """Give the first text of a row; empty where it begins with something else."""
        first = next((raw for raw in self._raw[row] if raw != ""), "")
        return first if isinstance(first, str) else ""

    def written(self) -> Iterator[Cell]:
        """Give the cells that hold something, row by row."""
        for row, raws in enumerate(self._raw):
            for column, raw in enumerate(raws):
                if raw != "" or (row, column) in self._formulas:
                    yield self.cell(row, column)

    def span(self, place: Place) -> Span:
        """Give the merged range of a place, or the place alone."""
        row = place[0]
        if row not in self._spans:
            self._spans[row] = [span for span in self.merged if span.first[0] <= row <= span.last[0]]
        return next((span for span in self._spans[row] if span.holds(place)), Span(place, place))


@dataclass(frozen=True)
class Workbook:
    """The visible sheets in their order; the names of hidden ones, which are not read."""

    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...]


def read_workbook(content: bytes, limits: Limits) -> Workbook:
    """Read an .xlsx file; raises WorkbookRefused. CPU work: from a coroutine use `desk.Workbooks.read`."""
    package = open_package(content, limits)
    findings = scan(package.parts, limits)
    try:
        with CalamineWorkbook.from_filelike(package.repacked()) as book:
            shown = [sheet for sheet in book.sheets_metadata if _is_read(sheet)]
            hidden = tuple(sheet.name for sheet in book.sheets_metadata if not _is_read(sheet))
            return Workbook(tuple(_sheet(book, sheet.name, findings) for sheet in shown), hidden)
    except (CalamineError, ValueError, OSError) as broken:
        raise not_a_workbook() from broken


def _is_read(sheet: SheetMetadata) -> bool:
    return sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible


def _sheet(book: CalamineWorkbook, name: str, findings: Findings) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    merged = [Span(first, last) for first, last in sheet.merged_cell_ranges or ()]
    raw: Sequence[Sequence[Raw]] = sheet.to_python(skip_empty_area=False)
    return Sheet(name, raw, merged, findings.formulas_of(name))
