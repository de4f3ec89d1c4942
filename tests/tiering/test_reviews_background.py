"""A proposal goes on in the background: whole or not at all, its progress seen by others; and it can be taken back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from support import dying
from support.instance import Databases, FreshDatabase
from support.mortal import DEATH_SECONDS, a_process_that_dies
from support.service import (
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    expect,
    running_service,
    surroundings,
)
from support.tiering import planted, used
from tiering.consumers.proposals import Proposer

PATIENCE_SECONDS = 20
KEY = "propose-once"
CUSTOMERS = 40
BROKEN = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no proposal is kept'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON review FOR EACH ROW WHEN (NEW.state = 'proposed') EXECUTE FUNCTION refuse()
"""


@asynccontextmanager
async def without_proposer(database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Run tiering so that proposals wait, and are answered at once; lines are written in small portions."""
    values = {
        "KEYPOST_REVIEW_PROPOSERS": "0",
        "KEYPOST_REVIEW_ANSWER_SECONDS": "0",
        "KEYPOST_REVIEW_PORTION_BLOCKS": "1",
    }
    with surroundings(values):
        async with running_service("tiering", database) as running:
            yield running


@pytest_asyncio.fixture
async def fresh(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering on a database of its own, without anybody who proposes."""
    async with without_proposer(tiering_databases("tiering")) as running:
        yield running


async def asked(tiering: ServiceUnderTest, status: int, key: str | None = None) -> dict[str, Any]:
    answer = await tiering.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}, key=key)
    body = dict(expect(answer, status))
    if status in (201, 202):
        assert answer.headers["Location"] == f"/v1/reviews/{body['id']}"
    return body


async def shown(tiering: ServiceUnderTest, review: dict[str, Any]) -> dict[str, Any]:
    return dict(expect(await tiering.get(PROVINCE, f"/reviews/{review['id']}"), 200))


async def withdrawn(tiering: ServiceUnderTest, review: dict[str, Any], by: Any = PROVINCE_OFFICER) -> Any:
    return await tiering.post(by, f"/reviews/{review['id']}/withdraw", {"reason": "用邮数据有误"})


async def lines_there(tiering: ServiceUnderTest) -> int:
    [row] = await tiering.rows("SELECT count(*) AS n FROM review_line")
    return int(row["n"])


def proposer(tiering: ServiceUnderTest) -> Proposer:
    return Proposer(tiering.runtime, tiering.app.state.settings)


async def some_customers(tiering: ServiceUnderTest) -> None:
    for number in range(CUSTOMERS):
        await used(tiering, await planted(tiering), "2025-03", f"{number * 1000}.00")


async def test_a_long_proposal_is_answered_with_where_to_look_and_the_same_again(
    fresh: ServiceUnderTest,
) -> None:
    await used(fresh, await planted(fresh), "2025-03", "500000.00")
    review = await asked(fresh, 202, KEY)
    assert (review["state"], review["progress"], review["customers"]) == ("proposing", "0", 0)
    listed = expect(await fresh.get(PROVINCE, "/reviews", state="proposing"), 200)
    assert [one["id"] for one in listed["items"]] == [review["id"]]
    assert (await asked(fresh, 202, KEY))["id"] == review["id"]
    assert (await asked(fresh, 409))["review_id"] == review["id"]
    refused = expect(await fresh.post(PROVINCE, f"/reviews/{review['id']}/publish"), 409)
    assert refused["code"] == "review-not-open"
    assert await proposer(fresh).propose_next()
    done = await asked(fresh, 201, KEY)
    assert (done["id"], done["state"], done["progress"], done["customers"]) == (
        review["id"],
        "proposed",
        "1",
        1,
    )
    assert not await proposer(fresh).propose_next()


async def test_others_see_how_far_a_proposal_is_while_no_line_of_it_is_there(fresh: ServiceUnderTest) -> None:
    await some_customers(fresh)
    review = await asked(fresh, 202)
    seen = []
    async with fresh.runtime.database.worker.acquire() as outside, outside.transaction():
        # Nobody writes a line meanwhile: the proposal stands still where everybody is rated.
        await outside.execute("LOCK TABLE review_line IN SHARE MODE")
        working = asyncio.create_task(proposer(fresh).propose_next())
        end = time.monotonic() + PATIENCE_SECONDS
        while (progress := (await shown(fresh, review))["progress"]) != "0.500" and time.monotonic() < end:
            await asyncio.sleep(0.05)
        seen.append(progress)
    await working
    seen.append((await shown(fresh, review))["progress"])
    assert seen == ["0.500", "1"]
    assert await lines_there(fresh) == CUSTOMERS


@pytest.mark.parametrize("at", ["review.after-portion", "review.before-commit"])
async def test_a_killed_proposal_leaves_nothing_half_and_is_made_whole_by_whoever_comes_next(
    tiering_databases: Databases, at: str
) -> None:
    database = tiering_databases("tiering")
    async with without_proposer(database) as tiering:
        await some_customers(tiering)
        review = await asked(tiering, 202, KEY)
        with surroundings({"KEYPOST_REVIEW_PROPOSERS": "1"}), a_process_that_dies(database, at) as process:
            assert await asyncio.to_thread(process.wait, DEATH_SECONDS) == dying.EXIT_CODE
        half = await shown(tiering, review)
        assert (half["state"], half["customers"], await lines_there(tiering)) == ("proposing", 0, 0)
        assert await proposer(tiering).propose_next()
        done = await asked(tiering, 201, KEY)
        assert (done["id"], done["state"], done["customers"]) == (review["id"], "proposed", CUSTOMERS)
        assert await lines_there(tiering) == CUSTOMERS


