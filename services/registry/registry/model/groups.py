"""Groups of target markets, developed and managed together (hubei, art. 3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.refusals import Refusal


@dataclass(frozen=True)
class Group:
    """A market: an office block, a computer mall; made by a center, `members` are the customers in it now."""

    group_id: UUID
    org_id: str
    kind: str
    name: str
    division: str
    address: str | None
    made_by: UUID
    made_at: datetime
    members: int = 0
    version: int = 1

    def with_members(self, members: int) -> "Group":
        """Give the group after somebody joined or left."""
        return replace(self, members=members, version=self.version + 1)


@dataclass(frozen=True)
class Membership:
    """A customer in a group, from when until when."""

    group_id: UUID
    customer_id: UUID
    org_id: str
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True)
class Market:
    """A group that a declaration speaks of: by its name or address, or because a member resembles the customer."""

    group_id: UUID
    name: str
    kind: str
    reasons: tuple[str, ...]


class UnknownMarket(Refusal):
    """A kind of target market that the law in force does not name."""

    code: ClassVar[str] = "unknown-market"


class GroupExists(Refusal):
    """A market of this name is a group already."""

    code: ClassVar[str] = "group-exists"


class InAGroup(Refusal):
    """A customer is in one group at most."""

    code: ClassVar[str] = "in-a-group"


class NotInTheGroup(Refusal):
    """Only who is in a group can leave it."""

    code: ClassVar[str] = "not-in-the-group"
