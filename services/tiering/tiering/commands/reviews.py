"""What may be asked about yearly reviews."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who asks: the person, the organisation of the post and its roles."""

    staff_id: str
    org_id: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProposeReview:
    """Rate the customers of the reviewer's province by the fees of a year."""

    reviewer: Reviewer
    year: int


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """Put another class (None: no key account) in the place of the one that a line proposes."""

    reviewer: Reviewer
    review_id: UUID
    customer: str
    cls: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawReview:
    """Take back a review that is not published, with a reason."""

    reviewer: Reviewer
    review_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class PublishReview:
    """Let the proposed classes hold."""

    reviewer: Reviewer
    review_id: UUID
