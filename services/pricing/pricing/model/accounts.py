"""What a customer owes: bills by month, what was settled of them, and what that does to its credit."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class CreditState(StrEnum):
    """Warned at the days of the pack, stopped where not settled in time, normal again on payment."""

    NORMAL = "normal"
    WARNED = "warned"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Bill:
    """One month of one customer, in yuan; `due_on` is the last day to settle it."""

    customer_id: UUID
    month: str
    amount: Decimal
    settled: Decimal
    due_on: date

    @property
    def open_amount(self) -> Decimal:
        """What is not settled yet."""
        return self.amount - self.settled


@dataclass(frozen=True, slots=True)
class Account:
    """Where a customer stands; `oldest_due_on` is that of its oldest open bill, `credit_mark` the last bound reached."""

    customer_id: UUID
    org_id: str
    orgpath: str
    manager_id: UUID | None
    oldest_due_on: date | None
    version: int
    credit_state: CreditState
    credit_mark: int
    credit_version: int

    def overdue_days(self, day: date) -> int:
        """Give the age of the oldest open bill: whole days after its last day to settle, 0 where none is late."""
        return overdue_days(self.oldest_due_on, day)


def overdue_days(due_on: date | None, day: date) -> int:
    """Give how many days a bill is late on a day; 0 on its last day and before."""
    return max((day - due_on).days, 0) if due_on is not None else 0


def month_start(month: str) -> date:
    """Give the first day of a month such as 2026-03."""
    return date.fromisoformat(f"{month}-01")


def month_end(month: str) -> date:
    """Give the last day of a month such as 2026-03."""
    first = month_start(month)
    return first.replace(day=monthrange(first.year, first.month)[1])
