"""Further words customers are classified by (dezhou-ems, national-trial, city-maintenance, jiangxi)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulations.provisions import Topic
from regulations.topics.words import ListTopic, Named, codes_once


@dataclass(frozen=True)
class KeyAccountTraits(ListTopic):
    """What a key account is, where a regulation says it in words."""

    topic: ClassVar[str] = "key-account-traits"


@dataclass(frozen=True)
class KeyAccountKinds(ListTopic):
    """The kinds of users among which key accounts are found."""

    topic: ClassVar[str] = "key-account-kinds"


@dataclass(frozen=True)
class CustomerKinds(ListTopic):
    """Kinds of customers with needs of their own."""

    topic: ClassVar[str] = "customer-kinds"


@dataclass(frozen=True)
class NeedKinds(ListTopic):
    """Kinds of needs that a customer has."""

    topic: ClassVar[str] = "need-kinds"


@dataclass(frozen=True)
class Specialities(ListTopic):
    """The specialities of the post by which key accounts are named."""

    topic: ClassVar[str] = "specialities"


@dataclass(frozen=True)
class ScopeKind(Named):
    """A scope, given from this many specialities upward."""

    specialities_from: int


@dataclass(frozen=True)
class SpecialityScope(Topic):
    """By how many specialities a customer uses."""

    topic: ClassVar[str] = "speciality-scope"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[ScopeKind, ...]


@dataclass(frozen=True)
class NetworkReachKind(Named):
    """A reach, given from this many provinces upward."""

    provinces_from: int


@dataclass(frozen=True)
class NetworkReach(Topic):
    """By how many provinces a customer's mail touches."""

    topic: ClassVar[str] = "network-reach"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[NetworkReachKind, ...]


@dataclass(frozen=True)
class RelationshipKind(Named):
    """A kind of relationship with what marks it."""

    marks: tuple[Named, ...]


@dataclass(frozen=True)
class RelationshipKinds(Topic):
    """How close customer and post are, from the loosest to the closest."""

    topic: ClassVar[str] = "relationship-kinds"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[RelationshipKind, ...]

    def __post_init__(self) -> None:
        codes_once(self.kinds)


@dataclass(frozen=True)
class NamedPerson(Topic):
    """How many persons a customer belongs to."""

    topic: ClassVar[str] = "named-person"
    persons_per_customer: int
