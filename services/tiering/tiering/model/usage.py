"""Usage as units file it: files, rows, months, reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class FileState(StrEnum):
    """Where a usage file stands."""

    RECEIVED = "received"
    CHECKING = "checking"
    LOADED = "loaded"
    REJECTED = "rejected"


class FileFormat(StrEnum):
    """How a usage file is written."""

    CSV = "csv"
    XLSX = "xlsx"


class Reason(StrEnum):
    """Why a row is not the first of its month: late, corrected by its source, or found inaccurate."""

    LATE = "late"
    SOURCE = "source"
    INACCURACY = "inaccuracy"


class ReportKind(StrEnum):
    """What a filed analysis is."""

    MONTHLY_ANALYSIS = "monthly-analysis"
    KPI_REPORT = "kpi-report"


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was refused."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row left out, with its cells as they were written."""

    number: int
    cells: Sequence[str]
    fault: RowFault


class FileRefused(Exception):
    """A file of which no row can be read; says why in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


class RowRefused(Exception):
    """A row that cannot be read; the rest of its file goes on."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.en)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Stated:
    """What a form's 合计 row says; None where it says nothing."""

    revenue: Decimal | None
    pieces: int | None
    weight_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A file that waits for its loading, or is half loaded: `rows` of it have been taken.

    `loaded_before` are the same bytes of the same unit and month, loaded by earlier uploads.
    """

    file_id: UUID
    org_id: str
    month: date
    format: FileFormat
    state: FileState
    received_at: datetime
    late: bool
    uploaded_by: str
    correlation_id: str
    rows: int
    loaded_before: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of rows; `revenue`, `pieces` and `weight_kg` of all that could be read, in yuan and kilograms."""

    loaded: int = 0
    corrected: int = 0
    unchanged: int = 0
    refused: int = 0
    revenue: Decimal = Decimal(0)
    loaded_revenue: Decimal = Decimal(0)
    pieces: int = 0
    weight_kg: Decimal = Decimal(0)


def told_figures(line: str, revenue: str, pieces: str, weight_kg: str) -> str:
    """Give figures in plain digits as an event tells them, between the customer and the version: JSON."""
    yuan, _, fen = revenue.partition(".")
    kg, _, grams = weight_kg.partition(".")
    return told_as_they_are(line, f"{int(yuan)}.{fen:0<2}", str(int(pieces)), f"{int(kg)}.{grams:0<3}")


def told_as_they_are(line: str, revenue: str, pieces: str, weight_kg: str) -> str:
    """Give figures that are written to their last place and begin with no idle zero, as an event tells them."""
    return f'","{line}","{revenue}",{pieces},"{weight_kg}",'
