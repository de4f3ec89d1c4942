"""What the desk finds by looking again: repeated complaints, and the daily feedback of class 1 (platform; hubei 21(5))."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from service_desk.repository.rounds import Rounds
from support.claims import AGENT, Json, a_customer
from support.service import MANAGER, MORNING, OFFICER, Person, ServiceUnderTest, expect
from support.waiting import eventually

TEAM_HEAD = Person("420106-T01", "unit-head", "班长")


async def complaint(desk: ServiceUnderTest, customer: str, at: str, **facts: Any) -> Json:
    body = {
        "channel": "hotline",
        "category": "delay",
        "content": "又迟了",
        "received_at": at,
        "caller": {"customer_id": customer},
        **facts,
    }
    answer: Json = expect(await desk.post(AGENT, "/complaints", body), 201)
    return answer


async def look(desk: ServiceUnderTest) -> None:
    """Go both rounds now, more than once: the service's own may be at it."""
    rounds = Rounds(desk.runtime, desk.app.state.settings)
    for _ in range(8):
        await rounds.turn(rounds.repeats)
        await rounds.turn(rounds.feedback)
        await asyncio.sleep(0.05)


async def shown(desk: ServiceUnderTest, case: Json) -> Json:
    answer: Json = expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)
    return answer


@pytest.mark.parametrize(
    ("later", "repeated"),
    [("2026-02-28T23:59:59+08:00", True), ("2026-03-01T00:00:00+08:00", False)],
)
async def test_a_complaint_on_the_thirtieth_day_repeats_and_on_the_next_does_not(
    desk: ServiceUnderTest, later: str, repeated: bool
) -> None:
    customer = await a_customer(desk)
    # Thirty days from 29 January, that day left out, end with 28 February.
    first = await complaint(desk, customer, "2026-01-29T00:00:00+08:00")
    second = await complaint(desk, customer, later)
    await look(desk)
    found = (await shown(desk, second))["repeats"]
    assert (found is not None) is repeated
    if found:
        assert found["case_no"] == first["case_no"]
        assert found["because"]["reasons"][0]["rule"] == "platform.repeated-complaint"
        assert (await shown(desk, first))["repeated_by"] == [second["case_no"]]


async def test_a_repeat_is_told_once_and_changes_nothing_of_the_case(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk)
    first = await complaint(desk, customer, "2026-02-20T10:00:00+08:00")
    second = await complaint(desk, customer, "2026-02-21T10:00:00+08:00")
    await look(desk)
    await look(desk)
    (event,) = await desk.events(f"complaint-repeat:{second['id']}")
    assert event["type"] == "service-desk.complaint.linked.v1"
    assert (event["payload"]["repeats"], event["version"]) == (first["case_no"], 1)
    assert (await shown(desk, second))["version"] == 1
    assert len(await desk.events(f"complaint:{second['id']}")) == 1


async def test_another_category_or_another_customer_repeats_nothing(desk: ServiceUnderTest) -> None:
    customer, other = await a_customer(desk), await a_customer(desk)
    await complaint(desk, customer, "2026-02-20T10:00:00+08:00")
    second = await complaint(desk, customer, "2026-02-21T10:00:00+08:00", category="loss")
    third = await complaint(desk, other, "2026-02-21T10:00:00+08:00")
    await look(desk)
    assert (await shown(desk, second))["repeats"] is None and (await shown(desk, third))["repeats"] is None


async def test_an_earlier_call_that_comes_in_later_is_found_all_the_same(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk)
    second = await complaint(desk, customer, "2026-02-21T10:00:00+08:00")
    await look(desk)
    assert (await shown(desk, second))["repeats"] is None
    offline = await complaint(desk, customer, "2026-02-20T10:00:00+08:00")
    await look(desk)
    assert (await shown(desk, second))["repeats"]["case_no"] == offline["case_no"]


async def feedback_clocks(desk: ServiceUnderTest, customer: str) -> list[tuple[str, str]]:
    rows = await desk.rows(
        "SELECT due_on::text, state FROM deadline WHERE kind = 'daily-feedback' AND customer_id = $1 ORDER BY due_on",
        customer,
    )
    return [(row["due_on"], row["state"]) for row in rows]


