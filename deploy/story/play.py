"""The whole day, on a running instance."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from deploy.layout import Layout
from deploy.story import declaring, discounting, hotline, lapsing, looking_back, rating, scoring, waiting
from deploy.story.calling import House
from deploy.story.cast import choose
from deploy.story.day import Day
from deploy.story.hearing import Ear
from deploy.story.telling import StoryBroken, Teller
from deploy.story.watching import Watcher


@dataclass(frozen=True)
class Stage:
    """Where the story is played: the console's address and the broker's."""

    base: str
    bootstrap: str

    @classmethod
    def of(cls, layout: Layout) -> "Stage":
        """Give the stage of an instance, on the Kafka that KAFKA_BOOTSTRAP names or with its embedded broker."""
        return cls(layout.url("console"), os.environ.get("KAFKA_BOOTSTRAP") or layout.bootstrap)


CHAPTERS = (
    declaring.race,
    declaring.register,
    declaring.declare_another,
    hotline.call,
    hotline.complain,
    hotline.claim_money,
    rating.rate,
    rating.file_usage,
    discounting.ask,
    scoring.score,
    waiting.let_it_pass,
    waiting.work_it_off,
    discounting.answer_late,
    lapsing.lapse,
    looking_back.look_back,
)


async def play(stage: Stage, seed: str) -> int:
    """Play the day; gives the exit code. Business time goes back to where it was, plus the time the story took."""
    tell = Teller()
    house = House(stage.base)
    ear = Ear(stage.bootstrap)
    try:
        now, offset = await house.clock()
        tell.say(
            f"业务时间 {now:%Y-%m-%d %H:%M};结束后恢复",
            f"business time is {now:%Y-%m-%d %H:%M}; it is put back at the end",
        )
        await ear.open()
        try:
            await _chapters(house, ear, tell, seed)
        finally:
            await _put_back(house, offset)
    except StoryBroken as broken:
        tell.claim(False, "故事中断", "the story broke off", str(broken))
    finally:
        await ear.close()
        await house.close()
    return tell.end()


async def _chapters(house: House, ear: Ear, tell: Teller, seed: str) -> None:
    cast = await choose(house, Random(seed))  # noqa: S311 - names, not secrets
    watcher = Watcher(cast.observer)
    start = await watcher.open()
    day = Day(house, cast, tell, ear, watcher, {"stream_start": start})
    try:
        for chapter in CHAPTERS:
            await chapter(day)
    finally:
        await watcher.close()


async def _put_back(house: House, offset: float) -> None:
    if offset == 0:
        await house.real_clock()
        return
    now, current = await house.clock()
    await house.set_clock(_earlier(now, current - offset))


def _earlier(now: datetime, seconds: float) -> datetime:
    return now - timedelta(seconds=seconds)
