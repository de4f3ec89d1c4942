"""Customers drawn near the bounds of every table, in units under several schemes."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.reviewed import DIVISIONS, MONTHS, Subject

XXX, DEZHOU_CITY, DEZHOU_COUNTY = "420107", "420500", "420525"
ADOPTED = {XXX: ["xxx-city-daily"], DEZHOU_CITY: ["dezhou-ems"], "420506": ["hubei"]}
SMALL = "420506"
"""A bureau of hubei's scheme in which nobody reaches the mark, so that ranks decide."""
UNITS = (
    "420106-T01", "420106-T02", "420106", "420100-S01", SMALL, XXX, XXX, XXX, DEZHOU_CITY, DEZHOU_COUNTY,
)  # fmt: skip
CENT = Decimal("0.01")
BOUNDS = tuple(map(Decimal, (6_000, 10_000, 30_000, 50_000, 100_000, 200_000, 300_000, 500_000)))
XXX_BOUNDS = tuple(map(Decimal, (1_000, 10_000, 500_000, 1_000_000, 5_000_000)))
DECEMBERS = (Decimal("0.00"), Decimal("999.99"), Decimal("1000.00"))
SMALL_FEES = tuple(Decimal(fees) for fees in ("100.00", "1000.00", "5000.00", "5000.00", "9999.99"))
OTHER_YEARS = ("2024-05", "2024-12", "2026-01")
BATCH, BATCHES = 40, 10


def drawn_mass() -> list[Subject]:
    """Draw hundreds of customers, the same ones in every run."""
    mass: list[Subject] = []

    @settings(
        max_examples=BATCHES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True))
    def batch(random: Random) -> None:
        mass.extend(drawn(random) for _ in range(BATCH))

    batch()
    return mass


def drawn(random: Random) -> Subject:
    """Draw a customer with fees near a bound, over some months of the year, and any other facts."""
    unit = random.choice(UNITS)
    return Subject(
        fees=spread(random, total(random, unit)),
        org_id=unit,
        division=random.choice(tuple(DIVISIONS)),
        importance=random.choice((None, None, None, "important", "potential")),
        level=random.choice((None, None, None, None, "network-hq", "province", "city", "county")),
        agreement=random.random() < 0.5,
        oldest_due_on=random.choice((None, None, "2026-02-01", "2025-12-02", "2025-12-01")),
    )


def total(random: Random, unit: str) -> Decimal:
    """Draw fees of a year: none, a cent from a bound, or any."""
    if unit == SMALL:
        return random.choice(SMALL_FEES)
    near = random.choice(XXX_BOUNDS if unit == XXX else BOUNDS) + random.choice((-CENT, Decimal(0), CENT))
    anywhere = CENT * random.randrange(60_000_000)
    return random.choice((near, near, near, anywhere, Decimal("0.00")))


def spread(random: Random, fees: Decimal) -> Mapping[str, Decimal]:
    """Draw months that add up to fees, December near the mark of a month; and some fees of other years."""
    december = min(fees, random.choice(DECEMBERS))
    months = random.sample(MONTHS[:-1], random.randint(1, 4))
    rest = fees - december
    share = (rest / len(months)).quantize(CENT, rounding="ROUND_FLOOR")
    found = dict.fromkeys(months, share) | {months[0]: rest - share * (len(months) - 1), MONTHS[-1]: december}
    found |= {month: Decimal("70000.00") for month in OTHER_YEARS if random.random() < 0.3}
    return {month: amount for month, amount in sorted(found.items()) if amount}
