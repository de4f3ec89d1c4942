"""How much of a workbook is read; a reader may ask for less than the settings allow."""

from dataclasses import dataclass

from chassis.settings import Settings


@dataclass(frozen=True)
class Limits:
    """Bytes are of the file and of all its parts unpacked; rows and columns are of one sheet, cells of all.

    A reader lays a sheet out as a whole, from A1 to its last cell: one cell far out costs as much as all before it."""

    most_bytes: int
    most_unpacked: int
    most_ratio: int
    most_parts: int
    most_sheets: int
    most_rows: int
    most_columns: int
    most_cells: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """Give the limits of a process."""
        return cls(
            most_bytes=settings.max_attachment_bytes,
            most_unpacked=settings.workbook_unpacked_bytes,
            most_ratio=settings.workbook_ratio,
            most_parts=settings.workbook_parts,
            most_sheets=settings.workbook_sheets,
            most_rows=settings.workbook_rows,
            most_columns=settings.workbook_columns,
            most_cells=settings.workbook_cells,
        )
