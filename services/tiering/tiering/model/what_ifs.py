"""A what-if: who would have which class if drafts were law. It is no class and never becomes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

KIND = "what-if"
"""What every answer calls itself, so that nobody takes it for a class."""
PRESENT_LAW = "present law"


class Direction(StrEnum):
    """What a draft does to a customer; `renamed`: the same class under another scheme or tier."""

    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"
    RENAMED = "renamed"
    STAYS = "stays"


MOVES = tuple(one for one in Direction if one is not Direction.STAYS)


@dataclass(frozen=True, slots=True)
class DraftedWording:
    """A topic as it would be worded at an organisation; `value` is as it came, `pointer` where it stood."""

    topic: str
    org_id: str
    value: Any
    in_force: date | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class DraftedAdoption:
    """A pack, or some topics of it, in the place of what an organisation has adopted itself."""

    org_id: str
    pack: str
    topics: tuple[str, ...] | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class DraftedEnding:
    """A pack that an organisation would no longer have."""

    org_id: str
    pack: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Everything drafted together: endings come first, then adoptions, then wordings."""

    wordings: tuple[DraftedWording, ...] = ()
    adoptions: tuple[DraftedAdoption, ...] = ()
    endings: tuple[DraftedEnding, ...] = ()

    @property
    def everything(self) -> Sequence[DraftedWording | DraftedAdoption | DraftedEnding]:
        """Every draft of whatever kind."""
        return (*self.endings, *self.adoptions, *self.wordings)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A saved one: whose it is, over whom, on which base, with every layer of drafts from the present law on."""

    id: UUID
    center_org_id: str
    org_id: str
    name: str
    year: int
    made_by: str
    layers: tuple[Drafts, ...]
