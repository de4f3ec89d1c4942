"""A correction is approved while the next review is proposed, or another one of the year published: one after the other."""

import asyncio
import time

from chassis.database import Connection
from support.corrections import OTHER_DIRECTOR, correction_proposed, reviewed
from support.facts import customer_fact
from support.reviewed import posted
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect
from support.tiering import planted

PATIENCE_SECONDS = 20
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


async def until_waiting(outside: Connection, sessions: int, *tasks: asyncio.Task[object]) -> None:
    """Wait until so many sessions wait for another one's lock, or one of the tasks is done without."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and not any(task.done() for task in tasks):
        if await outside.fetchval(WAITING) >= sessions:
            return
        await asyncio.sleep(0.05)


async def test_a_review_proposed_while_a_correction_is_being_approved_changes_from_the_corrected_class(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2024-03": "99999.99", "2025-03": "100000"}})
    review = await reviewed(fresh, 2024)
    await posted(fresh, {customer.code: {"2024-11": "0.01"}})
    correction = await correction_proposed(fresh, review)
    async with fresh.runtime.database.worker.acquire() as outside:
        async with outside.transaction():
            # The approval stands still where it writes the corrected classes.
            await outside.execute("LOCK TABLE tier IN SHARE MODE")
            approving = asyncio.create_task(fresh.post(PROVINCE, f"/corrections/{correction['id']}/approve"))
            await until_waiting(outside, 1, approving)
            proposing = asyncio.create_task(fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}))
            await until_waiting(outside, 2, approving, proposing)
        expect(await approving, 200)
        following = expect(await proposing, 201)
    line = expect(await fresh.get(PROVINCE, f"/reviews/{following['id']}/lines/{customer.code}"), 200)
    # Class 4 by 2024 as it was published, 3 as corrected, 3 by 2025.
    assert (line["former"]["class"], line["class"], line["changed"]) == (3, 3, False)


async def test_another_review_of_the_year_is_published_beside_an_approval_and_neither_breaks_off(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2025-03": "99999.99"}})
    review = await reviewed(fresh)
    await posted(fresh, {customer.code: {"2025-11": "0.01"}})
    correction = await correction_proposed(fresh, review)
    again = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    async with fresh.runtime.database.worker.acquire() as outside:
        async with outside.transaction():
            await outside.execute("SELECT FROM review WHERE id = $1::uuid FOR UPDATE", again["id"])
            publishing = asyncio.create_task(fresh.post(OTHER_DIRECTOR, f"/reviews/{again['id']}/publish"))
            await until_waiting(outside, 1, publishing)
            approving = asyncio.create_task(fresh.post(PROVINCE, f"/corrections/{correction['id']}/approve"))
            await until_waiting(outside, 2, publishing, approving)
        expect(await publishing, 200)
        assert expect(await approving, 409)["code"] == "review-not-correctable"


async def test_the_classes_of_a_customer_that_moves_while_they_are_published_go_with_it(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2025-03": "100000"}})
    review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    async with fresh.runtime.database.worker.acquire() as outside:
        async with outside.transaction():
            # The publication stands still where the classes are written and nothing is told.
            await outside.execute("LOCK TABLE outbox IN SHARE MODE")
            publishing = asyncio.create_task(fresh.post(PROVINCE, f"/reviews/{review['id']}/publish"))
            await until_waiting(outside, 1, publishing)
            moved = customer_fact(
                customer.customer_id, 2, kind="changed", customer_code=customer.code, org_id="420506", initial_class=None
            )  # fmt: skip
            await fresh.hear(moved)
        expect(await publishing, 200)
    [tier] = await fresh.rows("SELECT org_id FROM tier WHERE basis = 'review'")
    assert tier["org_id"] == "420506"
