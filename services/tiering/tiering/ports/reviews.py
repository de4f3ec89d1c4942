"""What the handlers of reviews need from outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from contracts.tiering import ReviewPublished, TierChanged
from tiering.model.reviews import Line, Review
from tiering.policies.law import ClassLaw


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review to be proposed: its law as the rows that figures are joined with, and pinned, by number."""

    id: UUID
    org_id: str
    year: int
    valid_from: date
    proposed_by: str
    proposed_at: datetime
    sheet: Mapping[str, Any]
    laws: Mapping[int, ClassLaw]


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line that changes a class, the version of the customer's classes that it makes, and the unit by now."""

    line: Line
    version: int
    org_id: str


class Reviews(Protocol):
    """Reviews as handlers read and write them."""

    async def open_at(self, org_id: str) -> Review | None:
        """Give the proposed review of an organisation, if there is one."""
        ...

    async def latest_published(self, org_id: str) -> int | None:
        """Give the latest year whose review is published."""
        ...

    async def propose(self, new: NewReview) -> Review:
        """Write a review with all its lines."""
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

    async def publish(self, review: Review, published_by: str, at: datetime) -> None:
        """Let the classes hold; the published review of the same year is superseded."""
        ...

    def changes(self, review: Review) -> AsyncIterator[Sequence[ToldLine]]:
        """Give the lines that change a class, in portions; only after publishing."""
        ...

    async def tell_classes(self, told: Sequence[tuple[TierChanged, ToldLine, str]]) -> None:
        """Announce classes, each with its line and the path of the customer's unit."""
        ...

    async def tell_published(self, fact: ReviewPublished, orgpath: str) -> None:
        """Announce that the review holds."""
        ...
