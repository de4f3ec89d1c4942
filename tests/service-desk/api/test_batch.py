"""The backlog of a seat: any order, twice, hours later; the clocks run from the call; one bad entry sinks no other."""

from datetime import date
from typing import Any

import pytest

from support.seats import number_of
from support.service import ADMINISTRATOR, HEAD, MANAGER, MORNING, Person, ServiceUnderTest, expect

DAY = date(2026, 3, 2)
AGENT = Person("420106", "unit-head", HEAD.name, HEAD.staff_no, HEAD.staff_id)


async def a_seat(desk: ServiceUnderTest, to: Person = AGENT) -> int:
    seat: int = expect(await desk.post(ADMINISTRATOR, "/seats", {"staff_no": to.staff_no}), 201)["number"]
    return seat


def call(seat: int, serial: int, at: str = "2026-03-02T08:00:00+08:00", **facts: Any) -> dict[str, Any]:
    day = date.fromisoformat(at[:10])
    return {
        "case_no": number_of(day, seat, serial),
        "received_at": at,
        "channel": "hotline",
        "category": "delay",
        "content": "邮件迟了三天",
        "caller": {"phone": "027-85551234"},
        **facts,
    }


async def sent(desk: ServiceUnderTest, *entries: Any, by: Person = AGENT) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = expect(
        await desk.post(by, "/complaints/batch", {"entries": list(entries)}), 200
    )["items"]
    return items


async def test_a_call_keeps_the_number_that_was_read_out_and_its_clocks_run_from_the_call(
    desk: ServiceUnderTest,
) -> None:
    desk.set_clock("2026-02-27T09:00:00+08:00")
    seat = await a_seat(desk)
    desk.set_clock(MORNING)
    (item,) = await sent(desk, call(seat, 7, "2026-02-27T23:59:59+08:00"))
    assert item["result"] == "accepted"
    number = number_of(date(2026, 2, 27), seat, 7)
    case = expect(await desk.get(AGENT, f"/complaints/{number}"), 200)
    assert (case["received_at"], case["recorded_at"][:10]) == ("2026-02-27T23:59:59+08:00", "2026-03-02")
    # 2 and 7 days from the 27th, the day of the call: the last days are 1 and 6 March.
    assert {clock["kind"]: clock["due_on"] for clock in case["deadlines"]} == {
        "complaint-answer": "2026-03-01",
        "complaint-resolve": "2026-03-06",
    }
    assert "3月1日24时前" in item["complaint"]["promised"]["zh"]


async def test_the_day_of_a_call_is_that_of_shanghai(desk: ServiceUnderTest) -> None:
    seat = await a_seat(desk)
    (late,) = await sent(desk, {**call(seat, 1), "received_at": "2026-03-01T16:00:00Z"})
    (early,) = await sent(desk, {**call(seat, 2), "received_at": "2026-03-01T15:59:59Z"})
    assert late["result"] == "accepted"
    assert early["problem"]["code"] == "case-number-invalid"


async def test_sent_twice_a_call_is_answered_as_the_first_time_and_counts_once(
    desk: ServiceUnderTest,
) -> None:
    seat = await a_seat(desk)
    calls = [call(seat, serial) for serial in (1, 2, 3)]
    first = await sent(desk, *calls)
    desk.set_clock("2026-03-02T19:00:00+08:00")
    second = await sent(desk, *reversed(calls))
    desk.set_clock(MORNING)
    by_number = {item["case_no"]: item["complaint"] for item in second}
    assert by_number == {item["case_no"]: item["complaint"] for item in first}
    for item in first:
        assert len(await desk.events(f"complaint:{item['complaint']['id']}")) == 1


async def test_the_same_number_with_another_content_is_refused_with_a_pointer_and_changes_nothing(
    desk: ServiceUnderTest,
) -> None:
    seat = await a_seat(desk)
    await sent(desk, call(seat, 1, content="第一次"))
    (item,) = await sent(desk, call(seat, 1, content="另一件事"))
    assert (item["result"], item["problem"]["code"]) == ("refused", "case-number-taken")
    assert (item["problem"]["pointer"], item["problem"]["retry"]) == ("/entries/0/case_no", False)
    case = expect(await desk.get(AGENT, f"/complaints/{item['case_no']}"), 200)
    assert (case["content"], case["version"]) == ("第一次", 1)


async def test_written_otherwise_it_is_the_same_call(desk: ServiceUnderTest) -> None:
    seat = await a_seat(desk)
    one = call(seat, 1)
    number = one["case_no"]
    await sent(desk, one)
    (item,) = await sent(
        desk, {**dict(reversed(one.items())), "case_no": f"{number[:6]} {number[6:9]}-{number[9:]}"}
    )
    assert item["result"] == "accepted"


