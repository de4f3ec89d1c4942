"""Sums by customer and year as they are, and as the rows of usage add up."""

from collections import defaultdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from support.service import ServiceUnderTest

MONTHS = 12
Sums = dict[tuple[UUID, int], list[Decimal]]


async def summed(tiering: ServiceUnderTest) -> Sums:
    """Give the sums on record by customer and year; fees must be what the months add up to."""
    found = await tiering.rows("SELECT customer_id, year, fees, months FROM usage_sum")
    for one in found:
        assert len(one["months"]) == MONTHS and sum(one["months"]) == one["fees"], one
    return {(one["customer_id"], one["year"]): one["months"] for one in found}


async def added_up(tiering: ServiceUnderTest) -> Sums:
    """Give what the current rows of usage add up to, counted here."""
    made: Sums = defaultdict(lambda: [Decimal(0)] * MONTHS)
    for one in await tiering.rows("SELECT customer_id, month, revenue FROM usage WHERE current"):
        made[one["customer_id"], one["month"].year][one["month"].month - 1] += one["revenue"]
    return dict(made)


async def sums_hold(tiering: ServiceUnderTest) -> bool:
    """Tell whether sums are what the rows add up to."""
    return await summed(tiering) == await added_up(tiering)


async def sums_of(tiering: ServiceUnderTest, customer_code: str) -> dict[int, dict[int, str]]:
    """Give the figures of a customer that are not 0, by year and month."""
    found: list[dict[str, Any]] = await tiering.rows(
        "SELECT s.year, s.months FROM usage_sum s JOIN customer USING (customer_id) WHERE code = $1",
        customer_code,
    )
    return {
        one["year"]: {place: str(fees) for place, fees in enumerate(one["months"], 1) if fees}
        for one in found
    }
