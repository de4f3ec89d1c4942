"""What may be asked of disputes."""

from dataclasses import dataclass
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.disputes import Award, DisputeKind


@dataclass(frozen=True)
class OpenDispute:
    """Contest lines of a customer: by its key, or by a declaration that was refused or is held.

    `org_id` is the unit that contests (that of the declaration, else the asker's); `against` names further parties.
    """

    asker: Asker
    customer: str | None
    declaration_id: UUID | None
    kind: DisputeKind | None
    lines: tuple[str, ...]
    org_id: str | None
    against: tuple[str, ...]
    signed_in: str | None
    arises_in: str | None
    statement: str | None


@dataclass(frozen=True)
class FileEvidence:
    """Put a party's evidence in."""

    asker: Asker
    dispute_id: UUID
    text: str
    attachments: tuple[UUID, ...]


@dataclass(frozen=True)
class RuleDispute:
    """Award a dispute; who manages the customer of another unit, and why above the load, only where that changes."""

    asker: Asker
    dispute_id: UUID
    award: Award
    reason: str
    cites: tuple[str, ...]
    manager_id: UUID | None = None
    override_reason: str | None = None


@dataclass(frozen=True)
class MoveDispute:
    """Send a dispute up, appeal against its ruling, or withdraw it."""

    asker: Asker
    dispute_id: UUID
    reason: str
