"""The bureau's quarter: eight items, every point of which opens to the events that it rests on."""

import asyncio
import time
from datetime import date

from deploy.story.calling import Json
from deploy.story.day import SECONDS_PATIENT, Day, expect
from deploy.story.hearing import Wanted

SCORING = "/api/scoring/v1"
ITEMS = 8
MONTHS_OF_A_QUARTER = 3
OPENED_AT_MOST = 40


async def score(day: Day) -> None:
    """The city's provisional score of this quarter knows of today, and shows its evidence."""
    tell, city = day.tell, day.cast.officer.org_id
    now, _ = await day.house.clock()
    period = _quarter(now.date())
    tell.chapter(f"市局 {period} 考评", f"The bureau's score of {period}")
    shown, own = await _scored(day, f"{SCORING}/scores/{city}/{period}")
    tell.need(
        len(shown["lines"]) == ITEMS and shown["state"] == "provisional",
        f"八项考评齐全,满分 {shown['assessed']},得 {shown['total']} 分,名次 {shown['rank']}",
        f"all eight items, {shown['total']} of {shown['assessed']} points, rank {shown['rank']}",
        shown,
    )
    tell.claim(
        all(line["because"]["reasons"] for line in shown["lines"]),
        "每一项都引条文",
        "every item cites its article",
        shown["lines"],
    )
    tell.claim(
        bool(own),
        f"今天注册的客户已进入考评:{'、'.join(line['zh'] for line in own)}",
        "the customer registered today is among the evidence: " + ", ".join(line["en"] for line in own),
        [line["item"] for line in shown["lines"]],
    )
    await _opens(day, shown)
    beside = await day.cast.first_team.get(f"{SCORING}/scores/{city}/{period}")
    tell.claim(
        beside.status == 404,
        "班组看不到市局的考评",
        "a team does not see the bureau's score",
        beside.body,
    )


async def _scored(day: Day, path: str) -> tuple[Json, list[Json]]:
    """The score as soon as it knows of today's customer, with the lines whose evidence is of that customer."""
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        shown = expect(await day.cast.province.get(path), 200, "score")
        of_customer = {str(event.id) for event in day.ear.events(_about(day))}
        own = [line for line in shown["lines"] if of_customer & set(line["evidence"])]
        if own or time.monotonic() > end:
            return shown, own
        await asyncio.sleep(0.3)


def _about(day: Day) -> Wanted:
    return lambda event: event.subject == day.records["customer"]


async def _opens(day: Day, shown: Json) -> None:
    """Each evidence id opens to the event as the bus told it."""
    ids = sorted({one for line in shown["lines"] for one in line["evidence"]})
    chosen = ids[:: max(1, len(ids) // OPENED_AT_MOST)]
    opened = {one: await day.cast.province.get(f"{SCORING}/events/{one}") for one in chosen}
    heard = {str(event.id): event for event in day.ear.events(lambda _: True)}
    wrong = [
        (one, reply.status)
        for one, reply in opened.items()
        if reply.status != 200 or (one in heard and reply.body["type"] != heard[one].type)
    ]
    day.tell.claim(
        bool(opened) and not wrong,
        f"{len(ids)} 件证据,抽 {len(opened)} 件逐一打开,与总线所载一致",
        f"of {len(ids)} events of evidence {len(opened)} were opened, each as the bus told it",
        wrong,
    )


def _quarter(day: date) -> str:
    return f"{day.year}Q{(day.month - 1) // MONTHS_OF_A_QUARTER + 1}"
