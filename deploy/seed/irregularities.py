"""What goes wrong in the work of the cities: files that come late or never, rows put right later, meetings not held."""

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Literal

Reason = Literal["late", "source", "inaccuracy"]
Written = Literal["xlsx", "utf-8-sig", "gb18030"]

CORRECTED_ROWS = 2
CORRECTED_FACTOR = 9
REASONS: tuple[Reason, ...] = ("source", "inaccuracy", "late")
# Late files are gathered in few months: each of them is a day more for the clock to stop at.
LATE_EVERY, LATE_CITIES = 8, 2
MISSING, CORRECTED, UNANALYSED = 2, 6, 4
ONE_SYMPOSIUM = 3
SYMPOSIUM_MONTHS = (4, 10)
FORMATS: tuple[Written, ...] = ("xlsx", "utf-8-sig", "xlsx", "gb18030")


@dataclass(frozen=True, order=True)
class CityMonth:
    month: str
    city: str


@dataclass(frozen=True)
class Irregularities:
    """Drawn for the cities and months of a province; a file is at most one of late, missing and corrected."""

    seed: str
    cities: tuple[str, ...]
    months: tuple[str, ...]

    @cached_property
    def late(self) -> frozenset[CityMonth]:
        rng = Random(f"{self.seed}:late")
        chosen = self.months[LATE_EVERY - 1 :: LATE_EVERY]
        return frozenset(
            CityMonth(month, city) for month in chosen for city in rng.sample(self.cities, LATE_CITIES)
        )

    @cached_property
    def missing(self) -> frozenset[CityMonth]:
        return frozenset(self._some("missing", MISSING, self.late))

    @cached_property
    def corrected(self) -> dict[CityMonth, Reason]:
        """Files of which some rows were wrong and are put right when the next month is filed."""
        chosen = self._some("corrected", CORRECTED, self.late | self.missing)
        return {one: REASONS[number % len(REASONS)] for number, one in enumerate(chosen)}

    @cached_property
    def unanalysed(self) -> frozenset[CityMonth]:
        """Months of which a city files no analysis."""
        return frozenset(self._some("unanalysed", UNANALYSED, frozenset()))

    @cached_property
    def one_symposium(self) -> frozenset[str]:
        """Cities that hold one symposium a year instead of two."""
        return frozenset(Random(f"{self.seed}:symposia").sample(self.cities, ONE_SYMPOSIUM))

    def symposium(self, city: str, month: str) -> bool:
        """Whether the city's center holds one in this month."""
        first, second = SYMPOSIUM_MONTHS
        number = int(month[5:])
        return number == first or (number == second and city not in self.one_symposium)

    def written(self, where: CityMonth) -> Written:
        """As what a city files."""
        return FORMATS[self.cities.index(where.city) % len(FORMATS)]

    def _some(self, what: str, count: int, but: frozenset[CityMonth]) -> list[CityMonth]:
        """Draw months with another month behind them, so that what follows has its day."""
        rng = Random(f"{self.seed}:{what}")
        free = [
            CityMonth(month, city)
            for month in self.months[1:-1]
            for city in self.cities
            if CityMonth(month, city) not in but
        ]
        return sorted(rng.sample(free, min(count, len(free))))
