"""Words and small values that several topics share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic

Place = Literal["wuhan", "prefecture", "county"]
OrgKind = Literal["national", "province", "city", "county", "bureau", "team"]
Role = Literal[
    "account-manager",
    "unit-head",
    "center-officer",
    "center-director",
    "hotline-agent",
    "finance",
    "inspector",
    "administrator",
]
Layer = Literal["basic", "extended", "key-persons", "competitors"]
Confidentiality = Literal["open", "internal", "restricted"]
Channel = Literal["hotline", "website", "regulator", "counter", "mail", "visit"]


@dataclass(frozen=True)
class Named:
    """An element of a list that the regulation gives: our code, its Chinese words, an English rendering."""

    code: str
    zh: str
    en: str


def codes_once(elements: Sequence[Named]) -> None:
    """Refuse a list in which a code stands twice; raises ValueError."""
    codes = [element.code for element in elements]
    if len(set(codes)) != len(codes):
        raise ValueError("a code stands twice")


@dataclass(frozen=True)
class ListTopic(Topic):
    """Base of the topics that are a list of named elements and nothing else, each code once."""

    root: ClassVar[str | None] = "items"
    items: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.items)
