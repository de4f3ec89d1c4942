"""What the holder of a claim may ask."""

from dataclasses import dataclass
from uuid import UUID

from registry.commands.asking import Asker
from registry.policies.use import Named


@dataclass(frozen=True)
class RenewClaim:
    """Renew a claim on progress; the evidence is named by id."""

    asker: Asker
    claim_id: UUID
    evidence: tuple[Named, ...]


@dataclass(frozen=True)
class ReleaseClaim:
    """Give a claim up."""

    asker: Asker
    claim_id: UUID
