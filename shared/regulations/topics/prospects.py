"""How prospects are judged (prospecting)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import Points
from regulations.topics.words import Named

Aspect = Literal["market", "potential", "cooperation", "value"]


@dataclass(frozen=True)
class ProspectAspect(Named):
    """An aspect with what is looked at."""

    code: Aspect
    looks_at: tuple[Named, ...]


@dataclass(frozen=True)
class ProspectAspects(Topic):
    """The aspects by which a prospect is judged."""

    topic: ClassVar[str] = "prospect-aspects"
    root: ClassVar[str | None] = "aspects"
    aspects: tuple[ProspectAspect, ...]


@dataclass(frozen=True)
class ProspectScore(Topic):
    """The weight of each aspect in points, which sum to `total`; each is graded from 0 to `best_grade`."""

    topic: ClassVar[str] = "prospect-score"
    total: Points
    weights: Mapping[Aspect, Points]
    best_grade: int
    evidence: Literal["each-grade"]

    def __post_init__(self) -> None:
        if sum(self.weights.values()) != self.total:
            raise ValueError("the weights do not sum to the total")
