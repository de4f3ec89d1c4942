"""The administrative divisions of the sample province."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml

from deploy.seed import law
from regulations.topics.words import Place

FILE = Path(__file__).with_name("divisions.yaml")
SUFFIXES = ("土家族苗族自治州", "土家族自治县", "林区", "区", "市", "县", "省")


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    name_en: str
    kind: str
    parent: str
    bureau: str
    area_code: str = ""
    postcode: str = ""

    @property
    def under_the_province(self) -> bool:
        """Whether it is a county-level unit whose node is a city all the same."""
        return self.kind == "city" and not self.code.endswith("00")

    @property
    def county_level(self) -> bool:
        return self.kind == "county" or self.under_the_province

    @property
    def stem(self) -> str:
        """The name without its suffix, as firms carry it: 武昌, 大冶, but 随县."""
        suffix = next(text for text in SUFFIXES if self.name.endswith(text))
        stem = self.name.removesuffix(suffix)
        return stem if len(stem) > 1 else self.name

    @property
    def place_class(self) -> Place:
        """The column of the tier table that the code picks."""
        return law.read().place_of(self.code)


@dataclass(frozen=True)
class Divisions:
    all: tuple[Division, ...]

    def __getitem__(self, code: str) -> Division:
        return self._by_code[code]

    @property
    def cities(self) -> tuple[Division, ...]:
        return _of_kind(self.all, "city")

    @property
    def counties(self) -> tuple[Division, ...]:
        return _of_kind(self.all, "county")

    @cached_property
    def county_level(self) -> tuple[Division, ...]:
        return tuple(division for division in self.all if division.county_level)

    @cached_property
    def _by_code(self) -> dict[str, Division]:
        return {division.code: division for division in self.all}

    def city_of(self, division: Division) -> Division:
        return division if division.kind == "city" else self[division.parent]


def _of_kind(divisions: Iterable[Division], kind: str) -> tuple[Division, ...]:
    return tuple(division for division in divisions if division.kind == kind)


@cache
def read() -> Divisions:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["divisions"]
    return Divisions(tuple(Division(**row) for row in rows))
