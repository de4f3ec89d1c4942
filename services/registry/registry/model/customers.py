"""Customers: prospects from their first declaration on, registered ones under a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from registry.model.refusals import WrongState


class CustomerState(StrEnum):
    """Where a customer stands."""

    PROSPECT = "prospect"
    REGISTERED = "registered"
    CLOSED = "closed"
    DROPPED = "dropped"
    MERGED = "merged"


class Nature(StrEnum):
    """单位 or 个人."""

    ORGANISATION = "organisation"
    PERSON = "person"


@dataclass(frozen=True)
class IdentityKey:
    """What no two customers share: `credit-code`, `name`, or for a person `person` (name with phone)."""

    kind: str
    value: str


@dataclass(frozen=True)
class Support:
    """A unit that serves one line beside the responsible one."""

    line: str
    org_id: str


@dataclass(frozen=True)
class Credit:
    """A unit's part of a line's revenue from a month on, by a ruling; no unit: whoever is responsible then."""

    line: str
    from_month: str
    org_id: str | None
    share: Decimal
    lead: bool


@dataclass(frozen=True)
class Customer:
    """A customer as registered here; `phones` are sealed at rest, `phone_keys` find it by number.

    `completeness` (shares of 1 by layer), `filed_on` and `filed_with_province_on` are of its file, the days the first.
    """

    customer_id: UUID
    name: str
    nature: Nature
    division: str
    place_class: str
    org_id: str
    state: CustomerState = CustomerState.PROSPECT
    customer_code: str | None = None
    credit_code: str | None = None
    address: str | None = None
    phones: tuple[str, ...] = ()
    phone_keys: tuple[str, ...] = ()
    industry: str | None = None
    importance: str | None = None
    importance_level: str | None = None
    initial_class: int | None = None
    vip: bool = False
    manager_id: UUID | None = None
    supports: tuple[Support, ...] = ()
    credit: tuple[Credit, ...] = ()
    group_id: UUID | None = None
    completeness: Mapping[str, str] = field(default_factory=dict)
    filed_on: date | None = None
    filed_with_province_on: date | None = None
    prospect_score: str | None = None
    version: int = 1

    def moved(self, state: CustomerState) -> "Customer":
        """Give the customer in its next state, or refuse a move that does not exist."""
        if state not in _MOVES[self.state]:
            raise WrongState(
                f"客户不能由 {self.state} 变为 {state}", f"a {self.state} customer cannot become {state}"
            )
        return replace(self, state=state, version=self.version + 1)

    def restored(self, state: CustomerState) -> "Customer":
        """Give a merged customer as it was before; nothing else leads back from there."""
        if self.state is not CustomerState.MERGED:
            raise WrongState("客户未被合并", "the customer is not merged")
        return replace(self, state=state, version=self.version + 1)

    def changed(self, **facts: Any) -> "Customer":
        """Give the customer with some facts replaced."""
        return replace(self, **facts, version=self.version + 1)


_MOVES: Mapping[CustomerState, frozenset[CustomerState]] = {
    CustomerState.PROSPECT: frozenset(
        {CustomerState.REGISTERED, CustomerState.DROPPED, CustomerState.MERGED}
    ),
    CustomerState.REGISTERED: frozenset({CustomerState.CLOSED, CustomerState.MERGED}),
    CustomerState.CLOSED: frozenset({CustomerState.MERGED}),
    CustomerState.DROPPED: frozenset({CustomerState.MERGED}),
    CustomerState.MERGED: frozenset(),
}


@dataclass(frozen=True)
class Assignment:
    """Who serves a customer: one responsible unit, one manager, supporting units by line.

    `valid_to` is the first day without, while the customer is merged into another.
    """

    customer_id: UUID
    org_id: str
    manager_id: UUID
    valid_from: date
    since: datetime
    supports: tuple[Support, ...] = ()
    version: int = 1
    credit: tuple[Credit, ...] = ()
    valid_to: date | None = None
