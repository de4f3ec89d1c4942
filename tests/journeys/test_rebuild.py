"""Scores rest on events alone: a database of scoring that was lost comes back to the same bytes by replay."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.databases import sql
from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.story.calling import Json, Person
from deploy.story.cast import person_at
from support.acknowledged import settled
from support.crashing import Mortal, mortal_instance
from support.players import Players, eventually, players

REGISTRY, TIERING, SCORING = "/api/registry/v1", "/api/tiering/v1", "/api/scoring/v1"
PUBLISHERS = ("registry", "tiering", "scoring")
LONG_AGO = "UPDATE event_log SET day = day - 40"
CUSTOMERS = 3
PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="module")
async def mortal() -> AsyncIterator[Mortal]:
    """An instance of its own: its broker and a database are lost."""
    with mortal_instance() as instance:
        yield instance


async def live(people: Players) -> None:
    """Customers, a month of usage, a visit, an analysis and a symposium in one city."""
    city = people.cast.director
    codes = [(await people.register()).code for _ in range(CUSTOMERS)]
    now, _ = await city.house.clock()
    today, month = now.date().isoformat(), f"{now:%Y-%m}"
    await eventually(lambda: city.get(f"{TIERING}/tiers/{codes[-1]}"), lambda reply: reply.status == 200)
    rows = [
        {"customer": code, "line": "domestic-express", "revenue": "1234.56", "pieces": 10, "weight_kg": "5"}
        for code in codes
    ]
    report = {"kind": "monthly-analysis", "month": month, "customers": codes[1:]}
    visit = {
        "customer": codes[0],
        "visited_on": today,
        "kind": "routine",
        "leader": True,
        "record": "例行走访",
    }
    for path, body in (
        (f"{TIERING}/usage", {"month": month, "rows": rows}),
        (f"{TIERING}/reports", {**report, "filed_with_province": True}),
        (f"{REGISTRY}/symposia", {"held_on": today, "title": "大客户座谈会", "customers": codes}),
        (f"{REGISTRY}/visits", visit),
    ):
        reply = await city.post(path, body)
        assert reply.status == 201, (path, reply)


async def scores(person: Person, city: str) -> Json:
    now, _ = await person.house.clock()
    period = f"{now.year}Q{(now.month - 1) // 3 + 1}"
    reply = await person.get(f"{SCORING}/scores/{city}/{period}")
    assert reply.status == 200, reply
    return reply.body


async def heard(instance: Instance) -> int:
    connection = await asyncpg.connect(instance.database_url("scoring", "worker"))
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM evidence")
        return count
    finally:
        await connection.close()


async def at_rest(instance: Instance) -> int:
    """Give how many events scoring knows when no more come."""
    count = -1
    while count != (count := await heard(instance)):
        await asyncio.sleep(2)
    return count


def lose(instance: Mortal) -> None:
    """The broker comes back empty, longer than it is republished for, and scoring's database is gone."""
    for service in PUBLISHERS:
        sql(instance.postgres, instance.keys, LONG_AGO, SERVICES[service].database)
    instance.stop("scoring")
    instance.revive("broker")
    sql(instance.postgres, instance.keys, f"DROP DATABASE {SERVICES['scoring'].database} WITH (FORCE)")
    instance.make_databases()
    instance.migrate(["scoring"])
    instance.revive("scoring")


async def test_a_lost_database_of_scoring_comes_back_to_the_same_bytes(mortal: Mortal) -> None:
    async with players(mortal) as people:
        await live(people)
        city, province = people.cast.director.org_id, people.cast.province
        await settled(mortal)
        events = await at_rest(mortal)
        before = await scores(province, city)
        assert len(before["lines"]) == 8
        await asyncio.to_thread(lose, mortal)
        assert await at_rest(mortal) < events
        administrator = await person_at(people.cast.officer.house, "CN", "administrator")
        for service in ("registry", "tiering"):
            reply = await administrator.post(f"/api/{service}/v1/replays", {})
            assert reply.status == 202, reply
        assert (
            await eventually(lambda: heard(mortal), lambda count: count >= events, PATIENCE_SECONDS) == events
        )
        after = await eventually(
            lambda: scores(province, city),
            lambda found: bool(found["seal"] == before["seal"]),
            PATIENCE_SECONDS,
        )
    assert after == before
