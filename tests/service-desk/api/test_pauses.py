"""Pauses: within the pack's budget, on another's word; due and later warnings move by the whole time stood still."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from support.backbone import eventually
from support.desk_steps import AGENT, CLERK, at_morning, clock, received, refused, seen, step, taken
from support.instance import Databases
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    MORNING,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    running_service,
)

ANSWER, RESOLVE = "complaint-answer", "complaint-resolve"
A_MOMENT = timedelta(minutes=1)
WAITING = {"reason": "waiting-for-customer", "note": "等客户提供内件清单", "asked_by": OFFICER.staff_no}


@pytest_asyncio.fixture(scope="module")
async def desk(desk_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with running_service("service-desk", desk_databases("service-desk")) as running:
        yield running


async def pause(
    desk: ServiceUnderTest, case_no: str, by: Person = DIRECTOR, **changed: Any
) -> httpx.Response:
    return await step(desk, case_no, "pause", {**WAITING, **changed}, by=by)


async def resume(desk: ServiceUnderTest, case_no: str) -> httpx.Response:
    return await step(desk, case_no, "resume", {"note": "清单已到"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due(body: dict[str, Any], kind: str) -> datetime:
    return at(clock(body, kind)["due_at"])


async def a_paused_one(desk: ServiceUnderTest, **changed: Any) -> tuple[str, dict[str, Any]]:
    await at_morning(desk)
    case_no = await received(desk)
    answer = await pause(desk, case_no, **changed)
    assert answer.status_code == 200, answer.text
    return case_no, answer.json()


async def test_due_and_later_warnings_move_by_the_whole_paused_time(desk: ServiceUnderTest) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    before = await desk.rows(
        "SELECT kind, due_at, steps::text AS steps FROM deadline WHERE subject_id = $1",
        (await seen(desk, case_no))["id"],
    )
    await pause(desk, case_no)
    desk.set_clock("2026-03-04T09:00:00+08:00")
    body = (await resume(desk, case_no)).json()
    rows = await desk.rows(
        "SELECT kind, due_at, steps, paused_for FROM deadline WHERE subject_id = $1", body["id"]
    )
    moved = {row["kind"]: row for row in rows}
    for row in before:
        stood = moved[row["kind"]]["paused_for"]
        assert abs(stood - timedelta(days=2)) < A_MOMENT
        assert moved[row["kind"]]["due_at"] - row["due_at"] == stood
        instants = _instants(moved[row["kind"]]["steps"])
        assert [later - first for later, first in zip(instants, _instants(row["steps"]), strict=True)] == [
            stood
        ] * len(instants)
    assert {clock(body, kind)["state"] for kind in (ANSWER, RESOLVE)} == {"running"}


def _instants(steps: str) -> list[datetime]:
    return [at(one["at"]) for one in json.loads(steps)]


async def test_a_paused_clock_says_who_asked_who_approved_why_and_since_when(desk: ServiceUnderTest) -> None:
    _, body = await a_paused_one(desk)
    shown = clock(body, ANSWER)
    assert shown["state"] == "paused"
    assert (shown["paused"]["by"], shown["paused"]["approver"]) == (
        str(OFFICER.staff_id),
        str(DIRECTOR.staff_id),
    )
    assert shown["paused"]["reason"] == "waiting-for-customer"
    assert at(shown["paused"]["until"]) - at(shown["paused"]["since"]) == timedelta(days=7)
    events = await desk.events(f"deadline:{shown['id']}")
    assert [one["type"] for one in events] == ["service-desk.deadline.paused.v1"]
    assert WAITING["note"] not in str(events)
    [told] = [
        one for one in await desk.events(f"complaint:{body['id']}") if one["type"].endswith("paused.v1")
    ]
    assert told["payload"]["because"]["reasons"][0]["rule"] == "platform.clock-pause"


async def test_a_clock_that_stands_still_does_not_run_out(desk: ServiceUnderTest) -> None:
    case_no, _ = await a_paused_one(desk)
    desk.set_clock("2026-03-08T09:00:00+08:00")
    await asyncio.sleep(0.5)
    body = await seen(desk, case_no)
    assert (clock(body, ANSWER)["state"], clock(body, ANSWER)["warned_at"]) == ("paused", [])
    answered = await taken(desk, case_no, "answer")
    assert clock(answered, ANSWER)["state"] == "met"
    assert clock(answered, RESOLVE)["state"] == "paused"


async def test_a_pause_ends_by_itself_when_its_budget_is_spent(desk: ServiceUnderTest) -> None:
    case_no, first = await a_paused_one(desk)
    before = due(first, ANSWER)
    desk.set_clock("2026-03-09T12:00:00+08:00")

    async def running() -> bool:
        return clock(await seen(desk, case_no), ANSWER)["state"] == "running"

    await eventually(running, "the pause has ended", 20)
    assert due(await seen(desk, case_no), ANSWER) - before == timedelta(days=7)
    assert refused(await pause(desk, case_no)) == (409, "pause-budget-used")


async def test_a_pause_lasts_no_longer_than_asked_for(desk: ServiceUnderTest) -> None:
    _, body = await a_paused_one(desk, until="2026-03-03T09:00:00+08:00")
    assert at(clock(body, ANSWER)["paused"]["until"]) == at("2026-03-03T09:00:00+08:00")


@pytest.mark.parametrize("until", ["2026-03-01T09:00:00+08:00", MORNING])
async def test_a_pause_that_would_be_over_is_refused_and_uses_nothing_up(
    desk: ServiceUnderTest, until: str
) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    before = await seen(desk, case_no)
    answer = await pause(desk, case_no, until=until)
    assert refused(answer) == (422, "invalid-value")
    assert answer.json()["pointer"] == "/until"
    assert await seen(desk, case_no) == before


async def test_two_pauses_a_cycle_and_seven_days_together(desk: ServiceUnderTest) -> None:
    case_no, _ = await a_paused_one(desk)
    desk.set_clock("2026-03-05T09:00:00+08:00")
    await resume(desk, case_no)
    body = (await pause(desk, case_no)).json()
    left = at(clock(body, RESOLVE)["paused"]["until"]) - at(clock(body, RESOLVE)["paused"]["since"])
    assert abs(left - timedelta(days=4)) < A_MOMENT
    await resume(desk, case_no)
    third = await pause(desk, case_no)
    assert refused(third) == (409, "pause-budget-used")
    assert third.json()["because"]["reasons"][0]["article"] == "平台约定"


async def test_a_new_cycle_has_a_budget_of_its_own(desk: ServiceUnderTest) -> None:
    case_no, _ = await a_paused_one(desk)
    await resume(desk, case_no)
    await pause(desk, case_no)
    await taken(desk, case_no, "answer", "investigation", "resolve", "close")
    await step(desk, case_no, "reopen", {"reason": "又迟了"}, by=AGENT)
    assert (await pause(desk, case_no)).status_code == 200


async def test_after_the_second_warning_only_the_level_above_pauses(desk: ServiceUnderTest) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    # 2 March 09:00 to 4 March 24:00 is 63 hours; four fifths of them have run on 4 March at 11:24.
    desk.set_clock("2026-03-04T11:23:00+08:00")
    assert (await pause(desk, case_no)).status_code == 200
    await resume(desk, case_no)
    desk.set_clock("2026-03-04T11:30:00+08:00")
    assert refused(await pause(desk, case_no)) == (403, "level-above-only")
    assert (await pause(desk, case_no, PROVINCE)).status_code == 200


@pytest.mark.parametrize(
    ("by", "changed", "expected"),
    [
        (DIRECTOR, {"asked_by": DIRECTOR.staff_no}, (403, "maker-is-checker")),
        (DIRECTOR, {"asked_by": "99999999"}, (422, "unknown-asker")),
        (DIRECTOR, {"asked_by": FAR_OFFICER.staff_no}, (422, "unknown-asker")),
        (DIRECTOR, {"reason": "tired"}, (422, "invalid-request")),
        (HEAD, {}, (404, "not-found")),
        (CLERK, {}, (403, "forbidden")),
        (PROVINCE_OFFICER, {}, (403, "forbidden")),
        (FAR_OFFICER, {}, (403, "forbidden")),
    ],
)
async def test_who_may_not_pause_changes_nothing(
    desk: ServiceUnderTest, by: Person, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    before = await seen(desk, case_no)
    assert refused(await pause(desk, case_no, by, **changed)) == expected
    assert await seen(desk, case_no) == before


async def test_nothing_is_paused_twice_nor_resumed_while_it_runs(desk: ServiceUnderTest) -> None:
    case_no, _ = await a_paused_one(desk)
    assert refused(await pause(desk, case_no)) == (409, "no-such-clock")
    assert (await resume(desk, case_no)).status_code == 200
    assert refused(await resume(desk, case_no)) == (409, "no-such-clock")


async def test_after_the_resolution_there_is_nothing_to_pause(desk: ServiceUnderTest) -> None:
    await at_morning(desk)
    case_no = await received(desk)
    await taken(desk, case_no, "answer", "investigation", "resolve")
    assert refused(await pause(desk, case_no)) == (409, "step-skipped")


async def test_a_withdrawal_ends_a_paused_clock_too(desk: ServiceUnderTest) -> None:
    case_no, _ = await a_paused_one(desk)
    body = (await step(desk, case_no, "withdraw", {"reason": "已收到"}, by=AGENT)).json()
    assert {clock(body, kind)["state"] for kind in (ANSWER, RESOLVE)} == {"cancelled"}


async def test_the_ledger_tells_every_move_with_due_before_and_after(desk: ServiceUnderTest) -> None:
    case_no, body = await a_paused_one(desk)
    desk.set_clock("2026-03-03T09:00:00+08:00")
    await resume(desk, case_no)
    body = await taken(desk, case_no, "answer")
    answer = await desk.get(PROVINCE, f"/deadlines/{clock(body, ANSWER)['id']}/ledger")
    entries = answer.json()["entries"]
    assert [one["what"] for one in entries] == ["started", "paused", "resumed", "met"]
    started, paused, resumed, met = entries
    assert started["due_after"] == paused["due_before"] == "2026-03-05T00:00:00+08:00"
    assert at(resumed["due_after"]) - at(resumed["due_before"]) == at(resumed["at"]) - at(paused["at"])
    assert met["due_after"] == resumed["due_after"]
    assert (paused["by"], resumed["by"], met["by"]) == (
        str(DIRECTOR.staff_id), str(CLERK.staff_id), str(CLERK.staff_id),
    )  # fmt: skip
    assert paused["why"]["by"] == str(OFFICER.staff_id)
    course = (await desk.get(PROVINCE, f"/complaints/{case_no}/timeline")).json()
    told = [one for one in course["clocks"] if one["kind"] == ANSWER]
    assert [{name: one[name] for name in started} for one in told] == entries
    outside = await desk.get(FAR_OFFICER, f"/deadlines/{clock(body, ANSWER)['id']}/ledger")
    assert refused(outside) == (404, "not-found")
