"""What may be asked about usage."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tiering.model.usage import FileFormat, Reason, ReportKind


@dataclass(frozen=True, slots=True)
class SubmitFile:
    """Take a unit's month as a file; `org_id` None is the caller's own unit."""

    org_id: str | None
    month: date
    name: str
    format: FileFormat
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One customer's use of one line in a month."""

    customer: str
    line: str
    revenue: Decimal
    pieces: int
    weight_kg: Decimal


@dataclass(frozen=True, slots=True)
class RecordUsage:
    """Take rows of a unit's month; with a reason they are corrections."""

    org_id: str | None
    month: date
    rows: tuple[FigureRow, ...]
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """File an analysis of a month, with the customers that it covers."""

    org_id: str | None
    kind: ReportKind
    month: date
    customers: tuple[str, ...]
    filed_with_province: bool
    note: str | None
