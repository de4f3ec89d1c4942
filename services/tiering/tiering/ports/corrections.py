"""What the handlers of corrections need from outside."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from contracts.tiering import ReviewCorrected
from tiering.model.corrections import Correction
from tiering.model.reviews import Review
from tiering.policies.law import ClassLaw


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """A correction to be proposed: the law of now as rows, and where it says another thing than standing lines rest on."""

    id: UUID
    review: Review
    reason: str
    proposed_by: str
    proposed_at: datetime
    sheet: Mapping[str, Any]
    rewordings: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class StandingOverride:
    """A line whose rated class a reviewer replaced, and whether the correction keeps that."""

    customer_id: UUID
    kept: bool


class Corrections(Protocol):
    """Corrections as handlers read and write them."""

    async def review(self, review_id: UUID) -> Review:
        """Give the review and hold it until the transaction ends; raises NotFound."""
        ...

    async def latest_published(self, org_id: str) -> int | None:
        """Give the latest year whose review is published."""
        ...

    async def laws(self, review_id: UUID) -> Mapping[UUID, Mapping[int, ClassLaw]]:
        """Give every law that standing lines were decided by: the review's and its approved corrections', by their ids."""
        ...

    async def succeeded(self, review_id: UUID, units: Mapping[str, int]) -> Set[tuple[UUID, int, int]]:
        """Give which law standing lines of a unit were decided by, as source and number, and which of now succeeded it.

        `units` has the number of the law of now by unit.
        """
        ...

    async def open_of(self, review_id: UUID) -> Correction | None:
        """Give the correction of a review that waits for its decision, if there is one."""
        ...

    async def propose(self, new: NewCorrection) -> Correction:
        """Rate again, and write the lines of whom that touches."""
        ...

    async def get(self, correction_id: UUID) -> Correction:
        """Give a correction and hold it and its review until the transaction ends; raises NotFound."""
        ...

    async def hold_following(self, org_id: str) -> None:
        """Wait for whoever proposes or publishes the next review, and hold that until the transaction ends."""
        ...

    async def differing(self, correction: Correction, sheet: Mapping[str, Any]) -> int:
        """Count the customers of whom the dry run would say something else by the law of now."""
        ...

    async def override(self, correction: Correction, customer: str) -> StandingOverride | None:
        """Give the override of a customer's line, by code or id, if there is one; raises NotFound without a line."""
        ...

    async def manager_of(self, customer_id: UUID) -> str | None:
        """Give the staff_id of a customer's manager."""
        ...

    async def keep_override(self, correction: Correction, customer_id: UUID, by: str, *, keep: bool) -> None:
        """Let the overridden class hold, or the rated one."""
        ...

    async def has_choices_of(self, correction: Correction, staff_id: str) -> bool:
        """Tell whether an override was kept or dropped by this person."""
        ...

    async def approve(self, correction: Correction, by: str, at: datetime) -> None:
        """Let the corrected classes hold and tell every change; what is proposed for the next year follows."""
        ...

    async def tell_corrected(self, fact: ReviewCorrected, orgpath: str) -> None:
        """Announce that the correction holds."""
        ...

    async def dismiss(self, correction: Correction, by: str, at: datetime, reason: str) -> None:
        """Leave the review as it is."""
        ...
