"""Making groups of target markets; customers join and leave (hubei, art. 3)."""

from chassis.ids import uuid7
from contracts.refusals import Forbidden, NotFound
from registry.commands.groups import JoinGroup, MakeGroup
from registry.handlers.wanted import wanted_customer
from registry.model.customers import Customer
from registry.model.groups import Group, InAGroup, Membership, NotInTheGroup, UnknownMarket
from registry.ports.checks import GroupDesk
from regulations.provisions import Because
from regulations.topics.customers import TargetMarketCounting, TargetMarkets


async def make_group(command: MakeGroup, desk: GroupDesk) -> Group:
    """Make a group of a kind of market that the law in force names."""
    if not command.asker.covers(desk.tree.path(command.org_id)):
        raise NotFound("没有该机构", "no such organisation", pointer="/org_id")
    markets = desk.law.find(TargetMarkets, org_id=command.org_id, day=desk.today)
    known = [market.code for market in markets.value.kinds]
    if command.kind not in known:
        raise UnknownMarket(
            f"没有目标市场种类 {command.kind}",
            f"{command.kind} is no kind of target market",
            pointer="/kind",
            extra={"known": known},
        )
    group = Group(
        uuid7(),
        command.org_id,
        command.kind,
        command.name,
        command.division,
        command.address,
        command.asker.staff_id,
        desk.now,
    )
    await desk.groups.add(group, _why(group, desk))
    return group


async def join_group(command: JoinGroup, desk: GroupDesk) -> Group:
    """Take a customer of the center's scope into a group; it is in one at most."""
    group, customer = await _both(command, desk)
    if customer.group_id is not None:
        raise InAGroup("该客户已在客户群中", "the customer is in a group already", pointer="/customer")
    why = _why(group, desk)
    await desk.groups.join(Membership(group.group_id, customer.customer_id, group.org_id, desk.now))
    await desk.customers.save(customer.changed(group_id=group.group_id), why)
    larger = group.with_members(group.members + 1)
    await desk.groups.save(larger, why)
    return larger


async def leave_group(command: JoinGroup, desk: GroupDesk) -> Group:
    """Let a customer leave its group; that it was in it stays to be read."""
    group, customer = await _both(command, desk)
    if customer.group_id != group.group_id:
        raise NotInTheGroup("该客户不在此客户群中", "the customer is not in this group", pointer="/customer")
    why = _why(group, desk)
    left = Membership(group.group_id, customer.customer_id, group.org_id, desk.now, desk.now)
    await desk.groups.leave(left)
    await desk.customers.save(customer.changed(group_id=None), why)
    smaller = group.with_members(group.members - 1)
    await desk.groups.save(smaller, why)
    return smaller


async def _both(command: JoinGroup, desk: GroupDesk) -> tuple[Group, Customer]:
    """Give customer and group for change, the customer locked first."""
    customer = await wanted_customer(command.customer, desk.customers)
    group = await desk.groups.get(command.group_id)
    path = desk.tree.path(group.org_id)
    if not command.asker.covers(path):
        raise Forbidden("由客户群所属中心办理", "the group's own center does this")
    if not f"{desk.tree.path(customer.org_id)}.".startswith(f"{path}."):
        raise NotFound("没有该客户", "no such customer", pointer="/customer")
    return group, customer


def _why(group: Group, desk: GroupDesk) -> dict[str, object]:
    markets = desk.law.find(TargetMarkets, org_id=group.org_id, day=desk.today)
    counting = desk.law.find(TargetMarketCounting, org_id=group.org_id, day=desk.today)
    return dict(Because.of(markets.cite(kind=group.kind), counting.cite()).to_json())
