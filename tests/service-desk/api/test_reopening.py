"""Closed complaints that come back: a new cycle, the first verdict kept, the second a level up; hands counted."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from contracts.service_desk import ComplaintReopened
from support.desk_steps import (
    ABOVE,
    ABOVE_CLERK,
    AGENT,
    CLERK,
    STEPS,
    at_morning,
    clock,
    received,
    refused,
    seen,
    step,
    taken,
)
from support.instance import Databases
from support.service import Person, ServiceUnderTest, running_service

WHOLE = tuple(STEPS)
REASON = {"reason": "又迟了"}
TOP = Person("CN", "center-director")


@pytest_asyncio.fixture(scope="module")
async def desk(desk_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with running_service("service-desk", desk_databases("service-desk")) as running:
        yield running


async def closed_late(desk: ServiceUnderTest) -> str:
    """Give a complaint of 2 March whose first answer came on 5 March, a day after its last; closed since."""
    await at_morning(desk)
    case_no = await received(desk)
    desk.set_clock("2026-03-05T09:00:00+08:00")
    await taken(desk, case_no, *WHOLE)
    return case_no


async def test_reopening_begins_a_cycle_with_clocks_of_its_own_and_keeps_the_first_verdict(
    desk: ServiceUnderTest,
) -> None:
    case_no = await closed_late(desk)
    desk.set_clock("2026-03-10T10:00:00+08:00")
    body = (await step(desk, case_no, "reopen", REASON, by=AGENT)).json()
    assert (body["state"], body["cycle"], body["ended_at"]) == ("recorded", 2, None)
    first, second = clock(body, "complaint-answer"), clock(body, "complaint-answer", 2)
    assert (first["state"], second["state"]) == ("met-late", "running")
    # 10 March plus two days ends with the 12th, plus seven with the 17th.
    assert (second["due_on"], clock(body, "complaint-resolve", 2)["due_on"]) == ("2026-03-12", "2026-03-17")
    assert second["started_at"] == body["deadlines"][-1]["started_at"]
    [ended] = body["cycles"]
    assert (ended["cycle"], ended["satisfaction"], ended["cause"]) == (1, 4, "pickup-delivery-late")
    assert (ended["result"], ended["reply"]) == ("已补投", "已电话告知客户")
    assert "result" not in body and body["satisfaction"] is None and body["cause"] is None


async def test_how_long_a_clock_was_overdue_stands_still_once_it_is_settled(desk: ServiceUnderTest) -> None:
    case_no = await closed_late(desk)
    at_once = clock(await seen(desk, case_no), "complaint-answer")["overdue_seconds"]
    # Due with 4 March, settled on the 5th at nine: nine hours late, for good.
    assert 9 * 3600 <= at_once < 9 * 3600 + 60
    desk.set_clock("2026-04-01T09:00:00+08:00")
    assert clock(await seen(desk, case_no), "complaint-answer")["overdue_seconds"] == at_once


async def test_the_second_verdict_goes_a_level_up_and_the_first_responder_keeps_the_duty(
    desk: ServiceUnderTest,
) -> None:
    case_no = await closed_late(desk)
    body = (await step(desk, case_no, "reopen", REASON)).json()
    assert (body["handler"]["org_id"], body["level"], body["handovers"]) == ("420000", 2, 1)
    assert body["first_responder"]["org_id"] == "420100"
    assert clock(body, "complaint-answer", 2)["holder"]["org_id"] == "420100"
    holder = clock(body, "complaint-resolve", 2)["holder"]
    assert (holder["org_id"], holder["role"]) == ("420000", "center-officer")
    await taken(desk, case_no, "answer", "investigation")
    below = await step(desk, case_no, "resolve")
    assert refused(below) == (403, "not-the-handler")
    assert below.json()["because"]["reasons"][0]["article"] == "30(1)"
    assert "湖北" in below.json()["zh"]["detail"]
    await taken(desk, case_no, "resolve", by=ABOVE_CLERK)
    again = await taken(desk, case_no, "close")
    assert (again["state"], again["cycle"]) == ("closed", 2)
    assert clock(again, "complaint-resolve", 2)["state"] == "met"
    assert clock(again, "complaint-follow-up", 2)["holder"]["org_id"] == "420100"
    [event] = [
        one for one in await desk.events(f"complaint:{body['id']}") if one["type"] == ComplaintReopened.TYPE
    ]
    told = ComplaintReopened.model_validate(event["payload"])
    assert (told.cycle, told.state, told.handovers, told.handler.org_id) == (2, "recorded", 1, "420000")
    assert told.because is not None and told.because["reasons"][0]["article"] == "30(1)"


async def test_a_third_cycle_keeps_both_earlier_ones(desk: ServiceUnderTest) -> None:
    case_no = await closed_late(desk)
    for judge in (ABOVE_CLERK, TOP):
        assert (await step(desk, case_no, "reopen", REASON)).status_code == 200
        await taken(desk, case_no, *WHOLE, by=judge)
    body = await seen(desk, case_no)
    assert (body["cycle"], [one["cycle"] for one in body["cycles"]]) == (3, [1, 2])
    assert [one["cycle"] for one in body["deadlines"]] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert body["case_no"] == case_no


async def test_at_the_top_there_is_nobody_above_to_hand_it_to(desk: ServiceUnderTest) -> None:
    case_no = await closed_late(desk)
    for judge in (ABOVE_CLERK, TOP, TOP):
        body = (await step(desk, case_no, "reopen", REASON)).json()
        await taken(desk, case_no, *WHOLE, by=judge)
    assert (body["handler"]["org_id"], body["level"], body["handovers"]) == ("CN", 3, 2)


@pytest.mark.parametrize("done", [(), ("answer",), ("answer", "investigation", "resolve")])
async def test_only_a_closed_complaint_comes_back(desk: ServiceUnderTest, done: tuple[str, ...]) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    await taken(desk, case_no, *done)
    before = await seen(desk, case_no)
    assert refused(await step(desk, case_no, "reopen", REASON)) == (409, "step-skipped")
    assert {**await seen(desk, case_no), "deadlines": None} == {**before, "deadlines": None}


async def test_a_withdrawn_complaint_does_not_come_back(desk: ServiceUnderTest) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    assert (await step(desk, case_no, "withdraw", {"reason": "已收到"}, by=AGENT)).status_code == 200
    assert refused(await step(desk, case_no, "reopen", REASON)) == (409, "case-ended")


async def test_the_follow_up_has_three_days_from_the_resolution(desk: ServiceUnderTest) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    body = await taken(desk, case_no, "answer", "investigation", "resolve")
    asking = clock(body, "complaint-follow-up")
    assert (asking["state"], asking["due_on"]) == ("running", "2026-03-05")
    assert clock(await taken(desk, case_no, "close"), "complaint-follow-up")["state"] == "met"


async def test_every_change_of_hands_is_counted_shown_and_told(desk: ServiceUnderTest) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    assert (await seen(desk, case_no))["handovers"] == 0
    for person in (CLERK, ABOVE):
        assert (await step(desk, case_no, "escalate", {"reason": "跨省"}, by=person)).status_code == 200
    sideways = await step(desk, case_no, "transfer", {"to": "420500", "reason": "不归我们"})
    assert refused(sideways) == (409, "transfer-refused")
    body = await seen(desk, case_no)
    assert (body["handovers"], body["handler"]["org_id"]) == (2, "CN")
    assert [one["payload"]["handovers"] for one in await desk.events(f"complaint:{body['id']}")] == [0, 1, 2]
    course = (await desk.get(ABOVE, f"/complaints/{case_no}/timeline")).json()
    assert course["handovers"] == 2
    listed = (await desk.get(ABOVE, "/complaints", limit=200)).json()["items"]
    assert {one["case_no"]: one["handovers"] for one in listed}[case_no] == 2


async def test_who_neither_answers_for_it_nor_took_it_cannot_reopen(desk: ServiceUnderTest) -> None:
    case_no = await closed_late(desk)
    above = await step(desk, case_no, "reopen", REASON, by=ABOVE_CLERK)
    assert refused(above) == (403, "not-the-handler")
    assert above.json()["because"]["reasons"][0]["article"] == "30(1)"
    watcher = Person("420000", "observer")
    assert refused(await step(desk, case_no, "reopen", REASON, by=watcher))[0] == 403
