"""What was read of one sheet of a workbook of forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chassis.spreadsheets.cells import Cell, CellProblem
from contracts.refusals import Refusal
from registry.model.imports import Wrong

Form = TypeVar("Form")


@dataclass
class SheetRead(Generic[Form]):
    """One sheet: the body where it is sound, what is wrong where it is not, and which cell stands for which place."""

    sheet: str
    body: Form | None = None
    problems: list[CellProblem] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def written(self, address: str) -> tuple[str, str]:
        """Give the label and the text of a cell as written."""
        cell = next((cell for cell in self.cells.values() if cell.address == address), None)
        return self.labels.get(address, ""), cell.text if cell else ""

    def wrong(self, problems: Iterable[Mapping[str, Any]]) -> list[Wrong]:
        """Give problems, as an answer shows them, for the error sheet."""
        return [
            Wrong(self.sheet, one["cell"], *self.written(one["cell"]), one["zh"], one["en"])
            for one in problems
        ]


def problem_at(cell: Cell | None, refusal: Refusal) -> CellProblem:
    """Give a refusal by the cell that it is about."""
    return CellProblem(cell.address if cell else "", refusal.code, refusal.zh, refusal.en)
