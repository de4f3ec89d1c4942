"""What the registry tells: organisations, staff, declarations, claims, customers and assignments."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class AdoptionFact(_Fact):
    """A pack in force at an organisation; `topics` null is all of it, `until` is the first day without it."""

    pack: str
    topics: list[str] | None
    from_: date
    until: date | None

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=lambda name: name.rstrip("_"),
        populate_by_name=True,
        serialize_by_alias=True,
    )


class AbsenceFact(_Fact):
    """Days on which a person's tasks go to the deputy; both days included."""

    from_: date
    until: date

    model_config = AdoptionFact.model_config


class OrganisationChanged(_Fact):
    """A node of the tree as it now is; dissolved where `valid_to` is set."""

    TYPE: ClassVar[str] = "registry.organisation.changed.v1"
    org_id: str
    parent_id: str | None
    kind: str
    name: str
    name_en: str | None
    division: str | None
    place_class: str | None
    orgpath: str
    adoptions: list[AdoptionFact]
    successor_id: str | None
    valid_from: date
    valid_to: date | None


class StaffChanged(_Fact):
    """A person of the staff as it now is."""

    TYPE: ClassVar[str] = "registry.staff.changed.v1"
    staff_id: UUID
    staff_no: str
    name: str
    org_id: str
    roles: list[str]
    deputy_id: UUID | None
    absences: list[AbsenceFact]
    active: bool


class HolderFact(_Fact):
    """What a refusal tells of the one who holds the customer, and nothing else."""

    org_id: str
    since: datetime
    until: datetime | None


class DeclarationFact(_Fact):
    """What every event of a declaration tells."""

    TYPE: ClassVar[str]
    declaration_id: UUID
    customer_id: UUID | None
    org_id: str
    city_org_id: str
    submitted_by: UUID
    lines: list[str]
    state: str
    reasons: list[str]
    because: dict[str, Any] | None


class DeclarationSubmitted(DeclarationFact):
    """A team declared a prospect; `state` is what the match made of it."""

    TYPE: ClassVar[str] = "registry.declaration.submitted.v1"


class DeclarationRefused(DeclarationFact):
    """The customer is taken, or the center said no; `holder` and `matched` only in the first case."""

    TYPE: ClassVar[str] = "registry.declaration.refused.v1"
    holder: HolderFact | None
    matched: list[str]
    taken_lines: list[str]


class DeclarationProtected(DeclarationFact):
    """The center cleared a held declaration; its claims run."""

    TYPE: ClassVar[str] = "registry.declaration.protected.v1"


class DeclarationFiled(DeclarationFact):
    """Annex 1 is with the center."""

    TYPE: ClassVar[str] = "registry.declaration.filed.v1"


class DeclarationReturned(DeclarationFact):
    """Annex 1 went back to the unit; the claims go on."""

    TYPE: ClassVar[str] = "registry.declaration.returned.v1"
    reason: str


class DeclarationApproved(DeclarationFact):
    """The customer is registered under its code."""

    TYPE: ClassVar[str] = "registry.declaration.approved.v1"
    customer_code: str
    decided_by: UUID


class DeclarationWithdrawn(DeclarationFact):
    """The unit took it back; its claims are released."""

    TYPE: ClassVar[str] = "registry.declaration.withdrawn.v1"


class DeclarationLapsed(DeclarationFact):
    """Its claims ended before annex 1 was filed."""

    TYPE: ClassVar[str] = "registry.declaration.lapsed.v1"


class ClaimFact(_Fact):
    """What every event of a claim tells."""

    TYPE: ClassVar[str]
    claim_id: UUID
    customer_id: UUID
    declaration_id: UUID
    line: str
    org_id: str
    state: str
    since: datetime
    until: datetime | None
    reason: str
    renewals: int = 0
    because: dict[str, Any] | None


class ClaimGranted(ClaimFact):
    """A right to develop one line of one customer began."""

    TYPE: ClassVar[str] = "registry.claim.granted.v1"


class ClaimRenewed(ClaimFact):
    """A claim runs on, to a later end or (`until` null) as long as the assignment."""

    TYPE: ClassVar[str] = "registry.claim.renewed.v1"


class ClaimExpired(ClaimFact):
    """A claim reached its end unused."""

    TYPE: ClassVar[str] = "registry.claim.expired.v1"


class ClaimReleased(ClaimFact):
    """A claim was given up, or fell with its declaration."""

    TYPE: ClassVar[str] = "registry.claim.released.v1"


class ClaimTransferred(ClaimFact):
    """A claim went over to another holder or another file: it ended here, and begins anew there at the same instant."""

    TYPE: ClassVar[str] = "registry.claim.transferred.v1"


class ClaimRevoked(ClaimFact):
    """A ruling took a claim away."""

    TYPE: ClassVar[str] = "registry.claim.revoked.v1"


class ResponsibleFact(_Fact):
    """The unit a customer belongs to, with its path of the moment."""

    org_id: str
    orgpath: str


class SupportFact(_Fact):
    """A unit that serves one line of a customer beside the responsible one."""

    line: str
    org_id: str


class CreditFact(_Fact):
    """A unit's part of a line's revenue from a month on, by a ruling, of 1; no unit: whoever is responsible.

    Of a line's entries those of the latest month hold; the lead has what rounding leaves.
    """

    line: str
    from_month: str
    org_id: str | None
    share: str
    lead: bool


class FileFact(_Fact):
    """How complete the customer's file is, in shares of 1 by layer, and when it was filed."""

    completeness: dict[str, str]
    filed_on: date | None
    filed_with_province_on: date | None


class CustomerFact(_Fact):
    """A customer's whole public state."""

    TYPE: ClassVar[str]
    customer_id: UUID
    customer_code: str | None
    name: str
    credit_code: str | None
    state: str
    nature: str
    division: str
    place_class: str
    industry: str | None
    vip: bool
    reach: str | None
    speciality: str | None
    relationship: str | None
    importance: str | None
    importance_level: str | None
    prospect_score: str | None
    group_id: UUID | None
    settlement_kind: str | None
    phone_keys: list[str]
    responsible: ResponsibleFact
    supports: list[SupportFact]
    manager_id: UUID | None
    initial_class: int | None
    file: FileFact
    because: dict[str, Any] | None


class CustomerRegistered(CustomerFact):
    """The city center issued the code; `initial_class` is the class from the registration form."""

    TYPE: ClassVar[str] = "registry.customer.registered.v1"


class CustomerChanged(CustomerFact):
    """A prospect became known, or a fact of a customer changed."""

    TYPE: ClassVar[str] = "registry.customer.changed.v1"


class AssignmentChanged(_Fact):
    """Who serves a customer from a day on: the whole state, not a difference.

    `valid_to` is the first day on which nobody does, while the customer is merged into another.
    """

    TYPE: ClassVar[str] = "registry.assignment.changed.v1"
    customer_id: UUID
    responsible: ResponsibleFact
    manager_id: UUID | None
    supports: list[SupportFact]
    credit: list[CreditFact] = []
    valid_from: date
    valid_to: date | None = None
    because: dict[str, Any] | None
