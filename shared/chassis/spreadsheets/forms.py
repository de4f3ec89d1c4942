"""Forms: a label, and its value in the next cell to the right.

    LABELS = (Label("name", ("客户名称",)), Label("phone", ("联系电话",)),
              Label("handler_phone", ("联系电话", "经办电话"), after="handler"), ...)
    form = read_form(sheet, LABELS)
    form["name"].text, form["name"].address      # an empty cell where nothing is written, at the place where it would be
    form.missing                                 # fields whose label stands nowhere

A label's cell may be merged; the value is the first cell with content to the right of it in its row, as far as the next
label. Where a label's words stand twice, or also occur as a value, `after` names the field behind whose label it is sought.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chassis.spreadsheets.addresses import Place
from chassis.spreadsheets.cells import Cell, CellProblem
from chassis.spreadsheets.labels import normal
from chassis.spreadsheets.workbooks import Sheet


@dataclass(frozen=True)
class Label:
    """A field and the words that may stand before it; sought from the top, or behind another field's label."""

    field: str
    spellings: tuple[str, ...]
    after: str | None = None


@dataclass(frozen=True)
class Form:
    """The cell of each field whose label was found."""

    cells: Mapping[str, Cell]
    missing: tuple[str, ...]

    def __getitem__(self, field: str) -> Cell:
        """Give the cell of a field; raises KeyError where its label is missing."""
        return self.cells[field]

    def written(self) -> Iterator[tuple[str, Cell]]:
        """Give the fields that hold something sound."""
        return ((field, cell) for field, cell in self.cells.items() if cell.text and not cell.problem)

    def problems(self) -> list[CellProblem]:
        """Give what stands against taking cells as input: formulas, lost digits, error values."""
        return [cell.problem for cell in self.cells.values() if cell.problem is not None]


def read_form(sheet: Sheet, labels: Sequence[Label]) -> Form:
    """Read the fields of a form from a sheet."""
    places = _places(sheet, labels)
    taken = frozenset(places.values())
    cells = {field: _value(sheet, place, taken) for field, place in places.items()}
    return Form(cells, tuple(label.field for label in labels if label.field not in places))


def _places(sheet: Sheet, labels: Sequence[Label]) -> dict[str, Place]:
    written = [(normal(cell.text), cell.place) for cell in sheet.written()]
    places: dict[str, Place] = {}
    for label in labels:
        spellings = _normal_spellings(label.spellings)
        behind = places.get(label.after, (-1, -1)) if label.after else (-1, -1)
        taken = set(places.values())
        place = next(
            (place for text, place in written if text in spellings and place > behind and place not in taken),
            None,
        )
        if place is not None:
            places[label.field] = place
    return places


@lru_cache
def _normal_spellings(spellings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normal(spelling) for spelling in spellings)


def _value(sheet: Sheet, label: Place, labels: frozenset[Place]) -> Cell:
    row, last = label[0], sheet.span(label).last[1]
    first = sheet.cell(row, last + 1)
    for column in range(last + 1, sheet.width):
        cell = sheet.cell(row, column)
        if cell.place in labels:
            break
        if cell.text or cell.problem:
            return cell
    return first
