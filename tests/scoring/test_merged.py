"""Customers merged into others: a key account counts once, with the revenue and the visits of both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.ids import uuid7
from chassis.transaction import Moment, unscoped
from scoring.model.facts import Duty
from scoring.ports import Paying
from scoring.queries.bureaus import BureauRows
from support.facts import customer_fact
from support.merged import merged_fact, unmerged_fact
from support.scoring import morning_of, report_fact, usage_fact, visit_fact
from support.service import TREE, ServiceUnderTest, orgpath


async def two(scoring: ServiceUnderTest) -> tuple[UUID, UUID]:
    survivor, merged = uuid7(), uuid7()
    await scoring.hear(*(customer_fact(one, at=morning_of("2025-02-01")) for one in (survivor, merged)))
    return survivor, merged


@asynccontextmanager
async def bureau(scoring: ServiceUnderTest) -> AsyncIterator[BureauRows]:
    """The rows of Wuhan and all below it."""
    moment = Moment("scoring", scoring.runtime.clock.now(), "system:test", str(uuid7()))
    units = [org_id for org_id in TREE if orgpath(org_id).startswith("CN.420000.420100")]
    async with unscoped(scoring.runtime.database.worker, moment) as tx:
        yield BureauRows(tx, units)


async def counted(scoring: ServiceUnderTest) -> set[UUID]:
    async with bureau(scoring) as rows:
        return {key for key, one in (await rows.standings(date(2026, 3, 31))).items() if one.registered}


async def revenue(scoring: ServiceUnderTest, customers: list[UUID]) -> str:
    async with bureau(scoring) as rows:
        told = await rows.revenue(Paying(customers, []), ["2026-01"])
    return str(sum((one.revenue for one in told), Decimal("0.00")))


async def test_a_merged_key_account_does_not_count_twice(scoring: ServiceUnderTest) -> None:
    survivor, merged = await two(scoring)
    assert await counted(scoring) == {survivor, merged}
    await scoring.hear(merged_fact(merged, survivor, at=morning_of("2026-02-01")))
    assert await counted(scoring) == {survivor}
    await scoring.hear(unmerged_fact(merged, survivor, at=morning_of("2026-02-02")))
    assert await counted(scoring) == {survivor, merged}


async def test_what_the_merged_one_used_counts_for_the_survivor_and_once(scoring: ServiceUnderTest) -> None:
    survivor, merged = await two(scoring)
    await scoring.hear(usage_fact("2026-01", [(survivor, "10.00", 1), (merged, "5.00", 1)]))
    assert await revenue(scoring, [survivor]) == "10.00"
    await scoring.hear(merged_fact(merged, survivor))
    assert await revenue(scoring, [survivor]) == "15.00"
    assert await revenue(scoring, [survivor, merged]) == "15.00"
    await scoring.hear(unmerged_fact(merged, survivor))
    assert await revenue(scoring, [survivor]) == "10.00"


async def test_a_visit_and_an_analysis_under_the_old_name_are_the_survivors(
    scoring: ServiceUnderTest,
) -> None:
    survivor, merged = await two(scoring)
    await scoring.hear(
        visit_fact(merged, "2026-02-01"), report_fact("2026-01", [merged]), merged_fact(merged, survivor)
    )
    duty = Duty("city", ("city",), (), date(2026, 1, 1), date(2026, 3, 31), 1)
    async with bureau(scoring) as rows:
        assert await rows.visits_made([survivor], duty) == {survivor: 1}
        assert [one.customer_id for one in await rows.covered([survivor], ["2026-01"])] == [survivor]
