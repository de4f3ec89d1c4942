"""What the handlers of reviews need from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from contracts.tiering import ReviewPublished
from tiering.model.reviews import Line, Review
from tiering.policies.law import ClassLaw


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review to be proposed; `sheet` is its law as rows, with the units that stand under it."""

    id: UUID
    org_id: str
    year: int
    valid_from: date
    proposed_by: str
    proposed_at: datetime
    sheet: Mapping[str, Any]


class Reviews(Protocol):
    """Reviews as handlers read and write them."""

    async def open_at(self, org_id: str) -> Review | None:
        """Give the review of an organisation that is neither published nor withdrawn, if there is one."""
        ...

    async def latest_published(self, org_id: str) -> int | None:
        """Give the latest year whose review is published."""
        ...

    async def hold_published(self, org_id: str) -> None:
        """Wait for whoever corrects or publishes a review of the organisation, and hold the published ones."""
        ...

    async def begin(self, new: NewReview) -> None:
        """Write a review whose lines are still to come."""
        ...

    async def get(self, review_id: UUID) -> Review:
        """Give a review and hold it until the transaction ends; raises NotFound."""
        ...

    async def laws(self, review_id: UUID) -> Mapping[int, ClassLaw]:
        """Give the law that a review was decided by."""
        ...

    async def line(self, review: Review, customer: str) -> Line:
        """Give the line of a customer, by code or id; raises NotFound."""
        ...

    async def manager_of(self, customer_id: UUID) -> str | None:
        """Give the staff_id of a customer's manager."""
        ...

    async def save(self, review: Review, before: Line, after: Line) -> None:
        """Write an override, and what it changes in the review's counts."""
        ...

    async def has_overrides_of(self, review: Review, staff_id: str) -> bool:
        """Tell whether a class in the review was put by this person."""
        ...

    async def withdraw(self, review: Review, by: str, reason: str) -> None:
        """Write that a review was taken back."""
        ...

    async def publish(self, review: Review, published_by: str, at: datetime) -> None:
        """Let the classes hold and tell every change; the published review of the same year is superseded."""
        ...

    async def tell_published(self, fact: ReviewPublished, orgpath: str) -> None:
        """Announce that the review holds."""
        ...
