"""Projections of a running instance made once more while people write: healed, whole, and the scores the same bytes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.instance import Instance
from deploy.story.calling import Person
from deploy.story.cast import person_at
from support.acknowledged import assert_all_there, settled, writing
from support.players import Players, eventually, players
from support.rebuilt import rebuilt, touched

REGISTRY, TIERING, SCORING = "/api/registry/v1", "/api/tiering/v1", "/api/scoring/v1"
REBUILT = ("scoring", "pricing", "tiering", "service-desk", "console")
LINE = "domestic-express"
CUSTOMERS = 3
DAMAGE = {
    "scoring": ("DELETE FROM tier_fact", "UPDATE usage_row SET revenue = revenue + 1", "DELETE FROM visit"),
    "pricing": ("UPDATE customer SET state = 'closed'", "DELETE FROM customer_class"),
    "tiering": ("UPDATE customer SET vip = NOT vip",),
    "service-desk": ("UPDATE customer SET name = '?'", "DELETE FROM customer_phone"),
    "console": ("UPDATE organisation SET name = '?' WHERE kind = 'team'",),
}
DAMAGED = {
    "scoring": {"tier_fact", "usage_row", "visit"},
    "pricing": {"customer", "customer_class"},
    "tiering": {"customer"},
    "service-desk": {"customer", "customer_phone"},
    "console": {"organisation"},
}


async def live(people: Players) -> None:
    """Customers with classes, a month of usage and a visit in one city."""
    city = people.cast.director
    codes = [(await people.register()).code for _ in range(CUSTOMERS)]
    now, _ = await city.house.clock()
    await eventually(lambda: city.get(f"{TIERING}/tiers/{codes[-1]}"), lambda reply: reply.status == 200)
    rows = [
        {"customer": code, "line": LINE, "revenue": "1234.56", "pieces": 10, "weight_kg": "5"}
        for code in codes
    ]
    visit = {"customer": codes[0], "visited_on": now.date().isoformat(), "kind": "routine", "record": "走访"}
    for path, body in (
        (f"{TIERING}/usage", {"month": f"{now:%Y-%m}", "rows": rows}),
        (f"{REGISTRY}/visits", visit),
    ):
        reply = await city.post(path, body)
        assert reply.status == 201, (path, reply)


@asynccontextmanager
async def registering(people: Players) -> AsyncIterator[None]:
    """Let customers come all the while: every projection hears of them."""
    enough = asyncio.Event()

    async def register() -> None:
        while not enough.is_set():
            await people.register()

    task = asyncio.create_task(register())
    try:
        yield
    finally:
        enough.set()
        await task


async def damage(instance: Instance) -> None:
    for service, statements in DAMAGE.items():
        connection = await asyncpg.connect(instance.database_url(service, "worker"))
        try:
            for statement in statements:
                assert not (await connection.execute(statement)).endswith(" 0"), (service, statement)
        finally:
            await connection.close()


async def scores(person: Person, city: str) -> Any:
    now, _ = await person.house.clock()
    reply = await person.get(f"{SCORING}/scores/{city}/{now.year}Q{(now.month - 1) // 3 + 1}")
    assert reply.status == 200, reply
    return reply.body


async def test_projections_rebuilt_while_people_write_are_healed_and_the_scores_the_same_bytes(
    services: Instance,
) -> None:
    async with players(services) as people:
        await live(people)
        await settled(services)
        city, province = people.cast.director.org_id, people.cast.province
        administrator = await person_at(people.cast.officer.house, "CN", "administrator")
        async with writing(services) as acknowledged:
            await acknowledged.until(20)
            sound = await scores(province, city)
            async with registering(people):
                await damage(services)
                healed = {service: await rebuilt(administrator, service) for service in REBUILT}
            await acknowledged.until(20)
        for service, tables in DAMAGED.items():
            assert touched(healed[service]).keys() >= tables, (service, healed[service]["changed"])
        await assert_all_there(services, acknowledged)
        before = await scores(province, city)
        for service in REBUILT:
            assert touched(await rebuilt(administrator, service)) == {}, service
        after = await scores(province, city)
    assert after == before
    assert {line["item"] for line in after["lines"]} == {line["item"] for line in sound["lines"]}
