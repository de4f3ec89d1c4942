"""Every topic that there is, with the class that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from regulations.provisions import Topic
from regulations.topics import (
    care,
    claims,
    compensation,
    complaints,
    customers,
    deadlines,
    goals,
    kinds,
    lifecycle,
    losses,
    maintenance,
    managers,
    organisations,
    prospects,
    registration,
    scores,
    selling,
    tariffs,
    tiers,
    usage,
)

MODULES: tuple[ModuleType, ...] = (
    care,
    claims,
    compensation,
    complaints,
    customers,
    deadlines,
    goals,
    kinds,
    lifecycle,
    losses,
    maintenance,
    managers,
    organisations,
    prospects,
    registration,
    scores,
    selling,
    tariffs,
    tiers,
    usage,
)


@cache
def all_topics() -> Mapping[str, type[Topic]]:
    """Give every topic's name with its value class; raises ValueError where two classes claim one name."""
    found: dict[str, type[Topic]] = {}
    for module in MODULES:
        for member in vars(module).values():
            if not (isinstance(member, type) and issubclass(member, Topic) and member is not Topic):
                continue
            if member.__module__ == module.__name__ and found.setdefault(member.topic, member) is not member:
                raise ValueError(f"two classes read {member.topic}")
    return MappingProxyType(dict(sorted(found.items())))
