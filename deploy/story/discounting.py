"""A discount beyond the city's standard: asked for in confidence, not answered in its days, then answered late, on record."""

import asyncio
import time

from contracts.envelope import Event
from deploy.story.calling import Json
from deploy.story.day import SECONDS_PATIENT, Day, articles, deadline_of, expect, moment
from deploy.story.figures import tells

PRICING = "/api/pricing/v1"
EVENT = "pricing.tariff.{}.v1"
LINE = "domestic-express"
DISCOUNT = "0.37"
ANSWER = "tariff-answer"
LEVEL = "province"


async def ask(day: Day) -> None:
    """The team asks; beyond the standard the province decides, and nobody beside learns the figure."""
    tell, loser = day.tell, day.records["loser"]
    tell.chapter("资费优惠申请", "A discount is asked for")
    body = {
        "customer": day.records["code"],
        "lines": [LINE],
        "discount": DISCOUNT,
        "reason": "客户全年业务量大,同业报价低",
    }
    asked = await _asked(day, body)
    day.records["tariff"] = asked
    tell.need(
        (asked["state"], asked["level"], asked["deciding_org_id"])
        == ("open", LEVEL, day.cast.province.org_id),
        "超出市局标准,由省中心审批",
        "beyond the city's standard: the province decides",
        asked,
    )
    tell.claim(
        any(act == "hubei" for act, _ in articles(asked.get("because"))),
        f"依据:{sorted(articles(asked.get('because')))}",
        "the routing cites its articles",
        asked.get("because"),
    )
    path = f"{PRICING}/tariff-requests/{asked['id']}"
    beside = await loser.get(path)
    officer = expect(await day.cast.officer.get(path), 200, "the officer's look")
    tell.claim(
        beside.status == 404 and "discount" not in officer,
        "相邻县查无此申请;市中心专员看得到申请,看不到幅度",
        "the sibling county finds nothing; the city's officer sees the request without its figure",
        (beside.status, officer),
    )


async def _asked(day: Day, body: Json) -> Json:
    """Pricing hears of a registration by an event: it takes a moment."""
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        reply = await day.records["winner"].post(f"{PRICING}/tariff-requests", body)
        if reply.code != "unknown-customer" or time.monotonic() > end:
            return expect(reply, 201, "tariff request")
        await asyncio.sleep(0.2)


async def answer_late(day: Day) -> None:
    """The days run out; nothing is approved by silence; the province answers late."""
    tell, province = day.tell, day.cast.province
    asked = day.records["tariff"]
    path, name = f"{PRICING}/tariff-requests/{asked['id']}", f"tariff-request:{asked['id']}"
    tell.chapter("优惠申请三日未答", "Three days without an answer to the discount")
    clock = await deadline_of(province, PRICING, asked["id"], ANSWER)
    await day.until(moment(clock["due_at"]))
    overdue = await _told(day, "overdue")
    shown = expect(await province.get(path), 200, "tariff request")
    tell.claim(
        len(overdue) == 1 and shown["state"] == "open" and shown["late"] == [LEVEL],
        f"{clock['due_on']} 24时已过:记为逾期,申请仍未决,绝不默认批准",
        "the time is over: late on record, still open, never approved by silence",
        (name, overdue, shown),
    )
    reply = await province.post(f"{path}/approve", {"note": "同意,按季复核"})
    approved = expect(reply, 200, "approve")
    events = await _told(day, "approved")
    missed = await deadline_of(province, PRICING, asked["id"], ANSWER)
    tell.claim(
        approved["state"] == "approved" and approved["late"] == [LEVEL] and len(events) == 1,
        f"{province}批准,逾期答复记录在案",
        "the province's director approves; that it was late stays on record",
        (approved, events),
    )
    tell.claim(
        missed["state"] == "met-late" and bool(missed["breached_by"]),
        "时限记为迟办,并记下当时的责任人",
        "the clock says met-late, and who held it",
        missed,
    )
    _nothing_leaks(day)


def _nothing_leaks(day: Day) -> None:
    told = day.ear.events(lambda event: event.type.startswith("pricing.") and _concerns(day, event))
    leaks = [event for event in told if tells(event.data, DISCOUNT)]
    day.tell.claim(
        bool(told) and not leaks,
        f"{len(told)} 个资费事件里没有任何金额或幅度",
        f"none of the {len(told)} events of pricing carries the figure",
        leaks,
    )


def _concerns(day: Day, event: Event) -> bool:
    return bool(event.subject == day.records["customer"])


async def _told(day: Day, past: str) -> list[Event]:
    wanted = EVENT.format(past)
    return await day.ear.wait(lambda event: event.type == wanted and _concerns(day, event))
