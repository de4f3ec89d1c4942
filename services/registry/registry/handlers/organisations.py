"""Founding, changing, moving and dissolving nodes of the tree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.refusals import InvalidValue, NotFound
from registry.commands.asking import Asker
from registry.commands.tree import ChangeOrganisation, FoundOrganisation
from registry.handlers.stale import must_be_version
from registry.model.organisations import Kind, Organisation, check_form, check_parent, division_of
from registry.model.refusals import (
    OrganisationDissolved,
    OrganisationExists,
    OrganisationInUse,
    WrongOrganisation,
)
from registry.policies.places import PLACELESS, place_of_node
from registry.ports.tree import TreeDesk
from regulations.topics.organisations import PlaceClasses


async def found_organisations(
    commands: Sequence[FoundOrganisation], asker: Asker, desk: TreeDesk
) -> list[Organisation]:
    """Put nodes into the tree, all or none; parents may stand earlier in the list."""
    ids = [name for command in commands for name in (command.org_id, command.parent_id) if name]
    existing = await desk.nodes.existing(ids)
    founded: dict[str, Organisation] = {}
    anchors: dict[str, str] = {}
    for command in commands:
        if command.org_id in existing or command.org_id in founded:
            raise OrganisationExists(
                f"机构 {command.org_id} 已存在", f"organisation {command.org_id} exists", pointer="/org_id"
            )
        parent = _parent(command, existing | founded, asker)
        anchors[command.org_id] = anchors.get(command.parent_id or "", command.parent_id or "")
        founded[command.org_id] = _founded(command, parent, anchors[command.org_id], desk)
    await desk.nodes.add(list(founded.values()))
    return list(founded.values())


async def change_organisation(command: ChangeOrganisation, asker: Asker, desk: TreeDesk) -> Organisation:
    """Change a node's facts, move it, or dissolve it; a move re-derives every path below."""
    node = await in_scope(command.org_id, asker, desk)
    must_be_version(node.version, command.version)
    if node.dissolved:
        raise OrganisationDissolved(f"机构 {node.org_id} 已撤销", f"organisation {node.org_id} is dissolved")
    changed = replace(node, **dict[str, Any](command.facts), version=node.version + 1)
    if command.successor_id is not None:
        changed = await _dissolved(changed, command.successor_id, asker, desk)
    if command.parent_id is None or command.parent_id == node.parent_id:
        await desk.nodes.save([changed])
        return changed
    changed = await _moved(changed, command.parent_id, asker, desk)
    carried = [
        replace(
            below,
            orgpath=changed.orgpath + below.orgpath.removeprefix(node.orgpath),
            version=below.version + 1,
        )
        for below in await desk.nodes.below(node.orgpath)
    ]
    await desk.nodes.save([changed, *carried])
    return changed


async def in_scope(org_id: str, asker: Asker, desk: TreeDesk) -> Organisation:
    """Give a node of the asker's subtree; an unknown one and one outside are not told apart."""
    node = await desk.nodes.find(org_id)
    if node is None or not asker.covers(node.orgpath):
        raise NotFound(f"没有机构 {org_id}", f"no organisation {org_id}")
    return node


def _parent(
    command: FoundOrganisation, known: Mapping[str, Organisation], asker: Asker
) -> Organisation | None:
    check_form(command.org_id, command.kind)
    parent = known.get(command.parent_id) if command.parent_id else None
    if command.parent_id and (parent is None or not asker.covers(parent.orgpath)):
        raise NotFound(
            f"没有上级机构 {command.parent_id}", f"no organisation {command.parent_id}", pointer="/parent_id"
        )
    if parent is not None and parent.dissolved:
        raise OrganisationDissolved(
            f"机构 {parent.org_id} 已撤销", f"organisation {parent.org_id} is dissolved", pointer="/parent_id"
        )
    check_parent(command.org_id, command.kind, parent)
    if parent is None and asker.orgpath != command.org_id:
        raise NotFound("没有上级机构", "no organisation above", pointer="/parent_id")
    return parent


def _founded(
    command: FoundOrganisation, parent: Organisation | None, anchor: str, desk: TreeDesk
) -> Organisation:
    division = command.division or division_of(command.org_id)
    return Organisation(
        org_id=command.org_id,
        parent_id=command.parent_id,
        kind=command.kind,
        name=command.name,
        name_en=command.name_en,
        division=division,
        place_class=command.place_class or _place_class(command.kind, division, anchor, desk),
        orgpath=f"{parent.orgpath}.{command.org_id}" if parent else command.org_id,
        adoptions=(),
        successor_id=None,
        valid_from=command.valid_from or desk.today,
        valid_to=None,
        version=1,
    )


def _place_class(kind: Kind, division: str | None, anchor: str, desk: TreeDesk) -> str | None:
    if kind in PLACELESS or division is None:
        return None
    # The node itself is not in the directory yet: its law is that of the nearest node that is.
    return place_of_node(kind, division, desk.law.find(PlaceClasses, org_id=anchor, day=desk.today))


async def _moved(node: Organisation, parent_id: str, asker: Asker, desk: TreeDesk) -> Organisation:
    parent = await in_scope(parent_id, asker, desk)
    if parent.dissolved:
        raise OrganisationDissolved(
            f"机构 {parent_id} 已撤销", f"organisation {parent_id} is dissolved", pointer="/parent_id"
        )
    if parent.orgpath == node.orgpath or parent.orgpath.startswith(f"{node.orgpath}."):
        raise WrongOrganisation(
            "机构不能移到自己之下", "a node cannot move below itself", pointer="/parent_id"
        )
    check_parent(node.org_id, node.kind, parent)
    return replace(node, parent_id=parent_id, orgpath=f"{parent.orgpath}.{node.org_id}")


async def _dissolved(node: Organisation, successor_id: str, asker: Asker, desk: TreeDesk) -> Organisation:
    successor = await in_scope(successor_id, asker, desk)
    if successor.org_id == node.org_id or successor.dissolved:
        raise InvalidValue(
            "继任机构无效", "the successor is the node itself or dissolved", pointer="/dissolve/successor_id"
        )
    if await desk.nodes.in_use(node.org_id):
        raise OrganisationInUse(
            "机构仍有下级、人员、客户或开发权,先移交再撤销",
            "the node still has nodes below it, staff, customers or claims: move them first",
        )
    return replace(node, successor_id=successor_id, valid_to=desk.today)
