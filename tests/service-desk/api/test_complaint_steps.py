"""A complaint goes its six steps over HTTP in their order, each once, by who handles it; up where needed, never sideways."""

import asyncio

import pytest

from contracts.service_desk import ComplaintClosed, ComplaintEscalated, ComplaintResolved
from support.desk_steps import (
    ABOVE_CLERK,
    AGENT,
    CHIEF,
    CLERK,
    STEPS,
    brought_to,
    received,
    refused,
    step,
    taken,
)
from support.service import MORNING, Person, ServiceUnderTest, expect

COUNTER_HEAD = Person("420106", "unit-head")
ANSWER, INVESTIGATION, RESOLUTION, FOLLOW_UP = STEPS.values()


async def clocks(desk: ServiceUnderTest, case_no: str) -> dict[str, str]:
    body = (await desk.get(CLERK, f"/complaints/{case_no}")).json()
    return {clock["kind"]: clock["state"] for clock in body["deadlines"]}


async def test_the_six_steps_lead_from_the_call_to_the_follow_up(desk: ServiceUnderTest) -> None:
    case_no, version = await brought_to(desk, "close")
    body = (await desk.get(CLERK, f"/complaints/{case_no}")).json()
    assert (body["state"], body["version"], version) == ("closed", 5, 5)
    assert (body["cause"], body["link"], body["satisfaction"]) == ("pickup-delivery-late", "delivery", 4)
    assert (body["answer"], body["result"], body["reply"]) == ("已致电致歉", "已补投", "已电话告知客户")
    assert body["ended_at"] is not None
    timeline = (await desk.get(CLERK, f"/complaints/{case_no}/timeline")).json()["steps"]
    assert [step["step"] for step in timeline] == [
        "received", "recorded", "answer", "investigate", "resolve", "close",
    ]  # fmt: skip
    assert all(step["time"].endswith("+08:00") and step["actor"]["staff_id"] for step in timeline)


async def test_each_step_is_one_event_with_the_whole_state(desk: ServiceUnderTest) -> None:
    case_no, _ = await brought_to(desk, "close")
    (row,) = await desk.rows("SELECT id FROM complaint WHERE case_no = $1", case_no)
    events = await desk.events(f"complaint:{row['id']}")
    assert [event["type"].split(".")[2] for event in events] == [
        "received", "answered", "investigated", "resolved", "closed",
    ]  # fmt: skip
    assert [event["version"] for event in events] == [1, 2, 3, 4, 5]
    resolved = ComplaintResolved.model_validate(events[3]["payload"])
    assert resolved.because is not None and resolved.because["reasons"][0]["article"] == "30(1)"
    closed = ComplaintClosed.model_validate(events[4]["payload"])
    assert (closed.state, closed.cause, closed.satisfaction) == ("closed", "pickup-delivery-late", 4)
    said = [*ANSWER.values(), INVESTIGATION["responsibility"], *RESOLUTION.values(), FOLLOW_UP["follow_up"]]
    assert not [
        text
        for text in said
        if text != "phone" and any(str(text) in str(event["payload"]) for event in events)
    ]


async def test_the_answer_meets_the_first_clock_and_the_resolution_the_second(desk: ServiceUnderTest) -> None:
    case_no, version = await brought_to(desk, "answer")
    assert await clocks(desk, case_no) == {"complaint-answer": "met", "complaint-resolve": "running"}
    for name in ("investigation", "resolve"):
        answer = await desk.post(CLERK, f"/complaints/{case_no}/{name}", STEPS[name], version=version)
        version = answer.json()["version"]
    assert await clocks(desk, case_no) == {
        "complaint-answer": "met",
        "complaint-resolve": "met",
        "complaint-follow-up": "running",
    }


