"""Putting packs in force at a node."""

from dataclasses import replace

from contracts.refusals import InvalidValue
from registry.commands import AdoptPack, Asker
from registry.handlers.organisations import in_scope
from registry.model.organisations import Organisation
from registry.model.refusals import AdoptionOverlap, UnknownPack
from registry.ports.tree import TreeDesk
from regulations.rulebook import Adoption, AmbiguousAdoption, UnknownAdoption


async def adopt_pack(command: AdoptPack, asker: Asker, desk: TreeDesk) -> Organisation:
    """Put a pack, or topics of it, in force at a node for some days; one topic never comes from two packs."""
    node = await in_scope(command.org_id, asker, desk)
    adopted = (*node.adoptions, command.adoption)
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
    changed = replace(node, adoptions=adopted, version=node.version + 1)
    await desk.nodes.save([changed])
    return changed
