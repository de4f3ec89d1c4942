"""What the handlers of usage need from outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from regulations.calendars import Due
from tiering.commands.usage import FileReport, SubmitFile
from tiering.model.usage import Reason, Tally, told_figures


@dataclass(frozen=True, slots=True)
class Batch:
    """Of which unit's month rows are, and why they replace or come after what is on record.

    `loaded_before` are earlier files of the same bytes: of these rows only those are taken that each of them refused.
    """

    org_id: str
    orgpath: str
    month: date
    file_id: UUID | None
    reason: Reason
    rows_per_event: int
    loaded_before: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Staged:
    """A row ready to be compared with what is on record."""

    number: int
    customer_id: UUID
    line: str
    revenue: Decimal
    pieces: int
    weight_kg: Decimal

    @property
    def told(self) -> str:
        """The figures as an event tells them."""
        return told_figures(self.line, str(self.revenue), str(self.pieces), str(self.weight_kg))


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch; row numbers of those that were not taken, by their verdict."""

    tally: Tally
    new: int
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)


class UsageRows(Protocol):
    """Usage as it is written: compared, versioned and told in one statement."""

    async def known(self, references: Sequence[str], below: str | None = None) -> Mapping[str, UUID]:
        """Give the customers in scope, and below an organisation's path, that are named by code or id."""
        ...

    async def take(self, batch: Batch, rows: Sequence[Staged]) -> Taken:
        """Write rows that are new or differ."""
        ...


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it is received."""

    file_id: UUID
    org_id: str
    command: SubmitFile
    uploaded_by: str
    correlation_id: str
    received_at: datetime
    due: Due
    late: bool


class UsageFiles(Protocol):
    """Files as they are received."""

    async def same_as(self, org_id: str, month: date, sha256: bytes, since: datetime | None) -> UUID | None:
        """Give the file of these bytes, received since then, that is on record for the month and needs no second loading."""
        ...

    async def receive(self, file: NewFile, pieces: AsyncIterator[bytes]) -> None:
        """Keep a file."""
        ...


@dataclass(frozen=True, slots=True)
class NewReport:
    """An analysis as it is filed."""

    report_id: UUID
    org_id: str
    orgpath: str
    command: FileReport
    customers: tuple[UUID, ...]
    filed_by: str


class Reports(Protocol):
    """Filed analyses."""

    async def file(self, report: NewReport) -> None:
        """Write a report and tell it."""
        ...
