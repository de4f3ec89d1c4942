"""What may be asked of the tree, its staff and its adoptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from registry.model.organisations import AdoptedPack, Kind
from registry.model.staff import Absence, Role


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
