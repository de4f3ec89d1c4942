"""Afternoon: the customer has its class, and its first month comes in with a file, of which one row is wrong."""

import asyncio
import time
from datetime import date, timedelta

from deploy.story.calling import Json
from deploy.story.day import SECONDS_PATIENT, Day, articles, expect

TIERING = "/api/tiering/v1"
CHANGED = "tiering.tier.changed.v1"
RECORDED = "tiering.usage.recorded.v1"
LINE = "domestic-express"
REVENUE, PIECES, WEIGHT = "51234.56", 1_280, "845.5"
NOBODY = "00000000000000"
DONE = ("loaded", "rejected")


async def rate(day: Day) -> None:
    """The class of the registration form holds until a review; tiering knows it from an event."""
    tell, code = day.tell, day.records["code"]
    tell.chapter("下午:客户级别", "Afternoon: the customer's class")
    shown = await _tier(day)
    tell.need(
        shown.get("class") == 1 and shown.get("basis") == "registration",
        "分级系统按注册表列为一类",
        "tiering has it in class 1, from the registration form",
        shown,
    )
    tell.claim(
        any(act == "hubei" and article.startswith("7") for act, article in articles(shown.get("because"))),
        f"依据:{(shown.get('because') or {}).get('text', {}).get('zh', '')[:80]}",
        "and says by which article",
        shown.get("because"),
    )
    events = await day.told(CHANGED, f"tier:{day.records['customer']}")
    tell.claim(
        len(events) == 1 and events[0].data["class"] == 1,
        "总线上恰有一个“级别变更”事件",
        "the bus carries one tier.changed",
        (code, events),
    )


async def _tier(day: Day) -> Json:
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        reply = await day.cast.officer.get(f"{TIERING}/tiers/{day.records['code']}")
        if (reply.status == 200 and reply.body.get("class")) or time.monotonic() > end:
            return reply.body
        await asyncio.sleep(0.2)


async def file_usage(day: Day) -> None:
    """A month's form with two rows: one is taken, one comes back with its reason."""
    tell, officer = day.tell, day.cast.officer
    now, _ = await day.house.clock()
    month = f"{_month_before(now.date()):%Y-%m}"
    rows = [
        "客户编码,业务种类,收入(元),件数,重量(公斤)",
        f"{day.records['code']},国内异地速递,{REVENUE},{PIECES},{WEIGHT}",
        f"{NOBODY},国内异地速递,10.00,1,0.5",
    ]
    tell.say(
        f"{officer}报送 {month} 用邮量报表,两行,其中一行客户编码有误",
        f"the center files {month}, two rows, one with a wrong customer code",
    )
    reply = await officer.upload(
        f"{TIERING}/usage-files", f"{month}.csv", "\n".join(rows).encode(), {"month": month}
    )
    sent = expect(reply, 202, "usage file")
    loaded = await _loaded(day, sent["id"])
    tell.need(
        (loaded["state"], loaded["loaded_rows"], loaded["refused_rows"]) == ("loaded", 1, 1),
        "一行入库,一行退回",
        "one row is loaded, one refused",
        loaded,
    )
    errors = expect(await officer.get(f"{TIERING}/usage-files/{sent['id']}/errors"), 200, "errors")["items"]
    tell.claim(
        len(errors) == 1 and bool(errors[0]["zh"]) and bool(errors[0]["en"]),
        f"退回的一行说明了原因:{errors[0]['zh'] if errors else ''}",
        "the refused row says why",
        errors,
    )
    await _recorded(day, sent["id"], month)


async def _recorded(day: Day, file_id: str, month: str) -> None:
    customer = day.records["customer"]
    events = await day.ear.wait(
        lambda event: event.type == RECORDED and event.data["usage_file_id"] == file_id, 1
    )
    rows = [row for event in events for row in event.data["rows"] if row[0] == customer]
    day.tell.claim(
        [row[1:5] for row in rows] == [[LINE, REVENUE, PIECES, rows[0][4]]] if rows else False,
        f"总线上的“用邮量入库”事件载有该客户 {month} 的 {REVENUE} 元",
        "the bus tells the customer's month once, to the cent",
        events,
    )


async def _loaded(day: Day, file_id: str) -> Json:
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        shown = expect(await day.cast.officer.get(f"{TIERING}/usage-files/{file_id}"), 200, "usage file")
        if shown["state"] in DONE or time.monotonic() > end:
            return shown
        await asyncio.sleep(0.1)


def _month_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)
