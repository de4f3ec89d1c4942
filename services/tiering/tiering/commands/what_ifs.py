"""What may be asked about what-ifs."""

from dataclasses import dataclass
from uuid import UUID

from tiering.commands.reviews import Reviewer
from tiering.model.what_ifs import Drafts


@dataclass(frozen=True, slots=True)
class TryDrafts:
    """Rate the customers of an organisation by the fees of a year under drafts, beside the law of a base."""

    reviewer: Reviewer
    name: str
    year: int
    org_id: str | None
    base_id: UUID | None
    drafts: Drafts


@dataclass(frozen=True, slots=True)
class RemoveWhatIf:
    """Remove a what-if with everything it found."""

    reviewer: Reviewer
    what_if_id: UUID
