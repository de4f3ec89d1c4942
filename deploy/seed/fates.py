"""What becomes of a customer in the province's months: since when, how it grows, and what is planted in its history."""

from dataclasses import dataclass
from random import Random
from typing import Literal

Anomaly = Literal["drop", "spike", "stop"]

FIRST_WAVE = 0.72
# Somebody who came late has no season to compare with, so nothing is planted there.
OLD_ENOUGH = 8
BEFORE_ANOMALY = 14
DROP_MONTHS = 3
QUARTER = 3
# Bills, visits and analyses are told of five quarters: what scores and reviews look back on.
TOLD_MONTHS = 15
BAD_WITHIN_MONTHS = 6
ANOMALIES: tuple[tuple[Anomaly, float], ...] = (("drop", 0.02), ("spike", 0.015), ("stop", 0.025))
CREDIT_BY_CLASS = {1: 0.9, 2: 0.85, 3: 0.5, 4: 0.06}
SETTLEMENT_DAYS = (30, 30, 45, 60)
# Shares of the credit customers.
LATE_PAYER, BAD_DEBTOR = 0.06, 0.03
WITHOUT_FILE, UNVISITED = 0.06, 0.03


@dataclass(frozen=True, slots=True)
class Planted:
    """Something unusual from a month on (its offset); `factor` is what remains of the usual business."""

    kind: Anomaly
    month: int
    factor: float


@dataclass(frozen=True, slots=True)
class Fate:
    """Offsets count from the first month of the province; `unpaid_from` begins bills that stay open."""

    start: int
    growth: float
    scale: float
    planted: Planted | None
    settlement_days: int | None
    late_payer: bool
    unpaid_from: int | None
    filed: bool
    visited: bool

    @property
    def registers(self) -> int:
        """The month in which it is registered: centers enter new forms once a quarter, before they come to count."""
        return self.start - self.start % QUARTER

    def factor(self, month: int) -> float:
        """What is left in this month of the usual business."""
        if self.planted is None or month < self.planted.month:
            return 1.0
        if self.planted.kind == "spike":
            return self.planted.factor if month == self.planted.month else 1.0
        over = self.planted.kind == "drop" and month >= self.planted.month + DROP_MONTHS
        return 1.0 if over else self.planted.factor


def told_from(months: int) -> int:
    """The offset of the first month of which everything is told, not usage and agreements alone."""
    return max(0, months - TOLD_MONTHS)


def fate(index: int, seed: str, months: int, customer_class: int | None) -> Fate:
    """The customer's fate, the same whatever the number of customers."""
    rng = Random(f"{seed}:fate:{index}")
    start = 0 if rng.random() < FIRST_WAVE or months < OLD_ENOUGH else rng.randrange(1, months - 1)
    growth = max(-0.25, min(0.6, rng.gauss(0.09, 0.13)))
    scale = min(1.9, max(0.6, rng.lognormvariate(0.0, 0.18)))
    planted = _planted(rng, start, months)
    credit = rng.random() < CREDIT_BY_CLASS.get(customer_class or 4, 0.0)
    settlement = rng.choice(SETTLEMENT_DAYS)
    pays = rng.random()
    told = told_from(months)
    bad = credit and pays < BAD_DEBTOR and start <= told
    return Fate(
        start=start,
        growth=growth,
        scale=scale,
        planted=planted,
        settlement_days=settlement if credit else None,
        late_payer=credit and BAD_DEBTOR <= pays < BAD_DEBTOR + LATE_PAYER,
        unpaid_from=min(told + rng.randrange(BAD_WITHIN_MONTHS), months - 1) if bad else None,
        filed=rng.random() >= WITHOUT_FILE,
        visited=rng.random() >= UNVISITED,
    )


def _planted(rng: Random, start: int, months: int) -> Planted | None:
    drawn, month = rng.random(), rng.random()
    drop, spike = rng.uniform(0.25, 0.5), rng.uniform(2.6, 4.0)
    earliest, latest = start + BEFORE_ANOMALY, months - 1
    if start > OLD_ENOUGH or earliest >= latest:
        return None
    offset = earliest + int(month * (latest - earliest))
    factors: dict[Anomaly, float] = {"drop": drop, "spike": spike, "stop": 0.0}
    for kind, share in ANOMALIES:
        if drawn < share:
            return Planted(kind, offset, factors[kind])
        drawn -= share
    return None
