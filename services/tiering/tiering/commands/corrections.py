"""What may be asked about corrections of published reviews."""

from dataclasses import dataclass
from uuid import UUID

from tiering.commands.reviews import Reviewer


@dataclass(frozen=True, slots=True)
class ProposeCorrection:
    """Rate again whom figures or law as they are now touch; a dry run until it is approved."""

    reviewer: Reviewer
    review_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class KeepOverride:
    """Keep the class that a reviewer had put, or let the rated one hold."""

    reviewer: Reviewer
    correction_id: UUID
    customer: str
    keep: bool


@dataclass(frozen=True, slots=True)
class ApproveCorrection:
    """Let the corrected classes hold."""

    reviewer: Reviewer
    correction_id: UUID


@dataclass(frozen=True, slots=True)
class DismissCorrection:
    """Leave the review as it is."""

    reviewer: Reviewer
    correction_id: UUID
    reason: str
