"""Who calls on a customer in a month: the city's center on the best, the specialty bureau on all, twice a year."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.seed.fates import Fate
from deploy.seed.months import MONTHS_A_YEAR

HALF_YEAR = MONTHS_A_YEAR // 2
BEST_CLASSES = frozenset({1, 2})
DAYS = 27


@dataclass(frozen=True)
class Visit:
    by_center: bool
    day: int
    kind: str


def in_month(index: int, customer_class: int, fate: Fate, month: str) -> Iterator[Visit]:
    """The visits of a month; a customer that is neglected gets none in the second half of the year."""
    number = int(month[5:]) - 1
    if number >= HALF_YEAR and not fate.visited:
        return
    day = 1 + index * 7 % DAYS
    if number % HALF_YEAR == index % HALF_YEAR:
        yield Visit(by_center=False, day=day, kind="opinion" if number < HALF_YEAR else "routine")
    if customer_class in BEST_CLASSES and number == index * 5 % MONTHS_A_YEAR:
        yield Visit(by_center=True, day=1 + index * 11 % DAYS, kind="routine")
