"""Services killed at their own work – a deadline's step, a file's portion, a replay, a bad record: each is done once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import pytest

from deploy.databases import sql
from deploy.layout import SERVICES
from deploy.story.calling import Json, Reply
from deploy.story.cast import person_at
from support.acknowledged import Acknowledged, assert_all_there, rows, writing
from support.crashing import Mortal, armed
from support.players import PATIENCE_SECONDS, Players, eventually, players

pytestmark = pytest.mark.timeout(1_200)

TIERING = "/api/tiering/v1"
FILE_ROWS = 120
FILE_DEATHS = [
    *("usage.after-begin", "usage.before-commit", "usage.after-portion"),
    *("usage.before-finish", "usage.after-finish"),
]
DEAF = "ALTER TABLE customer ADD CONSTRAINT deaf CHECK (name <> '{}') NOT VALID"
HEARING = "ALTER TABLE customer DROP CONSTRAINT deaf"
TAKEN = "SELECT count(*) FROM usage WHERE customer_id = $1"
PARKED = "SELECT event_id FROM parked WHERE key = $1"
TOLD = "SELECT payload->>'key' FROM event_log WHERE topic = 'keypost.service-desk.dlq' AND key = $1"


async def test_each_step_of_a_deadline_is_fired_once_where_the_sweeper_dies(mortal: Mortal) -> None:
    async with players(mortal) as people:
        house = people.cast.officer.house
        complaint = await people.complain(people.firm().phone)
        clock = next(one for one in complaint["deadlines"] if one["kind"] == "complaint-answer")
        due = datetime.fromisoformat(clock["due_at"])
        began = datetime.fromisoformat(clock["started_at"])

        async def warned() -> int:
            reply = await people.cast.officer.get(
                f"/api/service-desk/v1/deadlines?subject={complaint['id']}&kind=complaint-answer"
            )
            return len(reply.body["items"][0]["warned_at"])

        try:
            dying = await armed(
                mortal, {"service-desk": ["deadlines.before-commit", "deadlines.after-commit"]}
            )
            await house.set_clock(began + (due - began) * 3 / 4)
            await dying
            assert await eventually(warned, bool, PATIENCE_SECONDS) == 1
        finally:
            await house.real_clock()
    await assert_all_there(mortal, Acknowledged(complaints=[complaint]))


async def test_a_file_is_loaded_once_whole_wherever_its_loader_dies(mortal: Mortal) -> None:
    async with players(mortal) as people:
        customer = await people.register()
        officer = people.cast.officer
        now, _ = await officer.house.clock()
        month = f"{now:%Y-%m}"
        known = await eventually(
            lambda: officer.get(f"{TIERING}/tiers/{customer.code}"),
            lambda reply: reply.status == 200,
            PATIENCE_SECONDS,
        )
        assert known.status == 200, known
        dying = await armed(mortal, {"tiering": FILE_DEATHS})
        sent = await officer.upload(
            f"{TIERING}/usage-files", f"{month}.csv", _csv(customer.code), {"month": month}
        )
        assert sent.status == 202, sent
        await dying

        async def file() -> Reply:
            return await officer.get(f"{TIERING}/usage-files/{sent.body['id']}")

        loaded = await eventually(file, lambda reply: reply.body["state"] == "loaded", PATIENCE_SECONDS)
        told = [loaded.body[name] for name in ("state", "rows", "loaded_rows", "refused_rows")]
        assert told == ["loaded", FILE_ROWS, 1, FILE_ROWS - 1], loaded
        refused = await officer.get(f"{TIERING}/usage-files/{sent.body['id']}/errors?limit=200")
        numbers = [item["row_no"] for item in refused.body["items"]]
        assert len(numbers) == len(set(numbers)) == FILE_ROWS - 1
    taken = await rows(mortal, "tiering", TAKEN, UUID(customer.customer_id))
    assert [row[0] for row in taken] == [1]
    await assert_all_there(mortal, Acknowledged())


def _csv(code: str) -> bytes:
    """Give one customer's month, and lines of customers that nobody knows, enough for several portions."""
    head = "客户编码,客户名称,业务种类,收入(元),件数,重量(公斤)"
    lines = [f"{code},江城汽配,国内异地速递,1234.56,10,5"]
    lines += [f"42010{number:08d},无名,国内异地速递,1.00,1,1" for number in range(1, FILE_ROWS)]
    return "\n".join([head, *lines, ""]).encode()


