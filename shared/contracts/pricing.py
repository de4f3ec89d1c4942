"""What pricing tells: tariff requests, agreements and arrears; never an amount, a rate or a limit."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TariffFact(_Fact):
    """A tariff request's public state; `late` lists the levels whose days ran out unanswered."""

    TYPE: ClassVar[str]
    tariff_request_id: UUID
    customer_id: UUID
    org_id: str
    lines: list[str]
    state: str
    level: str
    deciding_org_id: str
    requested_at: datetime
    level_since: datetime
    answered_at: datetime | None
    late: list[str]
    filed_with_province: bool
    because: dict[str, Any] | None


class TariffRequested(TariffFact):
    """A unit asked for a discount; `level` is who has to answer."""

    TYPE: ClassVar[str] = "pricing.tariff.requested.v1"


class TariffApproved(TariffFact):
    """The discount was granted."""

    TYPE: ClassVar[str] = "pricing.tariff.approved.v1"


class TariffRefused(TariffFact):
    """The discount was refused with a reason."""

    TYPE: ClassVar[str] = "pricing.tariff.refused.v1"


class TariffSentUp(TariffFact):
    """The request went one level up, whose days begin."""

    TYPE: ClassVar[str] = "pricing.tariff.sent-up.v1"


class TariffOverdue(TariffFact):
    """A level's days ran out without an answer; the request stays open."""

    TYPE: ClassVar[str] = "pricing.tariff.overdue.v1"


class TariffWithdrawn(TariffFact):
    """The asking unit took the request back."""

    TYPE: ClassVar[str] = "pricing.tariff.withdrawn.v1"


class AgreementFact(_Fact):
    """An agreement's public state: its lines, the days in which bills are settled, its term."""

    TYPE: ClassVar[str]
    agreement_id: UUID
    customer_id: UUID
    org_id: str
    lines: list[str]
    state: str
    settlement_days: int
    starts_on: date
    ends_on: date | None
    because: dict[str, Any] | None


class AgreementSigned(AgreementFact):
    """An agreement, or its next version, is in force."""

    TYPE: ClassVar[str] = "pricing.agreement.signed.v1"


class AgreementExpiring(AgreementFact):
    """Its end is near; reminders go out by the days of the pack."""

    TYPE: ClassVar[str] = "pricing.agreement.expiring.v1"


class AgreementEnded(AgreementFact):
    """It ran out or was ended."""

    TYPE: ClassVar[str] = "pricing.agreement.ended.v1"


class ArrearsChanged(_Fact):
    """When the oldest open bill of a customer was to be settled; null where all are. Its age is counted from there."""

    TYPE: ClassVar[str] = "pricing.arrears.changed.v1"
    customer_id: UUID
    org_id: str
    oldest_due_on: date | None


class CreditFact(_Fact):
    """A customer's credit use; `overdue_days` is the age of the oldest open bill."""

    TYPE: ClassVar[str]
    customer_id: UUID
    org_id: str
    state: str
    overdue_days: int | None
    because: dict[str, Any] | None


class CreditWarned(CreditFact):
    """A bound of age or use was reached."""

    TYPE: ClassVar[str] = "pricing.credit.warned.v1"


class CreditStopped(CreditFact):
    """Not settled in time: no more credit."""

    TYPE: ClassVar[str] = "pricing.credit.stopped.v1"


class CreditRestored(CreditFact):
    """Settled: credit again."""

    TYPE: ClassVar[str] = "pricing.credit.restored.v1"
