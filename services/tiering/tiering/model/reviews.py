"""A yearly review of a province's classes, and its lines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from tiering.model.review_refusals import LineUnchanged, OwnReview, ReviewNotOpen
from tiering.model.tiers import Tier


class ReviewState(StrEnum):
    """How a review stands."""

    PROPOSING = "proposing"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Override:
    """Who put another class in the place of the suggested one, why and when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What a review proposes for one customer; `tier` holds from `valid_from` once published."""

    customer_id: UUID
    org_id: str
    profile: int
    eligible: bool
    table_class: int | None
    suggested_class: int | None
    tier: Tier
    former: Tier
    former_service_class: int | None
    valid_from: date
    override: Override | None = None

    @property
    def changed(self) -> bool:
        """Whether publishing changes anything for the customer."""
        return self.tier.differs_from(self.former)

    def overridden(self, tier: Tier, override: Override) -> Self:
        """Give the line with another class; refuses the one it has."""
        if tier == self.tier:
            raise LineUnchanged.of(tier.cls)
        return replace(self, tier=tier, override=override)


@dataclass(frozen=True, slots=True)
class Review:
    """A review as a whole."""

    id: UUID
    org_id: str
    year: int
    state: ReviewState
    valid_from: date
    as_of: date
    proposed_by: str
    proposed_at: datetime
    customers: int
    changed: int
    overridden: int
    version: int

    def must_be_open(self) -> None:
        """Refuse what is only done to a proposed review."""
        if self.state is not ReviewState.PROPOSED:
            raise ReviewNotOpen.of(self.year, self.state)

    def must_not_be_over(self) -> None:
        """Refuse to take back what is published, or taken back already."""
        if self.state not in (ReviewState.PROPOSING, ReviewState.PROPOSED):
            raise ReviewNotOpen.of(self.year, self.state)

    def must_be_confirmed_by_another(self, staff_id: str, because: Mapping[str, Any]) -> None:
        """Refuse the proposer as confirmer, and cite who decides."""
        if staff_id == self.proposed_by:
            raise OwnReview.of(self.year, because)