async def test_an_answer_at_the_first_instant_of_the_third_day_is_late(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    desk.set_clock("2026-03-05T00:00:01+08:00")
    await desk.post(CLERK, f"/complaints/{case_no}/answer", ANSWER, version=1)
    desk.set_clock(MORNING)
    assert (await clocks(desk, case_no))["complaint-answer"] == "met-late"


async def test_an_answer_in_the_last_minute_is_in_time(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    desk.set_clock("2026-03-04T23:59:30+08:00")
    await desk.post(CLERK, f"/complaints/{case_no}/answer", ANSWER, version=1)
    desk.set_clock(MORNING)
    assert (await clocks(desk, case_no))["complaint-answer"] == "met"


@pytest.mark.parametrize(
    ("after", "step"),
    [(None, "investigation"), (None, "resolve"), (None, "close"), ("answer", "answer"), ("answer", "resolve"),
     ("answer", "close"), ("investigation", "close"), ("resolve", "resolve")],
)  # fmt: skip
async def test_no_step_is_skipped_or_taken_twice(
    desk: ServiceUnderTest, after: str | None, step: str
) -> None:
    case_no, version = await brought_to(desk, after)
    answer = await desk.post(CLERK, f"/complaints/{case_no}/{step}", STEPS[step], version=version)
    assert refused(answer) == (409, "step-skipped")
    assert (await desk.get(CLERK, f"/complaints/{case_no}")).json()["version"] == version


@pytest.mark.parametrize("missing", ["result", "reply"])
async def test_a_resolution_needs_result_and_reply(desk: ServiceUnderTest, missing: str) -> None:
    case_no, version = await brought_to(desk, "investigation")
    for body in ({k: v for k, v in RESOLUTION.items() if k != missing}, {**RESOLUTION, missing: "  "}):
        answer = await desk.post(CLERK, f"/complaints/{case_no}/resolve", body, version=version)
        assert refused(answer) == (422, "invalid-request")
        assert answer.json()["pointer"] == f"/{missing}"


async def test_of_two_who_resolve_at_once_one_does(desk: ServiceUnderTest) -> None:
    case_no, version = await brought_to(desk, "investigation")
    answers = await asyncio.gather(
        *(
            desk.post(who, f"/complaints/{case_no}/resolve", RESOLUTION, version=version)
            for who in [CLERK, CHIEF] * 5
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]
    (row,) = await desk.rows("SELECT id FROM complaint WHERE case_no = $1", case_no)
    assert len(await desk.events(f"complaint:{row['id']}")) == 4


async def test_an_escalation_adds_the_level_above_and_leaves_the_first_responder(
    desk: ServiceUnderTest,
) -> None:
    case_no = await received(desk)
    answer = await desk.post(CLERK, f"/complaints/{case_no}/escalate", {"reason": "跨省"}, version=1)
    body = answer.json()
    assert (body["state"], body["level"]) == ("recorded", 2)
    assert (body["handler"]["org_id"], body["first_responder"]["org_id"]) == ("420000", "420100")
    (row,) = await desk.rows("SELECT id FROM complaint WHERE case_no = $1", case_no)
    event = ComplaintEscalated.model_validate((await desk.events(f"complaint:{row['id']}"))[1]["payload"])
    assert event.because is not None and event.because["reasons"][0]["inputs"] == {
        "handler": "420100",
        "above": "420000",
    }
    above = await desk.post(ABOVE_CLERK, f"/complaints/{case_no}/answer", ANSWER, version=2)
    assert above.status_code == 200


async def test_whoever_it_went_up_to_stays_a_handler_and_only_the_present_one_takes_it_further(
    desk: ServiceUnderTest,
) -> None:
    case_no = await received(desk, channel="counter", by=COUNTER_HEAD)
    up = {"reason": "跨市"}
    assert (await step(desk, case_no, "escalate", up, by=COUNTER_HEAD)).status_code == 200
    past = await step(desk, case_no, "escalate", up, by=COUNTER_HEAD)
    assert refused(past) == (403, "not-the-handler")
    assert past.json()["zh"]["detail"].startswith("已上报")
    assert past.json()["because"]["reasons"][0]["article"] == "30(1)"
    body = (await step(desk, case_no, "escalate", up)).json()
    assert [one["org_id"] for one in body["handlers"]] == ["420106", "420100", "420000"]
    assert body["handler"] == body["handlers"][-1] and all(one["name"] for one in body["handlers"])
    await taken(desk, case_no, "answer", by=COUNTER_HEAD)
    await taken(desk, case_no, "investigation", by=ABOVE_CLERK)
    assert (await taken(desk, case_no, "resolve"))["state"] == "resolved"


async def test_nothing_is_above_the_top(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    version, people = 1, [CLERK, ABOVE_CLERK, Person("CN", "center-director")]
    for person in people[:2]:
        answer = await desk.post(
            person, f"/complaints/{case_no}/escalate", {"reason": "重大"}, version=version
        )
        version = answer.json()["version"]
    answer = await desk.post(
        people[2], f"/complaints/{case_no}/escalate", {"reason": "重大"}, version=version
    )
    assert refused(answer) == (409, "nothing-above")


async def test_passing_on_sideways_is_refused_with_the_article(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    answer = await desk.post(CLERK, f"/complaints/{case_no}/transfer", {"to": "420500", "reason": "不归我们"})
    assert refused(answer) == (409, "transfer-refused")
    assert answer.json()["because"]["reasons"][0]["article"] == "30(1)"
    assert (await desk.get(CLERK, f"/complaints/{case_no}")).json()["version"] == 1


async def test_a_center_that_is_only_above_may_read_but_not_handle(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    assert (await desk.get(ABOVE_CLERK, f"/complaints/{case_no}")).status_code == 200
    answer = await desk.post(ABOVE_CLERK, f"/complaints/{case_no}/answer", ANSWER, version=1)
    assert refused(answer) == (403, "not-the-handler")
    assert answer.json()["because"]["reasons"][0]["article"] == "30(1)"


async def test_a_withdrawal_ends_the_case_and_its_clocks(desk: ServiceUnderTest) -> None:
    case_no, version = await brought_to(desk, "answer")
    answer = await desk.post(AGENT, f"/complaints/{case_no}/withdraw", {"reason": "已收到"}, version=version)
    assert answer.json()["state"] == "withdrawn"
    assert await clocks(desk, case_no) == {"complaint-answer": "met", "complaint-resolve": "cancelled"}
    again = await desk.post(CLERK, f"/complaints/{case_no}/investigation", INVESTIGATION, version=version + 1)
    assert refused(again) == (409, "case-ended")


async def test_a_resolved_complaint_is_no_longer_withdrawn(desk: ServiceUnderTest) -> None:
    case_no, version = await brought_to(desk, "resolve")
    late = await desk.post(AGENT, f"/complaints/{case_no}/withdraw", {"reason": "已收到"}, version=version)
    assert refused(late) == (409, "step-skipped")
    assert late.json()["zh"]["detail"] == "投诉现为“已解决”，只有在解决之前才能撤回。"
    assert (await desk.get(CLERK, f"/complaints/{case_no}")).json()["version"] == version


async def test_the_hotline_closes_after_its_follow_up_call(desk: ServiceUnderTest) -> None:
    case_no, version = await brought_to(desk, "resolve")
    early = {"tries": 2, "follow_up": "无人接听"}
    answer = await desk.post(AGENT, f"/complaints/{case_no}/close", early, version=version)
    assert refused(answer) == (422, "too-few-tries")
    answer = await desk.post(AGENT, f"/complaints/{case_no}/close", {**early, "tries": 3}, version=version)
    assert (answer.json()["state"], answer.json()["satisfaction"]) == ("closed", None)


async def test_a_repeated_step_gets_its_first_answer(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    first, second = [
        await desk.post(CLERK, f"/complaints/{case_no}/answer", ANSWER, version=1, key="same-step-" + case_no)
        for _ in range(2)
    ]
    assert expect(first, 200) == expect(second, 200) and first.content == second.content
