"""Account managers and how many customers each may have (hubei art. 10, 22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import CustomerClass
from regulations.topics.words import Named, Role


@dataclass(frozen=True)
class ClassLoad:
    """Customers of a class to one manager: at least, at most, and whether that manager does nothing else."""

    at_least: int
    at_most: int
    dedicated: bool

    def __post_init__(self) -> None:
        if not 0 < self.at_least <= self.at_most:
            raise ValueError("a load has at least one customer and its bounds in order")


@dataclass(frozen=True)
class ManagerLoad(Topic):
    """Load by class; every registered customer has so many managers."""

    topic: ClassVar[str] = "manager-load"
    managers_per_customer: int
    by_class: Mapping[CustomerClass, ClassLoad]


@dataclass(frozen=True)
class ManagerMixedLoad(Topic):
    """A dedicated manager has no other load; else the sum of customers ÷ `at_most` is bounded."""

    topic: ClassVar[str] = "manager-mixed-load"
    dedicated_alone: bool
    sum_at_most: int
    overload_allowed_by: Role
    overload_needs_reason: bool
    underload: Literal["reported"]


@dataclass(frozen=True)
class StationedSupport(Topic):
    """What a stationed manager is provided with, and by what measure."""

    topic: ClassVar[str] = "stationed-support"
    means: tuple[Named, ...]
    by: tuple[Literal["revenue", "need"], ...]


@dataclass(frozen=True)
class Stationing(Topic):
    """The forms of service on the customer's premises."""

    topic: ClassVar[str] = "stationing"
    forms: tuple[Named, ...]
