"""Months of usage recorded one by one in tests, and waiting until the sums over them are in step."""

import asyncio
from typing import Any

from support.service import PROVINCE_OFFICER, ServiceUnderTest, expect
from support.tiering import Planted

PATIENCE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.02
NAMES = (
    "month", "previous_month", "year_ago", "cumulative", "cumulative_year_ago", "growth_month", "growth_year",
    "growth_cumulative",
)  # fmt: skip
# The first working out of all months is waited for as well.
OUTSTANDING = """
SELECT (SELECT count(*) FROM month_due) + (SELECT count(*) FROM month_touched)
  + (NOT EXISTS (SELECT FROM month_begun))::integer AS n
"""


def compared(*values: object) -> dict[str, object]:
    """Give a figure as comparisons show it: five figures, then the growth of month, year and both years so far."""
    return dict(zip(NAMES, values, strict=True))


async def month_of(
    tiering: ServiceUnderTest, customer: Planted, month: str, revenue: str, **more: Any
) -> None:
    """Record a customer's month through the API."""
    row = {
        "customer": customer.code,
        "line": "domestic-express",
        "revenue": revenue,
        "pieces": 1,
        "weight_kg": "1",
    }
    sent = {"month": month, "rows": [{**row, **more}]}
    expect(await tiering.post(PROVINCE_OFFICER, "/usage", sent), 201)


async def figures_settle(tiering: ServiceUnderTest) -> None:
    """Wait until nothing that was touched is still to be worked out again."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await tiering.rows(OUTSTANDING))[0]["n"]:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
