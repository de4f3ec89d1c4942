"""What may be asked of the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from registry.model.calendars import ListedDay
from registry.model.declarations import Prospect
from registry.model.files import Confidentiality, Content, Fields, FiledWith, Layer
from registry.model.organisations import AdoptedPack, Kind
from registry.model.staff import Absence, Role
from registry.model.visits import VisitKind
from regulations.topics.tiers import ImportanceLevel


@dataclass(frozen=True)
class Asker:
    """Who asks: the person, the post's path in the tree, the roles."""

    staff_id: UUID
    orgpath: str
    roles: frozenset[str]

    @property
    def org_id(self) -> str:
        """The organisation of the post."""
        return self.orgpath.rpartition(".")[-1]

    def covers(self, orgpath: str) -> bool:
        """Tell whether an organisation stands in the post's subtree."""
        return orgpath == self.orgpath or orgpath.startswith(f"{self.orgpath}.")

    def may(self, *roles: str) -> bool:
        """Tell whether the post has one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class FoundOrganisation:
    """Put a new node into the tree; what is None is derived from the code."""

    org_id: str
    parent_id: str | None
    kind: Kind
    name: str
    name_en: str | None = None
    division: str | None = None
    place_class: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class ChangeOrganisation:
    """Change facts of a node, move it under another, or dissolve it into a successor."""

    org_id: str
    version: int
    facts: Mapping[str, str | None] = field(default_factory=dict)
    parent_id: str | None = None
    successor_id: str | None = None


@dataclass(frozen=True)
class AdoptPack:
    """Put a pack in force at a node."""

    org_id: str
    adoption: AdoptedPack


@dataclass(frozen=True)
class EndAdoption:
    """Let an adoption of a node end; `topics` tells apart several of one pack from one day."""

    org_id: str
    pack: str
    topics: tuple[str, ...] | None
    from_: date
    until: date


@dataclass(frozen=True)
class DraftRule:
    """Propose a new wording of a rule; `value` is as it came."""

    rule: str
    org_id: str | None
    in_force: date
    act: str
    article: str
    assumption: bool
    value: Any


@dataclass(frozen=True)
class DecideDraft:
    """Put a draft in force, or discard it."""

    draft_id: UUID
    reason: str | None = None


@dataclass(frozen=True)
class ImportCalendar:
    """Take over the official days of a year."""

    year: int
    source: str
    days: tuple[ListedDay, ...]


@dataclass(frozen=True)
class EmployPerson:
    """Enter a person into the staff."""

    staff_id: UUID
    staff_no: str
    name: str
    org_id: str
    roles: tuple[Role, ...]
    deputy_id: UUID | None = None


@dataclass(frozen=True)
class ChangePerson:
    """Change facts of a person; `facts` holds only what changes."""

    staff_id: UUID
    version: int
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class RecordAbsence:
    """Enter days on which the deputy acts."""

    staff_id: UUID
    absence: Absence


@dataclass(frozen=True)
class Annex1:
    """The registration form: what a class and a registration follow from, and the whole of it as written."""

    written: Mapping[str, Any]
    estimated_fees: Decimal | None
    importance: str | None
    importance_level: ImportanceLevel | None
    industry: str | None
    address: str | None
    supporting_org_id: str | None


@dataclass(frozen=True)
class SubmitDeclaration:
    """Declare a prospect before developing it."""

    asker: Asker
    org_id: str
    prospect: Prospect
    lines: tuple[str, ...]
    annex_1: Annex1 | None = None


@dataclass(frozen=True)
class FileAnnex1:
    """File the registration form of a protected declaration."""

    asker: Asker
    declaration_id: UUID
    annex_1: Annex1


@dataclass(frozen=True)
class ApproveDeclaration:
    """Register the customer: code, class, unit and manager; an override of the load needs its reason."""

    asker: Asker
    declaration_id: UUID
    manager_id: UUID | None = None
    override_reason: str | None = None


@dataclass(frozen=True)
class DecideDeclaration:
    """Return, refuse or accept a declaration, or withdraw one's own."""

    asker: Asker
    declaration_id: UUID
    reason: str | None


@dataclass(frozen=True)
class ChangeCustomer:
    """Change facts of a customer; `facts` holds only what changes."""

    asker: Asker
    key: str
    version: int
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class ChangeFile:
    """Change layers of a file: of the fields only what changes (None takes out), lists as a whole; raise its levels."""

    asker: Asker
    key: str
    version: int
    fields: Mapping[Layer, Fields] = field(default_factory=dict)
    lists: Mapping[Layer, tuple[Fields, ...]] = field(default_factory=dict)
    raised: Mapping[Layer, Confidentiality] = field(default_factory=dict)


@dataclass(frozen=True)
class FileWithCenter:
    """File a customer's file with a center."""

    asker: Asker
    key: str
    filed_with: FiledWith


@dataclass(frozen=True)
class TakeAnnex2:
    """Take annex 2 as a unit filled it in; the customer by its code, else by its full name."""

    asker: Asker
    code: str | None
    name: str | None
    layers: Mapping[Layer, Content]


@dataclass(frozen=True)
class RecordVisit:
    """Put a visit to a customer on record; `place` is where the request names it, `org_id` the visitor's."""

    asker: Asker
    customer: str
    org_id: str
    visited_on: date
    kind: VisitKind
    leader: bool
    record: str | None = None
    place: str = ""


@dataclass(frozen=True)
class CancelVisit:
    """Take a visit off the record."""

    asker: Asker
    visit_id: UUID
    reason: str


@dataclass(frozen=True)
class HoldSymposium:
    """Put a center's meeting with its key accounts on record."""

    asker: Asker
    org_id: str
    held_on: date
    title: str
    customers: tuple[str, ...]
    record: str | None = None
