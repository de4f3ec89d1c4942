"""Groups of target markets in the database."""

from uuid import UUID

import asyncpg

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.groups import GroupChanged
from contracts.refusals import NotFound
from registry.model.groups import Group, GroupExists, InAGroup, Membership
from registry.ports.desk import Why
from registry.ports.tree import Tree
from registry.repository.rows import insert, update
from registry.tables.checks import group_of, group_row

JOIN = "INSERT INTO group_member (group_id, customer_id, org_id, joined_at) VALUES ($1, $2, $3, $4)"
LEAVE = "UPDATE group_member SET left_at = $3 WHERE group_id = $1 AND customer_id = $2 AND left_at IS NULL"


class GroupRows:
    """Groups and who is in them."""

    def __init__(self, tx: Transaction, tree: Tree) -> None:
        self._tx = tx
        self._tree = tree

    async def get(self, group_id: UUID) -> Group:
        """Give a group, locked for change; raises NotFound."""
        row = await self._tx.fetchrow("SELECT * FROM market_group WHERE group_id = $1 FOR UPDATE", group_id)
        if row is None:
            raise NotFound("没有该客户群", "no such group")
        return group_of(row)

    async def add(self, group: Group, why: Why) -> None:
        """Write a new group and tell it; raises GroupExists."""
        try:
            await insert(self._tx, "market_group", group_row(group), [self._event(group, why)])
        except asyncpg.UniqueViolationError as known:
            raise GroupExists(
                "该地已有同名客户群", "there is a group of this name there", pointer="/name"
            ) from known

    async def save(self, group: Group, why: Why) -> None:
        """Write a group's next version and tell it; raises StaleVersion."""
        await update(self._tx, "market_group", "group_id", group_row(group), [self._event(group, why)])

    async def join(self, member: Membership) -> None:
        """Write that a customer is in a group from now on; raises InAGroup."""
        try:
            await self._tx.execute(JOIN, member.group_id, member.customer_id, member.org_id, member.joined_at)
        except asyncpg.UniqueViolationError as known:
            raise InAGroup("该客户已在客户群中", "the customer is in a group already") from known

    async def leave(self, member: Membership) -> None:
        """Write that a customer has left."""
        await self._tx.execute(LEAVE, member.group_id, member.customer_id, member.left_at)

    def _event(self, group: Group, why: Why) -> Event:
        told = GroupChanged(
            group_id=group.group_id,
            org_id=group.org_id,
            kind=group.kind,
            name=group.name,
            division=group.division,
            members=group.members,
            because=dict(why) if why else None,
        )
        return self._tx.event(
            told,
            aggregate=f"group:{group.group_id}",
            version=group.version,
            subject=group.org_id,
            orgpath=self._tree.path(group.org_id),
        )
