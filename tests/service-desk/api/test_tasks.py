"""`GET /v1/deadlines?holder=me`: what the caller has to act on, and nothing that is done."""

import pytest

from support.claims import Json, clocks, filed, take
from support.service import FINANCE, MORNING, OFFICER, Person, ServiceUnderTest, expect
from support.waiting import eventually

LATE = "2026-03-05T09:00:00+08:00"


async def tasks(desk: ServiceUnderTest, person: Person, claim: Json) -> list[tuple[str, str]]:
    answer = expect(await desk.get(person, "/deadlines", holder="me", subject=claim["id"]), 200)
    assert answer["total"] == len(answer["items"])
    return [(one["kind"], one["state"]) for one in answer["items"]]


async def test_what_runs_is_a_task_and_what_is_met_or_cancelled_is_none(desk: ServiceUnderTest) -> None:
    claim = await filed(desk, "100")
    assert await tasks(desk, OFFICER, claim) == [("compensation-handle", "running")]
    assert await tasks(desk, FINANCE, claim) == [("compensation-pay", "running")]
    claim = expect(await take(desk, OFFICER, claim, "handle", amount="100", reason="属实"), 200)
    assert await tasks(desk, OFFICER, claim) == []
    refused = await filed(desk, "100")
    expect(await take(desk, OFFICER, refused, "refuse"), 200)
    assert await tasks(desk, FINANCE, refused) == []
    assert {clock["state"] for clock in (await clocks(desk, refused)).values()} == {"met", "cancelled"}


@pytest.mark.timeout(60)
async def test_what_is_breached_stays_a_task_until_it_is_done(desk: ServiceUnderTest) -> None:
    claim = await filed(desk, "100")
    desk.set_clock(LATE)
    try:

        async def of_the_officer() -> list[tuple[str, str]]:
            return await tasks(desk, OFFICER, claim)

        await eventually(of_the_officer, [("compensation-handle", "breached")])
        expect(await take(desk, OFFICER, claim, "handle", amount="100", reason="属实"), 200)
        assert await of_the_officer() == []
        assert (await clocks(desk, claim))["compensation-handle"]["state"] == "met-late"
    finally:
        desk.set_clock(MORNING)
