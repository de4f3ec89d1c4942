"""Moves the development clock: one file that every process of the instance looks at, and a look whether all follow."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.clock import SHANGHAI, ClockSetting, read_setting, technical_now
from console.gateway import Gateway
from console.model import ClockNotFollowed, ServiceUnavailable
from console.settings import ConsoleSettings
from contracts.refusals import InvalidValue

Moved = Callable[[datetime], datetime]


@dataclass(frozen=True, slots=True)
class ClockState:
    """Business time as the file has it; `offset` in seconds from real time."""

    now: datetime
    offset: float
    revision: int


class ClockControl:
    """Writes the clock's file, one change at a time."""

    def __init__(self, settings: ConsoleSettings, file: Path, gateway: Gateway) -> None:
        self._settings = settings
        self._file = file
        self._gateway = gateway
        self._turn = asyncio.Lock()

    def state(self) -> ClockState:
        """Give business time as it now is."""
        setting = read_setting(self._file)
        return ClockState(_real_now() + setting.offset, setting.offset.total_seconds(), setting.revision)

    async def move(self, moved: Moved | None) -> ClockState:
        """Set business time to what `moved` makes of it, or to real time; answers when every service follows."""
        async with self._turn:
            before = read_setting(self._file)
            real = _real_now()
            offset = timedelta(0) if moved is None else self._moment(moved, real + before.offset) - real
            setting = ClockSetting(offset, before.revision + 1)
            await asyncio.to_thread(write_setting, self._file, setting)
            late = await self._wait_for(setting.revision)
        if late:
            names = ", ".join(late)
            raise ClockNotFollowed(
                f"时钟已写入(修订 {setting.revision}),但这些服务尚未跟随:{names}",
                f"The clock is set (revision {setting.revision}), but these services do not follow yet: {names}",
                extra={"services": late, "revision": setting.revision},
            )
        return self.state()

    def _moment(self, moved: Moved, now: datetime) -> datetime:
        try:
            moment = moved(now)
            inside = self._settings.clock_earliest_year <= moment.astimezone(SHANGHAI).year
        except (ValueError, OverflowError) as error:
            raise self._outside() from error
        if not inside or moment.astimezone(SHANGHAI).year > self._settings.clock_latest_year:
            raise self._outside()
        return moment

    def _outside(self) -> InvalidValue:
        years = f"{self._settings.clock_earliest_year}–{self._settings.clock_latest_year}"
        return InvalidValue(f"时钟只能在 {years} 年之间", f"The clock stays within the years {years}")

    async def _wait_for(self, revision: int) -> list[str]:
        """Give the services that have not reported the revision when patience ends."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.clock_patience
        waiting = sorted(self._gateway.services)
        while waiting and loop.time() < end:
            reported = await asyncio.gather(*(self._revision_of(name) for name in waiting))
            waiting = [name for name, seen in zip(waiting, reported, strict=True) if seen < revision]
            if waiting:
                await asyncio.sleep(self._settings.clock_look)
        return waiting

    async def _revision_of(self, service: str) -> int:
        try:
            answer = await self._gateway.ask(service, "/healthz", self._settings.health_patience)
            health: dict[str, Any] = answer.json()
            return int(health.get("clock_revision", -1))
        except (ServiceUnavailable, ValueError):
            return -1


def write_setting(file: Path, setting: ClockSetting) -> None:
    """Write the clock's file whole or not at all: a reader never sees half of it."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    text = json.dumps({"offset_seconds": setting.offset.total_seconds(), "revision": setting.revision})
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def _real_now() -> datetime:
    return technical_now().astimezone(SHANGHAI)
