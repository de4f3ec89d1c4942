"""What may be asked of pricing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `actor` is the staff_id, or the name of a system."""

    actor: str
    org_id: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class RequestTariff:
    """Ask for a discount, a share of 1, on lines of a customer."""

    asker: Asker
    customer: str
    lines: tuple[str, ...]
    discount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerTariff:
    """Approve, refuse, send up or withdraw a request, with words where there are any."""

    asker: Asker
    request_id: UUID
    text: str | None


@dataclass(frozen=True, slots=True)
class DraftAgreement:
    """Draft an agreement; discounts by line and the daily penalty are shares of 1."""

    customer: str
    lines: tuple[str, ...]
    settlement_days: int
    starts_on: date
    ends_on: date | None
    discounts: Mapping[str, Decimal]
    penalty_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class LoadAgreement:
    """Take over an agreement that was signed before; `signed_on` None: by the day it started."""

    draft: DraftAgreement
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class MoveAgreement:
    """Sign an agreement on a day, or end it for a reason."""

    asker: Asker
    agreement_id: UUID
    signed_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class BillCustomer:
    """One month's bill in yuan; `due_on` None: by the agreement that covers the month."""

    customer: str
    month: str
    amount: Decimal
    due_on: date | None


@dataclass(frozen=True, slots=True)
class SettleBill:
    """A payment in yuan on one month's bill."""

    customer: str
    month: str
    amount: Decimal
    paid_on: date