async def test_a_proposal_that_cannot_be_made_is_taken_back_by_the_system_and_blocks_nothing(
    fresh: ServiceUnderTest,
) -> None:
    await some_customers(fresh)
    review = await asked(fresh, 202)
    owner = await asyncpg.connect(fresh.database.url("owner"))
    try:
        await owner.execute(BROKEN)
        assert await proposer(fresh).propose_next()
        assert not await proposer(fresh).propose_next()
        gone = await shown(fresh, review)
        assert (gone["state"], gone["withdrawn"]["by"]) == ("withdrawn", "system:tiering")
        assert "重新提出" in gone["withdrawn"]["reason"]
        assert await lines_there(fresh) == 0
        await owner.execute("DROP TRIGGER refuse ON review")
    finally:
        await owner.close()
    again = await asked(fresh, 202)
    assert await proposer(fresh).propose_next()
    assert (await shown(fresh, again))["state"] == "proposed"


async def test_a_proposal_that_the_database_only_hinders_is_tried_again(fresh: ServiceUnderTest) -> None:
    await some_customers(fresh)
    review = await asked(fresh, 202)
    hindered = BROKEN.replace("'no proposal is kept'", "'try again' USING ERRCODE = 'serialization_failure'")
    owner = await asyncpg.connect(fresh.database.url("owner"))
    try:
        await owner.execute(hindered)
        with pytest.raises(asyncpg.SerializationError):
            await proposer(fresh).propose_next()
        assert (await shown(fresh, review))["state"] == "proposing"
        await owner.execute("DROP TRIGGER refuse ON review")
    finally:
        await owner.close()
    assert await proposer(fresh).propose_next()
    assert (await shown(fresh, review))["state"] == "proposed"


async def test_whoever_takes_back_a_proposal_at_work_is_told_at_once_to_try_again_later(
    fresh: ServiceUnderTest,
) -> None:
    await some_customers(fresh)
    review = await asked(fresh, 202)
    async with fresh.runtime.database.worker.acquire() as outside, outside.transaction():
        await outside.execute("LOCK TABLE review_line IN SHARE MODE")
        working = asyncio.create_task(proposer(fresh).propose_next())
        end = time.monotonic() + PATIENCE_SECONDS
        while (await shown(fresh, review))["progress"] != "0.500" and time.monotonic() < end:
            await asyncio.sleep(0.05)
        refused = expect(await withdrawn(fresh, review), 409)
        assert (refused["code"], refused["state"]) == ("review-not-open", "proposing")
        assert "请稍后再试" in refused["zh"]["detail"]
    await working
    assert expect(await withdrawn(fresh, review), 200)["state"] == "withdrawn"


async def test_two_proposers_make_one_proposal_once(fresh: ServiceUnderTest) -> None:
    await some_customers(fresh)
    await asked(fresh, 202)
    made = await asyncio.gather(*(proposer(fresh).propose_next() for _ in range(3)))
    assert sorted(made) == [False, False, True]
    assert await lines_there(fresh) == CUSTOMERS


async def test_a_wrong_proposal_is_taken_back_with_a_reason_and_blocks_nothing(
    fresh: ServiceUnderTest,
) -> None:
    await used(fresh, await planted(fresh, initial_class=4), "2025-03", "500000.00")
    review = await asked(fresh, 202)
    assert await proposer(fresh).propose_next()
    expect(await withdrawn(fresh, review, OFFICER), 404)
    expect(await fresh.post(PROVINCE_OFFICER, f"/reviews/{review['id']}/withdraw", {"reason": " "}), 422)
    gone = expect(await withdrawn(fresh, review), 200)
    assert gone["state"] == "withdrawn"
    assert gone["withdrawn"]["reason"] == "用邮数据有误"
    assert gone["withdrawn"]["by"] == str(PROVINCE_OFFICER.staff_id)
    for path, body in (("publish", None), ("withdraw", {"reason": "再次"})):
        refused = expect(await fresh.post(PROVINCE, f"/reviews/{review['id']}/{path}", body), 409)
        assert refused["code"] == "review-not-open"
    assert len(expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}/lines"), 200)["items"]) == 1
    again = await asked(fresh, 202)
    assert await proposer(fresh).propose_next()
    expect(await fresh.post(PROVINCE, f"/reviews/{again['id']}/publish"), 200)
    [tier] = await fresh.rows("SELECT review_id FROM tier WHERE basis = 'review'")
    assert str(tier["review_id"]) == again["id"]


async def test_a_proposal_that_is_taken_back_before_it_is_made_is_never_made(fresh: ServiceUnderTest) -> None:
    await some_customers(fresh)
    review = await asked(fresh, 202)
    assert expect(await withdrawn(fresh, review), 200)["progress"] is None
    assert not await proposer(fresh).propose_next()
    assert await lines_there(fresh) == 0
