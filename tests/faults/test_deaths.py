"""A service killed at a named point, under writers: nothing acknowledged is lost, nothing has its effect twice."""

import asyncio
from datetime import datetime

import pytest

from deploy.story.calling import House
from support.acknowledged import Acknowledged, assert_all_there, writing
from support.crashing import Mortal
from support.players import eventually, players

DEATHS = [
    pytest.param(
        {
            "registry": "relay.before-publish",
            "service-desk": "consumer.after-commit",
            "console": "consumer.after-effect",
        },
        id="after commit before publish; after effect before offset",
    ),
    pytest.param(
        {
            "registry": "relay.after-publish",
            "service-desk": "relay.after-publish",
            "console": "consumer.after-commit",
        },
        id="after publish before move",
    ),
    pytest.param({"service-desk": "relay.after-move", "registry": "relay.after-move"}, id="after move"),
]


@pytest.mark.parametrize("deaths", DEATHS)
async def test_nothing_is_lost_or_doubled_where_services_die(mortal: Mortal, deaths: dict[str, str]) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        await asyncio.to_thread(mortal.let_die, deaths)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)


@pytest.mark.parametrize("point", ["deadlines.before-commit", "deadlines.after-commit"])
async def test_each_step_of_a_deadline_is_fired_once_where_the_sweeper_dies(
    mortal: Mortal, point: str
) -> None:
    house = House(mortal.layout.url("console"))
    async with players(mortal) as people:
        complaint = await people.complain(people.firm().phone)
        clock = next(one for one in complaint["deadlines"] if one["kind"] == "complaint-answer")
        due = datetime.fromisoformat(clock["due_at"])
        began = datetime.fromisoformat(clock["started_at"])
        try:
            moving = asyncio.create_task(house.set_clock(began + (due - began) * 3 / 4))
            await asyncio.to_thread(mortal.let_die, {"service-desk": point})
            await moving

            async def warned() -> int:
                reply = await people.cast.officer.get(
                    f"/api/service-desk/v1/deadlines?subject={complaint['id']}&kind=complaint-answer"
                )
                return len(reply.body["items"][0]["warned_at"])

            assert await eventually(warned, bool) == 1
        finally:
            await house.real_clock()
            await house.close()
    await assert_all_there(mortal, Acknowledged(complaints=[complaint]))
