"""Agreements with customers: what was promised on which lines, and in how many days bills are settled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pricing.model.refusals.agreements import AgreementMoved, TermReversed


class AgreementState(StrEnum):
    """A draft binds nobody; what has ended stays on record."""

    DRAFT = "draft"
    SIGNED = "signed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is confidential: discounts by line and the daily penalty, shares of 1; why it ended early."""

    discounts: Mapping[str, Decimal]
    penalty_rate: Decimal | None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`version` counts its events: a draft has told nothing. `ends_on` is the last day, None without end."""

    id: UUID
    version: int
    state: AgreementState
    customer_id: UUID
    org_id: str
    lines: tuple[str, ...]
    settlement_days: int
    starts_on: date
    ends_on: date | None
    drafted_by: str
    drafted_at: datetime
    terms: Terms
    signed_on: date | None = None
    ended_on: date | None = None
    because: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise TermReversed.of(self.ends_on, "/ends_on")

    def sign(self, signed_on: date, because: Mapping[str, Any]) -> Self:
        """Put a draft in force."""
        self._must_be(AgreementState.DRAFT)
        if self.ends_on is not None and signed_on > self.ends_on:
            raise TermReversed.of(self.ends_on, "/signed_on")
        return self._moved(AgreementState.SIGNED, signed_on=signed_on, because=because)

    def expiring(self) -> Self:
        """Be reminded of the end."""
        self._must_be(AgreementState.SIGNED)
        return replace(self, version=self.version + 1)

    def end(self, ended_on: date, reason: str | None) -> Self:
        """End it, by its term or (with a reason) before."""
        self._must_be(AgreementState.SIGNED)
        terms = replace(self.terms, end_reason=reason)
        return self._moved(AgreementState.ENDED, ended_on=ended_on, terms=terms)

    def _must_be(self, state: AgreementState) -> None:
        if self.state is not state:
            raise AgreementMoved.of(self.state)

    def _moved(self, state: AgreementState, **changes: Any) -> Self:
        return replace(self, state=state, version=self.version + 1, **changes)
