"""What may be asked of groups of target markets."""

from dataclasses import dataclass
from uuid import UUID

from registry.commands.asking import Asker


@dataclass(frozen=True)
class MakeGroup:
    """Make a group of a target market at a center."""

    asker: Asker
    org_id: str
    kind: str
    name: str
    division: str
    address: str | None = None


@dataclass(frozen=True)
class JoinGroup:
    """Take a customer, by code or id, into a group, or let it leave."""

    asker: Asker
    group_id: UUID
    customer: str
