"""What the registry tells of disputes: parties, award, citation; never what a party filed."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class AwardFact(_Fact):
    """A party's part of an award, of 1; the lead alone holds the claim."""

    org_id: str
    share: str
    lead: bool


class DisputeFact(_Fact):
    """A dispute as it now is; `org_id` opened it, `ruling_org_id` is the center that has it or had it last."""

    TYPE: ClassVar[str]
    dispute_id: UUID
    customer_id: UUID
    kind: str
    origin: str
    lines: list[str]
    parties: list[str]
    org_id: str
    ruling_org_id: str
    state: str
    opened_at: datetime
    evidence_until: datetime
    due_at: datetime | None
    award: list[AwardFact]
    cites: list[str]
    because: dict[str, Any] | None


class DisputeOpened(DisputeFact):
    """Units dispute the right to lines of a customer."""

    TYPE: ClassVar[str] = "registry.dispute.opened.v1"


class DisputeEvidenceFiled(DisputeFact):
    """A party filed evidence, so many attachments with it."""

    TYPE: ClassVar[str] = "registry.dispute.evidence-filed.v1"
    filed_by: str
    attachments: int
    late: bool


class DisputeRuled(DisputeFact):
    """A center ruled; `appeal` where it ruled on an appeal."""

    TYPE: ClassVar[str] = "registry.dispute.ruled.v1"
    ruled_by: UUID
    appeal: bool


class DisputeSentUp(DisputeFact):
    """A center left the ruling to the one above."""

    TYPE: ClassVar[str] = "registry.dispute.sent-up.v1"
    former_ruling_org_id: str


class DisputeAppealed(DisputeFact):
    """A party appealed to the center above."""

    TYPE: ClassVar[str] = "registry.dispute.appealed.v1"
    appealed_by: str


class DisputeFinal(DisputeFact):
    """The ruling stands."""

    TYPE: ClassVar[str] = "registry.dispute.final.v1"


class DisputeWithdrawn(DisputeFact):
    """The unit that opened it gave it up."""

    TYPE: ClassVar[str] = "registry.dispute.withdrawn.v1"