async def test_a_replay_is_told_whole_wherever_its_teller_dies(mortal: Mortal) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        async with players(mortal) as people:
            administrator = await person_at(people.cast.officer.house, "CN", "administrator")
            points = ["replay.after-page", "replay.before-done", "replay.after-done"]
            dying = await armed(mortal, {"registry": points})
            asked = await administrator.post("/api/registry/v1/replays", {})
            assert asked.status == 202, asked
            await dying

            async def states() -> list[Json]:
                return list((await administrator.get("/api/registry/v1/replays")).body["items"])

            replays = await eventually(states, lambda all_: all_[0]["state"] == "done", PATIENCE_SECONDS)
        assert [one["state"] for one in replays] == ["done"] * len(replays)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


@asynccontextmanager
async def deaf_to(mortal: Mortal, name: str) -> AsyncIterator[None]:
    """Let the desk be unable to take over a customer of this name."""

    def run(statement: str) -> None:
        sql(mortal.postgres, mortal.keys, statement, SERVICES["service-desk"].database)

    await asyncio.to_thread(run, DEAF.format(name))
    try:
        yield
    finally:
        await asyncio.to_thread(run, HEARING)


async def test_what_cannot_be_applied_is_set_aside_once_where_the_consumer_dies_and_applied_after_the_fix(
    mortal: Mortal,
) -> None:
    async with writing(mortal) as acknowledged, players(mortal) as people:
        firm = people.firm()
        async with deaf_to(mortal, firm.name):
            points = ["consumer.before-parking", "consumer.after-parking"]
            dying = await armed(mortal, {"service-desk": points})
            customer = await people.register(firm)
            await dying
            parked = await eventually(
                lambda: rows(mortal, "service-desk", PARKED, customer.customer_id), bool
            )
            assert len({row["event_id"] for row in parked}) == len(parked) > 0
            await acknowledged.until(20)  # its partition has moved on
        await _release(mortal, people, customer.customer_id)
    await assert_all_there(mortal, acknowledged)
    told = await rows(mortal, "service-desk", TOLD, customer.customer_id)
    assert len(told) >= len(parked)


async def _release(mortal: Mortal, people: Players, key: str) -> None:
    """Apply what waits under a key, through deaths before and after the commit; the same request gets its answer."""
    administrator = await person_at(people.cast.officer.house, "CN", "administrator")
    points = ["write.before-commit", "write.after-commit"]
    dying = await armed(mortal, {"service-desk": points})
    released = await administrator.post(f"/api/service-desk/v1/dead-letters/{key}/release", {})
    await dying
    assert (released.status, released.body["released"] > 0) == (200, True), released
    assert await rows(mortal, "service-desk", PARKED, key) == []


async def test_a_projection_is_made_once_more_wherever_its_maker_dies(mortal: Mortal) -> None:
    points = ["rebuild.after-laying", "rebuild.after-effect", "rebuild.before-taking-over"]
    points += ["rebuild.before-commit", "rebuild.after-commit"]
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        async with players(mortal) as people:
            administrator = await person_at(people.cast.officer.house, "CN", "administrator")
            dying = await armed(mortal, {"scoring": points})
            asked = await administrator.post("/api/scoring/v1/rebuilds", {})
            assert asked.status == 202, asked
            await dying

            async def states() -> list[str]:
                reply = await administrator.get("/api/scoring/v1/rebuilds")
                return [one["state"] for one in reply.body["items"]]

            assert await eventually(states, lambda found: found == ["done"], PATIENCE_SECONDS) == ["done"]
    await assert_all_there(mortal, acknowledged)
