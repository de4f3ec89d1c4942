"""What requests about usage may hold."""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chassis.http.bodies import Body, Money
from tiering.commands.usage import FigureRow, FileReport, RecordUsage
from tiering.model.months import read_month
from tiering.model.refusals import UnreadableMonth
from tiering.model.usage import Reason, ReportKind
from tiering.settings import (
    LONGEST_ORG_ID,
    LONGEST_REFERENCE,
    LONGEST_TEXT,
    PIECES_MOST,
    REPORT_CUSTOMERS_MOST,
    ROWS_MOST,
)


def _narrow(value: Any) -> Any:
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


Reference = Annotated[str, BeforeValidator(_narrow), Field(min_length=1, max_length=LONGEST_REFERENCE)]
OrgId = Annotated[str, Field(min_length=1, max_length=LONGEST_ORG_ID)]
Month = Annotated[str, BeforeValidator(_narrow), Field(max_length=LONGEST_ORG_ID, examples=["2026-02"])]
Kg = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$")]
Yuan = Annotated[Money, Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$")]
Pieces = Annotated[int, Field(strict=True, ge=0, le=PIECES_MOST)]


class RowIn(Body):
    """One customer's use of one line: yuan and kg as decimal text."""

    customer: Reference
    line: Annotated[str, Field(min_length=1, max_length=LONGEST_REFERENCE)]
    revenue: Yuan
    pieces: Pieces = 0
    weight_kg: Kg = "0"

    def row(self) -> FigureRow:
        """Give the command's part."""
        return FigureRow(
            self.customer, self.line, Decimal(self.revenue), self.pieces, Decimal(self.weight_kg)
        )


class UsageIn(Body):
    """Rows of a unit's month; all are taken, or none."""

    org_id: OrgId | None = None
    month: Month
    rows: Annotated[list[RowIn], Field(min_length=1, max_length=ROWS_MOST)]

    def command(self, reason: Reason | None = None) -> RecordUsage:
        """Give the command; raises UnreadableMonth."""
        rows = tuple(row.row() for row in self.rows)
        return RecordUsage(self.org_id, month_of(self.month), rows, reason)


class CorrectionsIn(UsageIn):
    """Rows that replace what is on record, and why."""

    reason: Reason

    def correction(self) -> RecordUsage:
        """Give the command; raises UnreadableMonth."""
        return self.command(self.reason)


class ReportIn(Body):
    """An analysis of a month, with the customers that it covers."""

    org_id: OrgId | None = None
    kind: ReportKind
    month: Month
    customers: Annotated[list[Reference], Field(max_length=REPORT_CUSTOMERS_MOST)]
    filed_with_province: bool = False
    note: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None

    def command(self) -> FileReport:
        """Give the command; raises UnreadableMonth."""
        return FileReport(
            self.org_id,
            self.kind,
            month_of(self.month),
            tuple(self.customers),
            self.filed_with_province,
            self.note,
        )


def month_of(written: str) -> date:
    """Read a month; raises UnreadableMonth."""
    month = read_month(written)
    if month is None:
        raise UnreadableMonth.of()
    return month
