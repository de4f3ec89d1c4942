"""The place of a customer in its bureau is that of now, whether it is read from what is kept or counted."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest

from chassis.database import Connection
from support.facts import assignment_fact, customer_fact
from support.merged import merged_fact, unmerged_fact
from support.reviewed import posted
from support.service import OFFICER, PROVINCE_OFFICER, ServiceUnderTest, expect
from support.standings import (
    BESIDE,
    HERE,
    KEPT,
    MONTH,
    TOO_MUCH,
    bureau,
    keeper,
    kept_by_all_means,
    kept_too_much,
    place,
    places,
    ranked,
    tidied,
    ties_do_not_all_count,
    until_kept,
)
from support.tiering import Planted
from support.usage_filing import filed, row

FEES = ("800.00", "700.00", "600.00", "500.00", "400.00", "300.00")
Change = Callable[[ServiceUnderTest, Sequence[Planted]], Awaitable[list[int | None]]]
RECORDED = """
INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, usage_file_id, recorded)
VALUES ($1, 'domestic-express', $2, 1, $3, 1, 1, $4, $5::uuid, now())
"""
A_FILE = "01930000-0000-7000-8000-0000000000f1"


async def test_who_asks_again_reads_the_place_from_what_is_kept(fresh: ServiceUnderTest) -> None:
    customers = await ranked(fresh, *FEES)
    assert await places(fresh, customers) == [1, 2, 3, 4, 5, 6]
    await until_kept(fresh, customers[0])
    assert await places(fresh, customers) == [1, 2, 3, 4, 5, 6]
    await kept_too_much(fresh, customers[4])
    # What is asked of another period, or as known earlier, is not in it.
    for asked in ({"valid": "2026-02-28"}, {"known": "2026-03-02T08:00:00+08:00"}):
        expect(await fresh.get(OFFICER, f"/tiers/{customers[4].code}", **asked), 200)
    assert await place(fresh, customers[4]) == 5 + TOO_MUCH


async def corrected(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    one = {"customer": customers[5].code, "line": "domestic-express", "revenue": "650.00"}
    body = {"month": MONTH, "rows": [{**one, "pieces": 1, "weight_kg": "1"}], "reason": "inaccuracy"}
    expect(await tiering.post(PROVINCE_OFFICER, "/usage/corrections", body), 201)
    return [1, 2, 4, 5, 6, 3]


async def filed_by_the_city(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    file = await filed(tiering, OFFICER, [row(customers[5].code, "300.01")], month="2026-01")
    assert file["loaded_rows"] == 1
    return [1, 2, 4, 5, 6, 3]


async def filed_by_the_province(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    file = await filed(tiering, PROVINCE_OFFICER, [row(customers[4].code, "0.01")], month="2025-03")
    assert file["loaded_rows"] == 1
    await filed(tiering, PROVINCE_OFFICER, [row(customers[3].code, "400.00")], month="2025-03")
    return [2, 3, 4, 1, 5, 6]


async def moved_away(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    await tiering.hear(assignment_fact(customers[0].customer_id, BESIDE))
    return [1, 1, 2, 3, 4, 5]


async def moved_here(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    [other] = await ranked(tiering, "550.00", org_id=BESIDE)
    await tiering.hear(assignment_fact(other.customer_id, "420106-T02"))
    return [1, 2, 3, 5, 6, 7]


async def merged(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    [other] = await ranked(tiering, "350.00", org_id=BESIDE)
    ids = (other.customer_id, customers[5].customer_id)
    await tiering.hear(merged_fact(*ids, customer_code=other.code, org_id=BESIDE))
    return [1, 2, 4, 5, 6, 3]


async def merged_and_unmerged(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    [other] = await ranked(tiering, "350.00", org_id=BESIDE)
    ids = (other.customer_id, customers[5].customer_id)
    await tiering.hear(merged_fact(*ids, customer_code=other.code, org_id=BESIDE))
    await until_exact(tiering, customers, [1, 2, 4, 5, 6, 3])
    await tiering.hear(unmerged_fact(*ids, customer_code=other.code, org_id=BESIDE))
    return [1, 2, 3, 4, 5, 6]


async def closed(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    facts = {"customer_code": customers[1].code, "state": "closed"}
    await tiering.hear(customer_fact(customers[1].customer_id, 2, kind="changed", **facts))
    return [1, None, 2, 3, 4, 5]


async def registered(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    await ranked(tiering, "450.00", org_id="420106-T02")
    return [1, 2, 3, 4, 6, 7]


CHANGES: tuple[Change, ...] = (
    corrected, filed_by_the_city, filed_by_the_province, moved_away, moved_here, merged, merged_and_unmerged, closed,
    registered,
)  # fmt: skip


async def until_exact(
    tiering: ServiceUnderTest, customers: Sequence[Planted], expected: list[int | None]
) -> None:
    """See the places at once, once more when they are kept, and keep what says too much from then on."""
    assert await places(tiering, customers) == expected
    await until_kept(tiering, customers[0])
    assert await places(tiering, customers) == expected
    await kept_too_much(tiering, customers[4])


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
async def test_a_place_is_that_of_now_right_after_what_changed_it(
    fresh: ServiceUnderTest, change: Change
) -> None:
    customers = await ranked(fresh, *FEES)
    await until_exact(fresh, customers, [1, 2, 3, 4, 5, 6])
    expected = await change(fresh, customers)
    assert await places(fresh, customers) == expected
    await until_kept(fresh, customers[0])
    assert await places(fresh, customers) == expected


@pytest.mark.parametrize(("all_count", "expected"), [(True, [1, 2, 3, 4, 5, 5]), (False, [1, 2, 3, 4, 6, 6])])
async def test_who_ties_for_fifth_has_the_same_place_kept_or_counted(
    fresh: ServiceUnderTest, all_count: bool, expected: list[int | None]
) -> None:
    if not all_count:
        await ties_do_not_all_count(fresh)
    customers = await ranked(fresh, *FEES[:5], FEES[4])
    await until_exact(fresh, customers, expected)


async def test_what_was_at_work_as_a_standing_was_made_counts_when_it_is_done(
    fresh: ServiceUnderTest,
) -> None:
    customers = await ranked(fresh, *FEES)
    await tidied(fresh)
    async with fresh.runtime.database.worker.acquire() as writer:
        async with writer.transaction():
            await recorded(writer, customers[5], "250.00", HERE, None)
            await kept_too_much(fresh, customers[4])
        assert await places(fresh, customers) == [1, 2, 3, 5, 6, 4]


async def test_usage_that_is_noted_where_a_customer_was_before_it_moved_counts_where_it_went(
    fresh: ServiceUnderTest,
) -> None:
    [mover] = await ranked(fresh, "0.00")
    customers = await ranked(fresh, *FEES, org_id=BESIDE)
    await fresh.rows("DELETE FROM usage WHERE customer_id = $1 RETURNING 1", mover.customer_id)
    await fresh.rows("DELETE FROM usage_sum WHERE customer_id = $1 RETURNING 1", mover.customer_id)
    async with fresh.runtime.database.worker.acquire() as writer:
        async with writer.transaction():
            await recorded(writer, mover, "750.00", HERE, A_FILE)
            await fresh.hear(assignment_fact(mover.customer_id, BESIDE))
            # It would be kept without what is being written, which is noted for the bureau that it left.
            assert not await keeper(fresh).keep(bureau(BESIDE))
            assert not await fresh.rows(KEPT, BESIDE)
            assert await places(fresh, customers) == [1, 2, 3, 4, 5, 6]
        await kept_by_all_means(fresh, bureau(BESIDE))
        assert await places(fresh, [*customers, mover]) == [1, 3, 4, 5, 6, 7, 2]


async def recorded(
    writer: Connection, customer: Planted, revenue: str, org_id: str, file_id: str | None
) -> None:
    month = date.fromisoformat("2026-01-01")
    await writer.execute(RECORDED, customer.customer_id, month, Decimal(revenue), org_id, file_id)


async def test_nothing_that_was_noted_stays_when_nothing_kept_was_made_without_it(
    fresh: ServiceUnderTest,
) -> None:
    here, beside = await ranked(fresh, *FEES), await ranked(fresh, *FEES, org_id=BESIDE)
    await places(fresh, [here[0], beside[0]])
    await until_kept(fresh, here[0])
    await until_kept(fresh, beside[0], BESIDE)
    await posted(fresh, {here[0].code: {"2026-01": "1.00"}})
    await tidied(fresh)
    assert [one["bureau"] for one in await fresh.rows("SELECT bureau FROM standing")] == [BESIDE]
    assert await places(fresh, [here[0], beside[5]]) == [1, 6]
