"""Who is a key account, and the words customers are classified by (hubei art. 3, 4, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import Money
from regulations.topics.words import Named, codes_once


@dataclass(frozen=True)
class Facts:
    """Least facts that together make a key account; an absent one is not asked for."""

    yearly_fees: Money | None = None
    last_year_fees: Money | None = None
    month_fees: Money | None = None
    agreement: bool | None = None
    rank_in_bureau: int | None = None
    level: str | None = None


@dataclass(frozen=True)
class KeyAccount(Topic):
    """Alternatives, of which one is enough."""

    topic: ClassVar[str] = "key-account"
    root: ClassVar[str | None] = "alternatives"
    alternatives: tuple[Facts, ...]


@dataclass(frozen=True)
class KeyAccountTies(Topic):
    """Whether customers that share the last rank all count."""

    topic: ClassVar[str] = "key-account-ties"
    all_count: bool


@dataclass(frozen=True)
class SettlementKinds(Topic):
    """How a customer may settle and still count."""

    topic: ClassVar[str] = "settlement-kinds"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.kinds)


@dataclass(frozen=True)
class ImportantKind(Named):
    """A kind of important customer, and what it weighs on."""

    weighs_on: Literal["environment", "business", "development"]


@dataclass(frozen=True)
class ImportantCustomers(Topic):
    """Kinds of customers that are key accounts whatever they spend."""

    topic: ClassVar[str] = "important-customers"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[ImportantKind, ...]

    def __post_init__(self) -> None:
        codes_once(self.kinds)


@dataclass(frozen=True)
class PotentialCustomers(Topic):
    """What makes a customer below the mark a potential one: any of these signs."""

    topic: ClassVar[str] = "potential-customers"
    below_mark: bool
    signs: tuple[Named, ...]


@dataclass(frozen=True)
class TargetMarkets(Topic):
    """Markets that may be developed and managed together like key accounts."""

    topic: ClassVar[str] = "target-markets"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.kinds)


@dataclass(frozen=True)
class TargetMarketCounting(Topic):
    """As how many customers a target-market group counts."""

    topic: ClassVar[str] = "target-market-counting"
    group_counts_as: int


@dataclass(frozen=True)
class SmallCustomers(Topic):
    """Agreement customers below the mark, whose rules are the local bureau's own."""

    topic: ClassVar[str] = "small-customers"
    yearly_fees_below: Money
    agreement: bool
    rules_by: Literal["local-bureau"]


@dataclass(frozen=True)
class BusinessLines(Topic):
    """The lines of business, by code, in the regulation's order."""

    topic: ClassVar[str] = "business-lines"
    root: ClassVar[str | None] = "lines"
    lines: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.lines)

    @property
    def codes(self) -> tuple[str, ...]:
        """Give the codes alone."""
        return tuple(line.code for line in self.lines)

    def named(self, code: str) -> Named:
        """Give the line with this code; raises KeyError."""
        return {line.code: line for line in self.lines}[code]


@dataclass(frozen=True)
class LineSpecialities(Topic):
    """Which speciality each line of business belongs to, by line code."""

    topic: ClassVar[str] = "line-specialities"
    root: ClassVar[str | None] = "by_line"
    by_line: Mapping[
        str, Literal["letters", "parcels", "press", "philately", "information", "express", "logistics"]
    ]


@dataclass(frozen=True)
class Industries(Topic):
    """The industries that the regulation names."""

    topic: ClassVar[str] = "industries"
    named: tuple[Named, ...]
    open_list: bool


@dataclass(frozen=True)
class IndustryStandard(Topic):
    """The standard whose list of industries is used."""

    topic: ClassVar[str] = "industry-standard"
    standard: str
    edition: Literal["latest"]


@dataclass(frozen=True)
class ReachKind(Named):
    """A reach, given from this many prefectures upward."""

    prefectures_from: int


@dataclass(frozen=True)
class Reach(Topic):
    """By how many prefectures a customer's mail touches."""

    topic: ClassVar[str] = "reach"
    root: ClassVar[str | None] = "kinds"
    kinds: tuple[ReachKind, ...]


@dataclass(frozen=True)
class Principles(Topic):
    """What management aims at, and what it is to prevent."""

    topic: ClassVar[str] = "principles"
    aims: tuple[Named, ...]
    prevents: tuple[Named, ...]
