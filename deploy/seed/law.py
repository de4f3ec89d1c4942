"""The rules that a believable sample respects: place classes, bounds of the classes, load of a manager."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TypeVar

from regulations.loading import Pack, shipped_packs
from regulations.provisions import Topic
from regulations.topics.managers import ClassLoad, ManagerLoad
from regulations.topics.organisations import PlaceClasses
from regulations.topics.tiers import TierThresholds
from regulations.topics.words import Place

PACK = "hubei"
CONVENTION = "platform"
T = TypeVar("T", bound=Topic)


@dataclass(frozen=True)
class Law:
    places: PlaceClasses
    thresholds: TierThresholds
    loads: Mapping[int, ClassLoad]

    def place_of(self, division: str) -> Place:
        return self.places.of(division)

    def earned(self, fees: Decimal, place_class: Place) -> int:
        """The best class whose lower bound the yearly fees reach; raises ValueError below all of them."""
        bounds = self.thresholds.for_place(place_class)
        return min(int(tier) for tier, bound in bounds.items() if fees >= bound)

    def share_of_a_manager(self, customer_class: int) -> Fraction:
        """What part of a manager's capacity one customer of the class takes."""
        load = self.loads[customer_class]
        return Fraction(1) if load.dedicated else Fraction(1, load.at_most)


@cache
def read() -> Law:
    packs = shipped_packs()
    return Law(
        places=_latest(packs[CONVENTION], PlaceClasses),
        thresholds=_latest(packs[PACK], TierThresholds),
        loads=_latest(packs[PACK], ManagerLoad).by_class,
    )


def _latest(pack: Pack, topic: type[T]) -> T:
    value = pack.rules[topic.topic].wordings[-1].value
    if not isinstance(value, topic):
        raise TypeError(f"{pack.name}.{topic.topic} is read by {type(value).__name__}")
    return value
