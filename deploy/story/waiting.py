"""The clock moves: a deadline warns twice, is passed up, is missed, and passes on again; then the work is done."""

import asyncio
import time
from collections.abc import Callable, Sequence

from deploy.story.calling import Json, Person
from deploy.story.day import DESK, SECONDS_PATIENT, Day, articles, deadline_of, expect, moment

ANSWER = "complaint-answer"
RESOLVE = "complaint-resolve"
EVENT = "service-desk.deadline.{}.v1"
WARNINGS = (
    (1 / 2, "时限过半:预警一次", "half the time is gone: it warns, once"),
    (4 / 5, "过五分之四:再次预警", "four fifths are gone: it warns again"),
)
STEPS: Sequence[tuple[str, Json, str, str]] = (
    ("answer", {"answer": "已致歉,正在追查", "by": "phone", "next_steps": "明日回电"}, "answered", "回应"),
    (
        "investigation",
        {"cause": "transit-delay", "link": "transport", "responsibility": "中转积压"},
        "investigated",
        "调查",
    ),
    ("resolve", {"result": "邮件已投递", "reply": "已电话答复客户"}, "resolved", "解决并答复"),
    ("close", {"satisfaction": 4, "follow_up": "客户表示接受"}, "closed", "回访办结"),
)


async def let_it_pass(day: Day) -> None:
    """Nobody answers: half, four fifths, breach, and a day more."""
    tell, officer = day.tell, day.cast.officer
    tell.chapter("时钟向前:无人回应的投诉", "The clock moves: nobody answers the complaint")
    clock = await deadline_of(officer, DESK, day.records["complaint"]["id"], ANSWER)
    name, start, due = f"deadline:{clock['id']}", moment(clock["started_at"]), moment(clock["due_at"])
    for nth, (part, zh, en) in enumerate(WARNINGS, start=1):
        await day.until(start + (due - start) * part)
        warned = await day.told(EVENT.format("warned"), name, nth)
        shown = await _shown(day, _has_warned(nth))
        tell.claim(len(warned) == nth and len(shown["warned_at"]) == nth, zh, en, shown)
    links = shown["chain"]
    tell.need(len(links) == 2, "后续责任人有两级", "two levels stand behind the first holder", links)
    await _passed(day, clock, links[0], day.cast.director, 1)
    await day.until(due)
    breached = await day.told(EVENT.format("breached"), name, 1)
    shown = await _shown(day, lambda one: one["state"] == "breached")
    tell.claim(
        len(breached) == 1 and shown["state"] == "breached",
        f"{shown['due_on']} 24时已过:超时",
        "the last day is over: it is breached",
        shown,
    )
    holder = shown["breached_by"] or {}
    tell.claim(
        (holder.get("org_id"), holder.get("role")) == (officer.org_id, "center-officer"),
        "当时的责任人被记下,以后不变",
        "who held it then is recorded for good",
        shown["breached_by"],
    )
    await day.until(moment(links[1]["at"]))
    await _passed(day, clock, links[1], day.cast.province, 2)
    steps = await day.ear.wait(lambda event: event.aggregate == name, 5)
    tell.claim(
        [event.version for event in steps] == [1, 2, 3, 4, 5],
        "五步各恰有一个事件:" + "、".join(event.type.split(".")[2] for event in steps),
        "each of the five steps was told exactly once",
        steps,
    )


async def _passed(day: Day, clock: Json, link: Json, to: Person, nth: int) -> None:
    """The deadline has passed to its next holder, who finds it among the own tasks."""
    await day.until(moment(link["at"]))
    escalated = await day.told(EVENT.format("escalated"), f"deadline:{clock['id']}", nth)
    shown = await _shown(day, lambda one: one["chain"][nth - 1]["since"] is not None)
    reached = shown["chain"][nth - 1]
    day.tell.claim(
        len(escalated) == nth and (reached["org_id"], reached["role"]) == (to.org_id, "center-director"),
        f"转到下一责任人:{to}",
        f"it passes to its next holder: the director at {to.org_id}",
        shown["chain"],
    )
    own = expect(
        await to.get(f"{DESK}/deadlines?holder=me&subject={clock['subject']['id']}&kind={ANSWER}"), 200, "own"
    )
    day.tell.claim(
        [one["id"] for one in own["items"]] == [clock["id"]],
        "并出现在其待办里",
        "and stands among the holder's own tasks",
        own,
    )


def _has_warned(times: int) -> Callable[[Json], bool]:
    return lambda shown: len(shown["warned_at"]) == times


async def _shown(day: Day, ready: Callable[[Json], bool]) -> Json:
    """The deadline as the API shows it, as soon as it is so."""
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        shown = await deadline_of(day.cast.officer, DESK, day.records["complaint"]["id"], ANSWER)
        if ready(shown) or time.monotonic() > end:
            return shown
        await asyncio.sleep(0.1)


async def work_it_off(day: Day) -> None:
    """Answer late, investigate, resolve in time, close; what may not be done is refused with its article."""
    tell, officer = day.tell, day.cast.officer
    complaint = day.records["complaint"]
    path = f"{DESK}/complaints/{complaint['case_no']}"
    tell.chapter("市中心补办", "The center makes up for it")
    transfer = {"to": day.records["winner"].org_id, "reason": "客户归他们"}
    moved = await officer.post(f"{path}/transfer", transfer)
    tell.claim(
        moved.status == 409 and ("hubei", "30(1)") in articles(moved.body.get("because")),
        "想转给别的单位:被拒绝(首问负责,第30条)",
        "passing it on sideways is refused (first responder, art. 30)",
        moved.body,
    )
    etag = (await officer.get(path)).etag
    early = await officer.post(f"{path}/close", {"satisfaction": 5, "follow_up": "回访"}, etag=etag)
    tell.claim(
        early.code == "step-skipped", "未解决就办结:被拒绝", "closing before resolving is refused", early.body
    )
    for step, body, state, zh in STEPS:
        reply = await officer.post(f"{path}/{step}", body, etag=etag)
        done = expect(reply, 200, step)
        etag = reply.etag
        events = await day.told(f"service-desk.complaint.{state}.v1", f"complaint:{complaint['id']}")
        shown = expect(await officer.get(path), 200, step)
        so = done["state"] == shown["state"] == state and len(events) == 1
        tell.claim(so, zh, f"{state}, with one event", (done["state"], shown["state"], events))
    late = await deadline_of(officer, DESK, complaint["id"], ANSWER)
    in_time = await deadline_of(officer, DESK, complaint["id"], RESOLVE)
    tell.claim(
        late["state"] == "met-late" and in_time["state"] == "met",
        "首次回应记为迟办,解决在时限内",
        "the answer counts as late, the solution as in time",
        (late["state"], in_time["state"]),
    )