async def test_class_1_gets_feedback_every_day_that_it_has_something_open(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk, initial_class=1, manager_id=str(MANAGER.staff_id))
    case = await complaint(desk, customer, "2026-03-02T08:00:00+08:00")
    await look(desk)
    # The day of the call is left out: the first feedback is due by the end of the next.
    assert await feedback_clocks(desk, customer) == [("2026-03-03", "running")]
    early = expect(
        await desk.post(MANAGER, "/tracking-feedback", {"customer": customer, "text": "已到武汉"}), 201
    )
    assert (early["met"], early["cases"]) == (False, [case["case_no"]])
    try:
        desk.set_clock("2026-03-03T23:59:00+08:00")
        given = expect(
            await desk.post(MANAGER, "/tracking-feedback", {"customer": customer, "text": "已妥投"}), 201
        )
        assert given["met"] is True
        await look(desk)
        assert await feedback_clocks(desk, customer) == [("2026-03-03", "met"), ("2026-03-04", "running")]
        # Nobody feeds back on the 4th: that day is missed, told, and the next one runs.
        desk.set_clock("2026-03-05T09:00:00+08:00")

        async def looked_at() -> list[tuple[str, str]]:
            await look(desk)
            return await feedback_clocks(desk, customer)

        await eventually(
            looked_at, [("2026-03-03", "met"), ("2026-03-04", "breached"), ("2026-03-05", "running")]
        )
        (missed,) = await desk.rows(
            "SELECT id, breached_by FROM deadline WHERE customer_id = $1 AND state = 'breached' AND kind = 'daily-feedback'",
            customer,
        )
        assert str(MANAGER.staff_id) in missed["breached_by"]
        told = await desk.events(f"deadline:{missed['id']}")
        assert "service-desk.deadline.breached.v1" in [event["type"] for event in told]
        expect(
            await desk.post(
                OFFICER, f"/complaints/{case['case_no']}/withdraw", {"reason": "客户撤回"}, version=1
            ),
            200,
        )
        assert (await feedback_clocks(desk, customer))[-1] == ("2026-03-05", "cancelled")
    finally:
        desk.set_clock(MORNING)


async def test_after_an_outage_of_thirty_days_one_round_comes_to_todays_clock(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk, initial_class=1)
    case = await complaint(desk, customer, "2026-03-02T08:00:00+08:00")
    rounds = Rounds(desk.runtime, desk.app.state.settings)
    await rounds.feed_back()
    assert await feedback_clocks(desk, customer) == [("2026-03-03", "running")]
    missed = [(date(2026, 3, 3) + timedelta(days=day)).isoformat() for day in range(29)]
    try:
        desk.set_clock("2026-04-01T09:00:00+08:00")
        await rounds.feed_back()
        assert [due_on for due_on, _ in await feedback_clocks(desk, customer)] == [*missed, "2026-04-01"]
        assert await rounds.feed_back() == 0

        async def states() -> list[tuple[str, str]]:
            return await feedback_clocks(desk, customer)

        # Every day that was missed is breached; nothing is started twice, nor for tomorrow.
        await eventually(states, [*((day, "breached") for day in missed), ("2026-04-01", "running")])
        path = f"/complaints/{case['case_no']}/withdraw"
        expect(await desk.post(OFFICER, path, {"reason": "客户撤回"}, version=1), 200)
        assert (await states())[-2:] == [("2026-03-31", "breached"), ("2026-04-01", "cancelled")]
    finally:
        desk.set_clock(MORNING)


async def test_other_classes_and_customers_with_nothing_open_are_owed_none(desk: ServiceUnderTest) -> None:
    second = await a_customer(desk, initial_class=2, vip=True)
    quiet = await a_customer(desk, initial_class=1)
    await complaint(desk, second, "2026-03-02T08:00:00+08:00")
    await look(desk)
    assert await feedback_clocks(desk, second) == [] and await feedback_clocks(desk, quiet) == []


async def test_an_open_service_request_is_tracked_too_and_its_end_ends_it(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk, initial_class=1)
    body = {
        "channel": "hotline", "kind": "urgent", "content": "急件", "caller": {"customer_id": customer},
    }  # fmt: skip
    request = expect(await desk.post(AGENT, "/service-requests", body), 201)
    await look(desk)
    assert await feedback_clocks(desk, customer) == [("2026-03-03", "running")]
    path = f"/service-requests/{request['case_no']}/decline"
    expect(await desk.post(TEAM_HEAD, path, {"text": "航班已停"}, version=1), 200)
    assert await feedback_clocks(desk, customer) == [("2026-03-03", "cancelled")]
