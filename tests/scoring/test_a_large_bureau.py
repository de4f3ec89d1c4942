"""A bureau of 2,000 key accounts with two years of usage is scored whole: nothing is cut off at a page or a portion."""

from decimal import Decimal

from chassis.ids import uuid7
from chassis.transaction import Moment
from scoring.handlers.scoring import Asked
from scoring.model.periods import Quarter
from scoring.queries.sheets import steady, worked_out
from support.facts import customer_fact
from support.scoring import morning_of, report_fact, tier_fact, usage_fact
from support.service import ServiceUnderTest

CUSTOMERS = 2_000
QUARTER_MONTHS = 3
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]


async def a_bureau(scoring: ServiceUnderTest) -> None:
    customers = [uuid7() for _ in range(CUSTOMERS)]
    since = morning_of("2024-06-01")
    await scoring.hear(*(customer_fact(one, at=since) for one in customers))
    await scoring.hear(
        *(tier_fact(one, 1 + number % 4, "2025-01-01") for number, one in enumerate(customers))
    )
    for month in MONTHS:
        parts = [customers[start : start + 500] for start in range(0, CUSTOMERS, 500)]
        await scoring.hear(*(usage_fact(month, [(one, "100.00", 1) for one in part]) for part in parts))
        await scoring.hear(report_fact(month, customers))


async def test_every_customer_and_month_of_a_large_bureau_counts(scoring: ServiceUnderTest) -> None:
    await a_bureau(scoring)
    law = scoring.runtime.directory.current
    moment = Moment("scoring", scoring.runtime.clock.now(), "system:test", str(uuid7()))
    async with steady(scoring.runtime, moment) as tx:
        sheet = await worked_out(tx, law, Asked("420100", Quarter(2026, "Q4"), over=True))
    number, revenue = (line.judged.figures for line in sheet.lines[:2])
    assert (number["now"], number["before"]) == (CUSTOMERS, CUSTOMERS)
    assert (
        Decimal(revenue["now"])
        == Decimal(revenue["before"])
        == CUSTOMERS * QUARTER_MONTHS * Decimal("100.00")
    )
