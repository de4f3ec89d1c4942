"""What handlers need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.directory import Snapshot
from pricing.commands import Asker
from pricing.model.accounts import Account, Bill
from pricing.model.agreements import Agreement
from pricing.model.customers import Customer
from pricing.model.tariffs import Late, TariffRequest
from pricing.policies.credit import CreditMove
from regulations.calendars import Duration, day_of
from regulations.provisions import Reason


class Customers(Protocol):
    """Customers of the caller's scope."""

    async def find(self, references: Sequence[str]) -> Mapping[str, Customer]:
        """Give those of these codes or ids that are there, by the reference as given, with the class of today."""
        ...

    async def survivors(self, customers: Sequence[Customer]) -> Mapping[UUID, Customer]:
        """Give the customers in scope that merged ones lead to, by the merged one's id."""
        ...

    async def by_id(self, ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
        """Give those of these customers that are there."""
        ...


@dataclass(frozen=True, slots=True)
class LevelClock:
    """The time of a level: whose law and customer it is, who holds it, since when, how long, and why."""

    request: TariffRequest
    role: str
    staff_id: str | None
    started_at: datetime
    within: Duration
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """The clock of a request's present level: its end, and in whose hands it is, or was at its end."""

    due_at: datetime
    late: Late


class Tariffs(Protocol):
    """Tariff requests as handlers read and write them."""

    async def get(self, request_id: UUID) -> TariffRequest:
        """Give a request, locked with its clock; raises NotFound."""
        ...

    async def running(self, request_id: UUID) -> Running | None:
        """Give the clock of the present level, None where it has been settled."""
        ...

    async def is_held_by(self, request_id: UUID, asker: Asker) -> bool:
        """Tell whether somebody has to act on the present level's clock: first holder, next of the chain, or deputy."""
        ...

    async def open_lines(self, customer_id: UUID, lines: Sequence[str]) -> Mapping[str, str]:
        """Give the lines among these with an open request of the customer, each with the org_id that asked."""
        ...

    async def enter(self, request: TariffRequest, clock: LevelClock) -> None:
        """Write a new request with its event and clock; raises TariffRequestOpen where another was faster."""
        ...

    async def save(self, before: TariffRequest, steps: Sequence[TariffRequest]) -> None:
        """Write the last of the steps and tell each; an answer settles the level's clock, a withdrawal cancels it."""
        ...

    async def start(self, clock: LevelClock) -> None:
        """Start the clock of a level."""
        ...

    async def approved(self, customer_id: UUID) -> Sequence[tuple[Sequence[str], Decimal]]:
        """Give lines and discount of every approved request of a customer."""
        ...


@dataclass(frozen=True, slots=True)
class AgreementEnd:
    """The time that an agreement has left, and how many days before its end one is reminded."""

    agreement: Agreement
    manager_id: UUID | None
    length: Duration
    reminded_days_before: tuple[int, ...]
    reasons: tuple[Reason, ...]


class Agreements(Protocol):
    """Agreements as handlers read and write them."""

    async def get(self, agreement_id: UUID) -> Agreement:
        """Give an agreement, locked with its clock; raises NotFound."""
        ...

    async def enter(self, agreements: Sequence[Sequence[Agreement]]) -> None:
        """Write new agreements, each as the steps it has taken so far, and tell each step but a draft."""
        ...

    async def save(self, before: Agreement, after: Agreement, *, reminded: bool = False) -> None:
        """Write and tell a step; its clock is cancelled where it ended before its time."""
        ...

    async def start(self, ends: Sequence[AgreementEnd]) -> None:
        """Start the clocks of ends."""
        ...

    async def settlement_days(self, months: Sequence[tuple[UUID, date]]) -> Mapping[tuple[UUID, date], int]:
        """Give, for customers and days, the settlement days of the agreement in force then; the newest of several."""
        ...


@dataclass(frozen=True, slots=True)
class Payment:
    """A settlement as it is recorded."""

    customer_id: UUID
    month: str
    amount: Decimal
    paid_on: date


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an account becomes: another oldest open bill, other credit use."""

    before: Account
    after: Account
    credit: tuple[CreditMove, ...]


@dataclass(frozen=True, slots=True)
class CreditClock:
    """The time until an account's oldest open bill reaches the next bound."""

    account: Account
    started_at: datetime
    length: Duration
    reasons: tuple[Reason, ...]


class Accounts(Protocol):
    """Bills, settlements and what follows from them."""

    async def lock(self, customers: Sequence[Customer]) -> Sequence[Account]:
        """Give the accounts of customers, made where there were none, locked in one order with their clocks."""
        ...

    async def bills(self, keys: Sequence[tuple[UUID, str]]) -> Mapping[tuple[UUID, str], Bill]:
        """Give the bills there are of these customers and months."""
        ...

    async def enter(self, bills: Sequence[Bill]) -> None:
        """Write new bills."""
        ...

    async def settle(self, payments: Sequence[Payment]) -> None:
        """Write settlements and take them off their bills."""
        ...

    async def oldest_due(self, customers: Sequence[UUID]) -> Mapping[UUID, date]:
        """Give the due date of the oldest open bill of each customer that has one."""
        ...

    async def save(self, changes: Sequence[AccountChange]) -> None:
        """Write accounts and tell what changed."""
        ...

    async def restart(self, accounts: Sequence[UUID], clocks: Sequence[CreditClock]) -> None:
        """Cancel the running clocks of these accounts and start new ones."""
        ...


@dataclass(frozen=True)
class Desk:
    """Everything a handler works with, over one transaction."""

    now: datetime
    law: Snapshot
    customers: Customers
    tariffs: Tariffs
    agreements: Agreements
    accounts: Accounts

    @property
    def today(self) -> date:
        """The Shanghai day."""
        return day_of(self.now)
