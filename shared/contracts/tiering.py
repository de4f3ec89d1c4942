"""What tiering tells: usage by unit and month, classes of customers, reviews and filed analyses."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)


UsageRow = tuple[UUID, str, str, int, str, int]
"""customer_id, line, revenue in yuan, pieces, weight_kg, version."""
CorrectedRow = tuple[UUID, str, str, int, str, int, str, int, str]
"""A usage row, then the revenue, pieces and weight_kg that it replaces."""


class UsageRecorded(_Fact):
    """Up to 500 rows of one unit's month; of two rows of a customer, line and month the higher version holds."""

    TYPE: ClassVar[str] = "tiering.usage.recorded.v1"
    org_id: str
    month: str
    usage_file_id: UUID | None
    rows: list[UsageRow]


class UsageCorrected(_Fact):
    """Rows that replace earlier ones; `reason` is late, source or inaccuracy (found against the systems)."""

    TYPE: ClassVar[str] = "tiering.usage.corrected.v1"
    org_id: str
    month: str
    usage_file_id: UUID | None
    reason: str
    rows: list[CorrectedRow]


class UsageFileLoaded(_Fact):
    """A unit's monthly form was checked and loaded; refused rows were left out and are reported apart."""

    TYPE: ClassVar[str] = "tiering.usage-file.loaded.v1"
    usage_file_id: UUID
    org_id: str
    month: str
    state: str
    rows: int
    refused_rows: int
    received_at: datetime
    late: bool


class UsageFileMissing(_Fact):
    """A unit had not filed a month by its day."""

    TYPE: ClassVar[str] = "tiering.usage-file.missing.v1"
    org_id: str
    month: str
    due_on: date
    because: dict[str, Any] | None


class TierFact(_Fact):
    """A class as one scheme gives it: its own tier, the class 1-4 of the common scale, the class served by."""

    scheme: str | None
    tier: str | None
    class_: int | None = Field(alias="class")
    service_class: int | None


class TierChanged(TierFact):
    """A customer's class from a day on. `class` null: no key account; `basis` says what decided it."""

    TYPE: ClassVar[str] = "tiering.tier.changed.v1"
    customer_id: UUID
    org_id: str
    former: TierFact | None
    basis: str
    valid_from: date
    review_id: UUID | None
    because: dict[str, Any] | None


class ReviewPublished(_Fact):
    """A province's yearly review holds from a day on; counts of customers by what became of their class."""

    TYPE: ClassVar[str] = "tiering.review.published.v1"
    review_id: UUID
    org_id: str
    year: int
    valid_from: date
    customers: int
    changed: int
    overridden: int
    published_by: UUID


class ReviewCorrected(_Fact):
    """A correction of a published review holds, the `number`th of it; `customers` it has lines of, `changed` classes."""

    TYPE: ClassVar[str] = "tiering.review.corrected.v1"
    correction_id: UUID
    review_id: UUID
    org_id: str
    year: int
    number: int
    reason: str
    valid_from: date
    customers: int
    changed: int
    approved_by: UUID


class ReportFiled(_Fact):
    """A unit's analysis of a month, with the customers that it covers."""

    TYPE: ClassVar[str] = "tiering.report.filed.v1"
    report_id: UUID
    org_id: str
    kind: str
    month: str
    customers: list[UUID]
    filed_on: date
    filed_with_province: bool
