"""The law on classes, found where a customer is managed, and the units it is found for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from chassis.directory import Organisation, Snapshot
from regulations.provisions import Topic
from regulations.rulebook import NoLaw
from tiering.policies.law import OF_SCHEME, REQUIRED, TOPICS, ClassLaw
from tiering.policies.sheets import Unit

V = TypeVar("V", bound=Topic)
CITY = "city"
COUNTY = "county"


@dataclass(frozen=True)
class ReviewedLaw:
    """Units with the number of their law, and the laws: units under equal wordings share one."""

    units: tuple[Unit, ...]
    laws: dict[int, ClassLaw]


def class_law(snapshot: Snapshot, path: list[str], day: date, known: datetime | None = None) -> ClassLaw:
    """Give the law of the last organisation of a path, as known at a time; raises NoLaw where there is no table or it
    cannot be read."""
    found: dict[str, Any] = {}
    for name, topic in TOPICS.items():
        try:
            found[name] = snapshot.law.find(
                topic, path=path, day=day, adoptions=snapshot.adoptions, known=known
            )
        except NoLaw:
            if name in REQUIRED:
                raise
    pack = found["thresholds"].rule.partition(".")[0]
    for name in OF_SCHEME & found.keys():
        if found[name].rule.partition(".")[0] != pack:
            found[name] = None
    return ClassLaw(**found)


def reviewed_law(snapshot: Snapshot, org_id: str, day: date) -> ReviewedLaw:
    """Give every unit from an organisation down, with its law."""
    top = snapshot.path(org_id)
    numbers: dict[tuple[Any, ...], int] = {}
    laws: dict[int, ClassLaw] = {}
    known: dict[tuple[str, ...], int] = {}
    units = []
    for node in sorted(_below(snapshot, top), key=lambda one: one.orgpath):
        # Only those who adopted something make a difference.
        adopting = tuple(step for step in node.path if snapshot.adoptions.get(step))
        if adopting not in known:
            law = class_law(snapshot, node.path, day)
            known[adopting] = numbers.setdefault(law.key, len(numbers))
            laws.setdefault(known[adopting], law)
        units.append(unit_of(snapshot, node, known[adopting]))
    return ReviewedLaw(tuple(units), laws)


def unit_of(snapshot: Snapshot, node: Organisation, profile: int = 0) -> Unit:
    """Give a node with its county-level bureau, if it lies in one, and its level."""
    county = snapshot.nearest(node.org_id, COUNTY)
    return Unit(
        node.org_id,
        profile,
        county.org_id if county else None,
        COUNTY if county else CITY,
        node.place_class,
    )


def bureau_of(snapshot: Snapshot, node: Organisation) -> tuple[Unit, ...]:
    """Give the units of the county-level bureau that a node lies in; of one in none, those from itself down."""
    top = snapshot.nearest(node.org_id, COUNTY) or node
    return tuple(unit_of(snapshot, one) for one in _below(snapshot, top.orgpath))


def _below(snapshot: Snapshot, top: str) -> Iterable[Organisation]:
    return (
        node
        for node in snapshot.organisations.values()
        if node.orgpath == top or node.orgpath.startswith(top + ".")
    )
