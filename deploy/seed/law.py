"""The rules that a believable sample respects: place classes, bounds of the classes, load of a manager."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TypeVar, cast

from deploy.seed import adoptions
from deploy.seed.adoptions import PROVINCE
from regulations.provisions import Topic
from regulations.rulebook import Adoption
from regulations.rulebook import Law as Rulebook
from regulations.topics.managers import ManagerLoad
from regulations.topics.organisations import PlaceClasses
from regulations.topics.tiers import ImportanceLevel, TierByImportance, TierEquivalents, TierThresholds
from regulations.topics.words import Place

# Beyond every wording, so that the latest holds.
LATEST = date.max
T = TypeVar("T", bound=Topic)


@dataclass(frozen=True)
class Law:
    rulebook: Rulebook
    adopted: Mapping[str, Sequence[Adoption]]
    found: dict[tuple[type[Topic], tuple[str, ...]], Topic] = field(default_factory=dict, compare=False)

    def find(self, topic: type[T], *below: str) -> T:
        """What holds for the last of the organisations below the province, given from the top down."""
        path = tuple(dict.fromkeys((PROVINCE, *below)))
        # Asked for every customer: with a million of them, looking it up once a place is what keeps it quick.
        if (topic, path) not in self.found:
            provision = self.rulebook.find(topic, path=path, day=LATEST, adoptions=self.adopted)
            self.found[topic, path] = provision.value
        return cast("T", self.found[topic, path])

    def place_of(self, division: str) -> Place:
        return self.find(PlaceClasses).of(division)

    def earned(self, fees: Decimal, place_class: Place, *below: str) -> int:
        """The best class whose lower bound the yearly fees reach; raises ValueError below all of them."""
        bounds = self.find(TierThresholds, *below).for_place(place_class)
        classes = self.find(TierEquivalents, *below).classes
        return min(classes[tier] for tier, bound in bounds.items() if fees >= bound)

    def class_of(self, level: str) -> int:
        """The class that importance at a level gives."""
        return self.find(TierByImportance).classes[cast("ImportanceLevel", level)]

    def share_of_a_manager(self, customer_class: int, *below: str) -> Fraction:
        """What part of a manager's capacity one customer of the class takes."""
        load = self.find(ManagerLoad, *below).by_class[customer_class]
        return Fraction(1) if load.dedicated else Fraction(1, load.at_most)

    def least_share_of_a_manager(self, *below: str) -> Fraction:
        """What the lightest customer takes; who has less left is full."""
        return min(self.share_of_a_manager(cls, *below) for cls in self.find(ManagerLoad, *below).by_class)


@cache
def read() -> Law:
    adopted: dict[str, list[Adoption]] = defaultdict(list)
    for given in adoptions.read():
        until = None if given.valid_to is None else date.fromisoformat(given.valid_to)
        since = date.fromisoformat(given.valid_from)
        adopted[given.org_id].append(Adoption(given.pack, given.topics, since, until))
    return Law(Rulebook.shipped(), dict(adopted))
