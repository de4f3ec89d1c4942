"""What may be asked of the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from registry.model.declarations import Prospect
from registry.model.organisations import AdoptedPack, Kind
from registry.model.staff import Absence, Role
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
