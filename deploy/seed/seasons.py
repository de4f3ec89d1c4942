"""How a customer's business is spread over the year, by line and industry."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from deploy.seed.months import month_of

FILE = Path(__file__).with_name("seasons.yaml")
AVERAGE = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """Price in yuan and weight in kilograms of a line's average piece."""

    price: float
    weight: float


@dataclass(frozen=True)
class Seasons:
    lines: Mapping[str, tuple[float, ...]]
    industries: Mapping[str, tuple[float, ...]]
    festival_months: frozenset[str]
    festival_factor: float
    spared: frozenset[str]
    pieces: Mapping[str, Piece]

    def factor(self, line: str, industry: str, month: str) -> float:
        """How this month compares with an average one."""
        number = int(month[5:]) - 1
        own = self.industries.get(industry)
        usual = self.lines[line][number] * (own[number] if own else 1.0)
        dipped = month in self.festival_months and line not in self.spared
        return usual * self.festival_factor if dipped else usual


@cache
def read() -> Seasons:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    festival = data["spring_festival"]
    return Seasons(
        lines=_factors(data["lines"]),
        industries=_factors(data["industries"]),
        festival_months=frozenset(month_of(day) for day in festival["days"]),
        festival_factor=festival["factor"] / AVERAGE,
        spared=frozenset(festival["spared"]),
        pieces={line: Piece(**piece) for line, piece in data["pieces"].items()},
    )


def _factors(rows: Mapping[str, list[int]]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(value * len(row) / sum(row) for value in row) for name, row in rows.items()}