async def test_one_bad_entry_never_sinks_the_batch(desk: ServiceUnderTest) -> None:
    seat, foreign = await a_seat(desk), await a_seat(desk, MANAGER)
    wrong_check = call(seat, 3)
    wrong_check["case_no"] = wrong_check["case_no"][:-1] + str((int(wrong_check["case_no"][-1]) + 1) % 10)
    entries = [
        call(seat, 1),
        wrong_check,
        call(foreign, 1),
        call(seat, 4, "2026-03-02T09:30:00+08:00"),
        {**call(seat, 5), "content": ""},
        "no object",
        {**call(seat, 6), "caller": {"phone": "abc"}},
        {**call(seat, 7), "city": "999999", "caller": {}},
        {**call(seat, 8), "content": "空\x00字符"},
        call(99, 1),
        {**call(seat, 9), "case_no": "2603021"},
        call(seat, 2),
    ]
    items = await sent(desk, *entries)
    assert [item["index"] for item in items] == list(range(len(entries)))
    assert [item["result"] == "accepted" or item["problem"]["code"] for item in items] == [
        True,
        "case-number-invalid",
        "seat-not-yours",
        "received-in-future",
        "invalid-request",
        "invalid-request",
        "invalid-value",
        "unknown-city",
        "invalid-request",
        "case-number-invalid",
        "case-number-invalid",
        True,
    ]
    assert [item["index"] for item in items if item.get("problem", {}).get("retry")] == [3]
    assert items[4]["problem"]["pointer"] == "/entries/4/content"
    assert items[7]["problem"]["pointer"] == "/entries/7/city"


async def test_a_call_that_was_in_the_future_is_accepted_once_its_time_has_come(
    desk: ServiceUnderTest,
) -> None:
    seat = await a_seat(desk)
    early = call(seat, 1, "2026-03-02T09:30:00+08:00")
    assert (await sent(desk, early))[0]["problem"]["code"] == "received-in-future"
    desk.set_clock("2026-03-02T09:31:00+08:00")
    assert (await sent(desk, early))[0]["result"] == "accepted"
    desk.set_clock(MORNING)


async def test_in_any_order_the_calls_of_one_caller_are_told_in_the_order_in_which_they_came(
    desk: ServiceUnderTest,
) -> None:
    seat = await a_seat(desk)
    at = "2026-03-02T08:{:02d}:00+08:00"
    await sent(desk, *(call(seat, serial, at.format(serial)) for serial in (5, 2, 9, 1)))
    told = await desk.rows(
        """SELECT payload->>'case_no' AS case_no FROM outbox WHERE type = 'service-desk.complaint.received.v1'
           AND substr(payload->>'case_no', 7, 3)::int = $1 ORDER BY seq""",
        seat,
    )
    assert [row["case_no"] for row in told] == [number_of(DAY, seat, serial) for serial in (1, 2, 5, 9)]


async def test_a_revoked_seats_calls_of_before_are_taken_and_those_of_later_days_are_not(
    desk: ServiceUnderTest,
) -> None:
    seat = await a_seat(desk)
    expect(await desk.post(ADMINISTRATOR, f"/seats/{seat}/revoke", version=1), 200)
    desk.set_clock("2026-03-03T12:00:00+08:00")
    before, after = await sent(desk, call(seat, 1), call(seat, 1, "2026-03-03T08:00:00+08:00"))
    desk.set_clock(MORNING)
    assert before["result"] == "accepted"
    assert after["problem"]["code"] == "seat-not-yours"


@pytest.mark.parametrize("entries", [[], "x", None])
async def test_a_batch_is_a_list_of_entries(desk: ServiceUnderTest, entries: Any) -> None:
    answer = await desk.post(AGENT, "/complaints/batch", {"entries": entries})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/entries")


async def test_a_batch_under_the_key_of_another_is_refused(desk: ServiceUnderTest) -> None:
    seat = await a_seat(desk)
    expect(await desk.post(AGENT, "/complaints/batch", {"entries": [call(seat, 1)]}, key="batch-1"), 200)
    other = await desk.post(AGENT, "/complaints/batch", {"entries": [call(seat, 2)]}, key="batch-1")
    assert other.json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
async def test_a_call_at_an_end_of_the_calendar_is_refused_and_holds_up_no_other(
    desk: ServiceUnderTest, end: str
) -> None:
    seat = await a_seat(desk)
    entries = [call(seat, 1), {**call(seat, 2), "received_at": end}, call(seat, 3)]
    for items in (await sent(desk, *entries), await sent(desk, *entries)):
        assert [item["result"] for item in items] == ["accepted", "refused", "accepted"]
        problem = items[1]["problem"]
        assert (problem["code"], problem["pointer"]) == ("invalid-request", "/entries/1/received_at")
        assert problem["retry"] is False and "1900" in problem["zh"] and "2200" in problem["en"]
