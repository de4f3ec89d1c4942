"""What blind checks and groups of target markets need from outside."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from registry.model.checks import Check
from registry.model.groups import Group, Membership
from registry.policies.claims import Held
from registry.policies.likeness import Bounds, Identity, Known
from registry.ports.desk import Customers, PhoneKeys, Why
from registry.ports.tree import Lawbook, Tree


class Seen(Protocol):
    """Everybody's customers, read and not touched."""

    async def like(self, identity: Identity) -> list[Known]:
        """Give the customers that may be the one asked for."""
        ...

    async def look(self, customer_id: UUID) -> Held:
        """Tell who holds a customer, without waiting for anybody."""
        ...


class Checks(Protocol):
    """The blind checks so far."""

    async def must_have_turn(self, asker_id: UUID, org_id: str) -> None:
        """Refuse who has asked too often of late; raises TooManyChecks. Askers of one unit take turns until the commit."""
        ...

    async def add(self, check: Check) -> None:
        """Write a check, question and answer sealed, and put it on record."""
        ...


class Groups(Protocol):
    """Groups of target markets and who is in them."""

    async def get(self, group_id: UUID) -> Group:
        """Give a group for change; raises NotFound."""
        ...

    async def add(self, group: Group, why: Why) -> None:
        """Write a new group and tell it; raises GroupExists."""
        ...

    async def save(self, group: Group, why: Why) -> None:
        """Write a group's next version and tell it."""
        ...

    async def join(self, member: Membership) -> None:
        """Write that a customer is in a group from now on; raises InAGroup."""
        ...

    async def leave(self, member: Membership) -> None:
        """Write that a customer has left."""
        ...


@dataclass(frozen=True)
class CheckDesk:
    """All that a blind check works with."""

    now: datetime
    law: Lawbook
    tree: Tree
    known: Seen
    checks: Checks
    phone_keys: PhoneKeys
    bounds: Bounds

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()


@dataclass(frozen=True)
class GroupDesk:
    """All that the keeping of groups works with."""

    now: datetime
    law: Lawbook
    tree: Tree
    customers: Customers
    groups: Groups

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()
