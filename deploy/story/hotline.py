"""Midday: a call at 11185, a complaint and two claims for money, each in one request."""

import asyncio
import time

from contracts.values import check_digit_mod_11_10
from deploy.story.calling import Json
from deploy.story.day import DESK, SECONDS_PATIENT, Day, articles, expect, moment
from deploy.story.figures import tells

RECEIVED = "service-desk.complaint.received.v1"
FILED = "service-desk.compensation.filed.v1"
LIMIT, ABOVE_LIMIT = "5000.00", "5000.01"
MAIL_NO = "EA123456785CN"


async def call(day: Day) -> None:
    """Who is it? The phone says."""
    cast, tell = day.cast, day.tell
    phone = cast.raced.phone
    written = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    tell.chapter("中午:11185 来电", "Midday: a call comes in at 11185")
    found = await _look_up(day, written)
    card = found["cards"][0]["customer"] if found["cards"] else {}
    tell.need(
        found["match"] == "one" and card.get("code") == day.records["code"],
        f"{cast.agent}先按来电号码 {written} 查到{card.get('name')}",
        "the agent finds the customer by the phone first, however it is written",
        found,
    )


async def _look_up(day: Day, written: str) -> Json:
    """The desk hears of a registration by an event: it takes a moment."""
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        reply = await day.cast.agent.get(f"{DESK}/callers?phone={written.replace(' ', '%20')}")
        found = expect(reply, 200, "callers")
        known = [card for card in found["cards"] if card["customer"]["code"] == day.records["code"]]
        if known or time.monotonic() > end:
            return found
        await asyncio.sleep(0.2)


async def complain(day: Day) -> None:
    """The complaint, whole in one request."""
    cast, tell = day.cast, day.tell
    body = {
        "channel": "hotline",
        "caller": {"phone": cast.raced.phone, "name": "来电人"},
        "category": "delay",
        "content": "邮件迟了三天,电话无人回应。",
        "mail_no": MAIL_NO,
    }
    received = expect(await cast.agent.post(f"{DESK}/complaints", body), 201, "complaint")
    number, clocks = received["case_no"], {one["kind"]: one for one in received["deadlines"]}
    tell.need(
        len(number) == 15 and check_digit_mod_11_10(number[:-1]) == number[-1],
        f"投诉一次受理,编号 {number},校验位正确",
        f"the complaint is on record in one request, number {number}",
        received,
    )
    tell.claim(
        received["first_responder"]["org_id"] == cast.officer.org_id
        and ("hubei", "30(1)") in articles(received["because"]),
        f"首问责任单位:{received['first_responder']['name']}(第30条)",
        "the first responder is the city's center (art. 30)",
        received["first_responder"],
    )
    answer_by = moment(clocks["complaint-answer"]["due_on"] + "T00:00:00+08:00")
    tell.claim(
        f"{answer_by.month}月{answer_by.day}日24时" in received["promised"]["zh"],
        received["promised"]["zh"],
        received["promised"]["en"],
        received["promised"],
    )
    await _recorded(day, received)
    day.records["complaint"] = received


async def _recorded(day: Day, received: Json) -> None:
    """The complaint as the center sees it, and as the bus told it."""
    cast, tell = day.cast, day.tell
    shown = expect(await cast.officer.get(f"{DESK}/complaints/{received['case_no']}"), 200, "complaint")
    tell.claim(
        shown["state"] == "recorded" and shown["customer"]["code"] == day.records["code"],
        "市中心看到同一投诉,已关联客户",
        "the center sees it, tied to the customer",
        shown,
    )
    events = await day.told(RECEIVED, f"complaint:{received['id']}")
    told = str(events[0].data) if events else ""
    tell.claim(
        len(events) == 1 and cast.raced.phone not in told and "来电人" not in told and "电话无人" not in told,
        "总线上恰有一个“投诉受理”事件,不含电话、姓名和内容",
        "the bus carries one complaint.received, without phone, name or text",
        events,
    )


async def claim_money(day: Day) -> None:
    """Up to 5,000 yuan the city decides, one fen more and the province does."""
    cast, tell = day.cast, day.tell
    for amount, above in ((LIMIT, False), (ABOVE_LIMIT, True)):
        body = {
            "channel": "hotline",
            "caller": {"customer_code": day.records["code"]},
            "cause": "delay",
            "mail_no": MAIL_NO,
            "amount_claimed": amount,
            "complaint": day.records["complaint"]["case_no"],
        }
        filed = expect(await cast.agent.post(f"{DESK}/compensations", body), 201, "compensation")
        kinds = {one["kind"] for one in filed["deadlines"]}
        zh = f"索赔 {amount} 元:" + ("超过限额,3日内报省" if above else "市局限额以内")
        en = f"a claim for {amount} yuan " + ("goes to the province" if above else "stays with the city")
        tell.claim(filed["above_limit"] is above and ("compensation-report" in kinds) is above, zh, en, filed)
        events = await day.told(FILED, f"compensation:{filed['id']}")
        tell.claim(
            len(events) == 1 and events[0].data["above_limit"] is above and not tells(events[0].data, amount),
            "事件说明是否超限,不带金额",
            "its event says whether it is above, and never how much",
            events,
        )
        listed = expect(
            await cast.officer.get(f"{DESK}/compensations/{filed['case_no']}"), 200, "compensation"
        )
        tell.claim(listed["state"] == "filed", "索赔已立案", "it is filed", listed["state"])
