"""The parts from which the sample's names are composed."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True)
class Trade:
    industry: str
    word: str
    form: str
    business: str
    kind: str
    lines: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Form:
    prefix: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    trade_name: tuple[str, str, str]
    surnames: str
    given_first: str
    given_second: str
    roads: tuple[str, ...]
    buildings: tuple[str, ...]
    trades: tuple[Trade, ...]
    forms: dict[str, Form]

    def person(self, rng: Random) -> str:
        return rng.choice(self.surnames) + rng.choice(self.given_first) + rng.choice(self.given_second)

    def citizen(self, index: int) -> str:
        """The name of a natural person as customer, a different one for each of the first 28,140."""
        lists = ((self.surnames, 7), (self.given_first, 11), (self.given_second, 13))
        return "".join(chars[step * index % len(chars)] for chars, step in lists)

    def trade(self, index: int) -> str:
        """The trade name of a customer; the first 3,481 differ pairwise in two characters."""
        first, second, third = self.trade_name
        size = len(first)
        block, place = divmod(index, size * size)
        a, b = divmod(place, size)
        b = (b + 7 * a) % size
        a, b = (5 * a + 11 * b) % size, (a + 3 * b) % size
        return first[a] + second[b] + third[(a + 2 * b + block) % size]

    @property
    def capacity(self) -> int:
        """How many different trade names there are."""
        return len(self.trade_name[0]) ** 3


@cache
def read() -> Words:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    trades = tuple(Trade(**{**row, "lines": tuple(row["lines"])}) for row in data.pop("trades"))
    forms = {key: Form(form["prefix"], tuple(form["names"])) for key, form in data.pop("forms").items()}
    first, second, third = data.pop("trade_name")
    roads, buildings = tuple(data.pop("roads")), tuple(data.pop("buildings"))
    return Words((first, second, third), roads=roads, buildings=buildings, trades=trades, forms=forms, **data)
