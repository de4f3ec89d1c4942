"""The law of units with and without drafts: whose differs, and whether classes can be given by it."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, Protocol

from regulations.provisions import Provision
from tiering.model.what_if_refusals import TierWithoutClass
from tiering.model.what_ifs import Drafts
from tiering.policies.law import ClassLaw
from tiering.policies.sheets import Unit
from tiering.policies.what_if_drafts import DRAFT


class UnitLaws(Protocol):
    """Units with the numbers of their laws."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units."""
        ...

    @property
    def laws(self) -> dict[int, ClassLaw]:
        """The laws by number."""
        ...


def as_drafted(law: ClassLaw, layers: Sequence[Drafts]) -> ClassLaw:
    """Give a law whose drafts say from when they are meant to be in force."""
    meant = {(one.topic, one.org_id): one.in_force for drafts in layers for one in drafts.wordings}
    changed: dict[str, Any] = {}
    for member in fields(law):
        found: Provision[Any] | None = getattr(law, member.name)
        if found is not None and found.citation.article == DRAFT:
            in_force = meant.get((found.value.topic, found.level))
            changed[member.name] = replace(found, in_force=in_force or found.in_force)
    return replace(law, **changed)


def concerned(present: UnitLaws, drafted: UnitLaws) -> list[Unit]:
    """Give the units whose law would be another, and whoever shares a county-level bureau with one: ranks need them."""
    held = {unit.org_id: unit.profile for unit in present.units}
    apart = {
        (old, new) for old in present.laws for new in drafted.laws if present.laws[old] != drafted.laws[new]
    }
    touched = [unit for unit in drafted.units if (held[unit.org_id], unit.profile) in apart]
    bureaus = {unit.bureau for unit in touched if unit.bureau is not None}
    alone = {unit.org_id for unit in touched}
    return [unit for unit in drafted.units if unit.bureau in bureaus or unit.org_id in alone]


def must_have_classes(laws: Iterable[ClassLaw], drafts: Drafts) -> None:
    """Refuse a table one of whose tiers stands for no class, or has no name."""
    for law in laws:
        named = {one.code for one in law.names.value.names}
        known = sorted(named & set(law.equivalents.value.classes))
        for place, column in law.thresholds.value.bounds.items():
            for tier in column:
                if tier not in known:
                    raise TierWithoutClass.of(tier, _pointer(law, drafts, place, tier), known)


def _pointer(law: ClassLaw, drafts: Drafts, place: str, tier: str) -> str:
    """Give the place in the request that is to blame: the table's own, or whatever took the tier's class away."""
    for provision, inside in ((law.thresholds, f"/{place}/{tier}"), (law.equivalents, ""), (law.names, "")):
        topic, level = provision.value.topic, provision.level
        own = next((one for one in drafts.wordings if (one.topic, one.org_id) == (topic, level)), None)
        if own is not None:
            return f"{own.pointer}/value{inside}"
    return "/drafts"
