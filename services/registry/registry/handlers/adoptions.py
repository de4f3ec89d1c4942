"""Putting packs in force at a node, and letting them end."""

from collections.abc import Sequence
from dataclasses import replace

from contracts.refusals import Forbidden, InvalidValue, NotFound
from registry.commands.asking import Asker
from registry.commands.tree import AdoptPack, EndAdoption
from registry.handlers.organisations import in_scope
from registry.model.organisations import AdoptedPack, Kind, Organisation
from registry.model.refusals import AdoptionEnded, AdoptionOverlap, UnknownPack
from registry.model.staff import Role
from registry.ports.tree import TreeDesk
from regulations.rulebook import Adoption, AmbiguousAdoption, UnknownAdoption


async def adopt_pack(command: AdoptPack, asker: Asker, desk: TreeDesk) -> Organisation:
    """Put a pack, or topics of it, in force at a node for some days; one topic never comes from two packs."""
    await _must_give_law(asker, desk)
    node = await in_scope(command.org_id, asker, desk)
    return await _adopting(node, (*node.adoptions, command.adoption), desk)


async def end_adoption(command: EndAdoption, asker: Asker, desk: TreeDesk) -> Organisation:
    """Let an adoption end before a day that has not gone by; what it gave until today stays."""
    await _must_give_law(asker, desk)
    node = await in_scope(command.org_id, asker, desk)
    place = _place(command, node.adoptions)
    known = node.adoptions[place]
    if known.until is not None and known.until <= desk.today:
        raise AdoptionEnded(f"该规章已于 {known.until} 停用", f"it ended on {known.until}")
    if command.until < desk.today:
        raise InvalidValue("停用日期不得早于今日", "an adoption does not end before today", pointer="/until")
    ended = (*node.adoptions[:place], replace(known, until=command.until), *node.adoptions[place + 1 :])
    return await _adopting(node, ended, desk)


async def _adopting(node: Organisation, adopted: Sequence[AdoptedPack], desk: TreeDesk) -> Organisation:
    try:
        desk.packs.check_adoptions(
            node.org_id, [Adoption(one.pack, one.topics, one.from_, one.until) for one in adopted]
        )
    except UnknownAdoption as unknown:
        raise UnknownPack("没有该规章或其条目", str(unknown), pointer="/pack") from unknown
    except AmbiguousAdoption as overlap:
        raise AdoptionOverlap(
            f"{overlap.day} 起 {overlap.topic} 已由 {overlap.packs[0]} 规定",
            f"{overlap.topic} comes from {' and '.join(overlap.packs)} on {overlap.day}",
            pointer="/topics",
            extra={"topic": overlap.topic, "packs": list(overlap.packs)},
        ) from overlap
    except ValueError as backwards:
        raise InvalidValue("结束日不晚于开始日", str(backwards), pointer="/until") from backwards
    changed = replace(node, adoptions=tuple(adopted), version=node.version + 1)
    await desk.nodes.save([changed])
    return changed


def _place(command: EndAdoption, adopted: Sequence[AdoptedPack]) -> int:
    found = [
        place
        for place, one in enumerate(adopted)
        if (one.pack, one.from_) == (command.pack, command.from_)
        and (command.topics is None or set(command.topics) == set(one.topics or ()))
    ]
    if not found:
        raise NotFound(
            f"没有自 {command.from_} 起启用的 {command.pack}",
            f"no adoption of {command.pack} from {command.from_}",
            pointer="/pack",
        )
    if len(found) > 1:
        raise InvalidValue(
            "同日启用了该规章的几组条目，请指明 topics",
            "several sets of its topics were adopted on that day: name the topics",
            pointer="/topics",
        )
    return found[0]


async def _must_give_law(asker: Asker, desk: TreeDesk) -> None:
    """Refuse a center below the province; administrators set a new tree up."""
    if asker.may(Role.ADMINISTRATOR):
        return
    post = (await desk.nodes.existing([asker.org_id])).get(asker.org_id)
    if post is None or post.kind not in (Kind.NATIONAL, Kind.PROVINCE):
        raise Forbidden("规章由省大客户中心启用、停用", "packs are adopted by a province's center")
