"""What may be asked of customers that turned out to be one, or not to be."""

from dataclasses import dataclass
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.merges import Evidence


@dataclass(frozen=True)
class MergeCustomers:
    """Merge a customer into another that turned out to be the same; each by code or id."""

    asker: Asker
    survivor: str
    merged: str
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class UnmergeCustomer:
    """Take a merge back; `claims` are those begun since on the survivor that belong to the other one."""

    asker: Asker
    merged: str
    reason: str
    claims: tuple[UUID, ...] = ()
