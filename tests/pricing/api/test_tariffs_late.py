"""A tariff request that a level answers late is late on record, told once, and still open for an answer."""

import asyncio

from support.pricing import a_customer, asked, move, swept, told
from support.service import DIRECTOR, FINANCE, HEAD, MANAGER, ServiceUnderTest, expect


async def test_an_answer_before_the_third_days_end_is_in_time_and_at_midnight_late_on_record(
    alone: ServiceUnderTest,
) -> None:
    in_time = await asked(alone, MANAGER, await a_customer(alone, 3))
    late = await asked(alone, MANAGER, await a_customer(alone, 3))
    alone.set_clock("2026-03-05T23:59:50+08:00")
    assert (await move(alone, HEAD, in_time, "approve"))["late"] == []
    alone.set_clock("2026-03-06T00:00:00+08:00")
    answered = await move(alone, HEAD, late, "approve")
    assert (answered["state"], answered["late"]) == ("approved", ["county"])
    holder = {"org_id": "420106", "role": "unit-head", "staff_id": str(HEAD.staff_id)}
    assert answered["levels"][0]["late"] == {"due_at": "2026-03-06T00:00:00+08:00", "holder": holder}
    await swept(alone)
    assert await told(alone, f"tariff-request:{late['id']}") == ["requested", "overdue", "approved"]
    states = await alone.rows("SELECT subject_id, state FROM deadline WHERE kind = 'tariff-answer'")
    assert {row["subject_id"]: row["state"] for row in states} == {
        in_time["id"]: "met",
        late["id"]: "met-late",
    }


async def test_an_expired_level_is_told_once_and_the_request_stays_open_for_an_answer(
    alone: ServiceUnderTest,
) -> None:
    request = await asked(alone, MANAGER, await a_customer(alone, 3))
    subject = f"tariff-request:{request['id']}"
    alone.set_clock("2026-03-05T23:59:50+08:00")
    await swept(alone)
    assert await told(alone, subject) == ["requested"]
    alone.set_clock("2026-03-20T09:00:00+08:00")
    await swept(alone)
    assert await told(alone, subject) == ["requested", "overdue"]
    shown = expect(await alone.get(HEAD, f"/tariff-requests/{request['id']}"), 200)
    assert (shown["state"], shown["late"]) == ("open", ["county"])
    in_time = await asked(alone, MANAGER, await a_customer(alone, 3))
    for late, found in (("true", request), ("false", in_time)):
        listed = expect(await alone.get(FINANCE, f"/tariff-requests?late={late}"), 200)
        assert [item["id"] for item in listed["items"]] == [found["id"]]
    passed = await move(alone, HEAD, request, "send-up")
    assert (passed["level"], passed["due_at"]) == ("city", "2026-03-24T00:00:00+08:00")
    alone.set_clock("2026-03-24T00:00:01+08:00")
    await swept(alone)
    refused = await move(alone, DIRECTOR, request, "refuse")
    assert refused["late"] == ["county", "city"]
    assert [level["late"]["holder"]["org_id"] for level in refused["levels"]] == ["420106", "420100"]
    assert await told(alone, subject) == ["requested", "overdue", "sent-up", "overdue", "refused"]


async def test_sweeper_and_late_answers_at_one_instant_tell_each_overdue_once(
    alone: ServiceUnderTest,
) -> None:
    requests = [await asked(alone, MANAGER, await a_customer(alone, 3)) for _ in range(30)]
    alone.set_clock("2026-03-06T00:00:00+08:00")
    steps = ("approve", "refuse", "send-up")
    answers = await asyncio.gather(
        *(
            alone.post(
                HEAD,
                f"/tariff-requests/{one['id']}/{steps[place % 3]}",
                {"reason": "因故"} if place % 3 else {},
            )
            for place, one in enumerate(requests)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    await swept(alone)
    for place, one in enumerate(requests):
        last = ("approved", "refused", "sent-up")[place % 3]
        assert await told(alone, f"tariff-request:{one['id']}") == ["requested", "overdue", last]
        late = expect(await alone.get(HEAD, f"/tariff-requests/{one['id']}"), 200)["levels"][0]["late"]
        assert late["holder"]["staff_id"] == str(HEAD.staff_id)


async def test_the_clock_warns_twice_and_passes_to_the_director_who_may_then_answer(
    alone: ServiceUnderTest,
) -> None:
    request = await asked(alone, MANAGER, await a_customer(alone, 3))
    mine = "/deadlines?holder=me&kind=tariff-answer"
    assert expect(await alone.get(HEAD, mine), 200)["total"] == 1
    assert expect(await alone.get(DIRECTOR, mine), 200)["total"] == 0
    path = f"/tariff-requests/{request['id']}"
    assert "discount" not in expect(await alone.get(DIRECTOR, path), 200)
    alone.set_clock("2026-03-06T00:00:01+08:00")
    await swept(alone)
    assert expect(await alone.get(DIRECTOR, path), 200)["discount"] == "0.10"
    [deadline] = expect(await alone.get(DIRECTOR, mine), 200)["items"]
    assert (len(deadline["warned_at"]), deadline["state"]) == (2, "breached")
    assert await told(alone, f"deadline:{deadline['id']}") == ["warned", "warned", "breached", "escalated"]
    approved = await move(alone, DIRECTOR, request, "approve")
    assert (approved["level"], approved["late"]) == ("county", ["county"])
    assert approved["levels"][0]["by"] == str(DIRECTOR.staff_id)
