"""A bureau of 2,000 key accounts with two years of usage is scored in a fifth of a second.

Time of the processor is measured, not of the clock: what else runs on the machine does not count.
"""

from time import process_time

import psutil

from chassis.ids import uuid7
from chassis.transaction import Moment
from scoring.handlers.scoring import Asked
from scoring.model.periods import Quarter
from scoring.queries.sheets import steady, worked_out
from support.scoring import morning_of, report_fact, tier_fact, usage_fact
from support.service import ServiceUnderTest, customer_fact

CUSTOMERS = 2_000
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
TRIES = 5
SECONDS = 0.2


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


def spent(backend: psutil.Process) -> float:
    """Give the seconds of processor that this process and its database connection have used."""
    used = backend.cpu_times()
    return process_time() + used.user + used.system


async def test_a_bureaus_quarter_is_scored_in_time(scoring: ServiceUnderTest) -> None:
    await a_bureau(scoring)
    law = scoring.runtime.directory.current
    moment = Moment("scoring", scoring.runtime.clock.now(), "system:test", str(uuid7()))
    async with steady(scoring.runtime, moment) as tx:
        backend = psutil.Process(await tx.fetchval("SELECT pg_backend_pid()"))
        began = spent(backend)
        for _ in range(TRIES):
            sheet = await worked_out(tx, law, Asked("420100", Quarter(2026, "Q4"), over=True))
        taken = (spent(backend) - began) / TRIES
    assert sheet.lines[0].judged.figures["now"] == CUSTOMERS
    assert taken < SECONDS
