"""What may be asked of declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.declarations import Prospect
from regulations.topics.tiers import ImportanceLevel


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
