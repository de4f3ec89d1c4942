"""A workbook of registration forms as it was taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Imported(StrEnum):
    """What workbooks of forms brought in, each kept in the table of this name."""

    DECLARATIONS = "declaration_import"
    FILES = "file_import"


@dataclass(frozen=True)
class Wrong:
    """One thing wrong with a form, for the error sheet: where it stands, what was written, why it is refused."""

    sheet: str
    cell: str
    label: str
    written: str
    zh: str
    en: str


@dataclass(frozen=True)
class FormsImport:
    """What became of each sheet; `items` as the answer shows them. It names persons and is sealed at rest."""

    import_id: UUID
    org_id: str
    file_name: str
    submitted_by: UUID
    submitted_at: datetime
    items: Sequence[Mapping[str, Any]]
    wrong: Sequence[Wrong]
    taken: int

    @property
    def refused(self) -> int:
        """How many forms became no living declaration."""
        return len(self.items) - self.taken
