"""A correction of a published review: what it would say by the figures and the law as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from tiering.model.correction_refusals import CorrectionNotOpen, OwnCorrection


class CorrectionState(StrEnum):
    """How a correction stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as a whole; `number` counts those of its review."""

    id: UUID
    review_id: UUID
    org_id: str
    year: int
    number: int
    state: CorrectionState
    reason: str
    valid_from: date
    proposed_by: str
    proposed_at: datetime
    customers: int
    changed: int
    overridden: int
    version: int

    def must_be_open(self) -> None:
        """Refuse what is only done to a correction that waits for its decision."""
        if self.state is not CorrectionState.PROPOSED:
            raise CorrectionNotOpen.of(self.number, self.state)

    def must_be_approved_by_another(self, staff_id: str, because: Mapping[str, Any]) -> None:
        """Refuse the proposer as approver, and cite who decides."""
        if staff_id == self.proposed_by:
            raise OwnCorrection.of(self.year, self.number, because)


@dataclass(frozen=True, slots=True)
class RatedBy:
    """The figures that a class was rated by; `months` those of a year in their order, none where they are not on record."""

    fees: Decimal
    months: Sequence[Decimal]
    agreement: bool
    rank: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a customer was rated by and is by now: `was` None joins; `wordings` are those of its law that changed.

    `merged` names who is merged into it now and was rated alone; `moved` says whether the rating comes out differently.
    """

    year: int
    was: RatedBy | None
    by_now: RatedBy
    merged: Sequence[str]
    wordings: Sequence[Mapping[str, Any]]
    moved: bool
