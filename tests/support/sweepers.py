"""Sweepers that run beside a test, and the deadlines they come by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from chassis.database import Connection
from chassis.deadlines import Deadline, plan
from chassis.directory import Snapshot
from chassis.doorbell import Doorbell
from chassis.settings import Settings
from chassis.sweeper import Reaction, Sweeper
from support.backbone import eventually, in_background, opened
from support.terms import MovableClock, a_term

# When a deadline of two days that began on FRIDAY is due.
DUE = datetime.fromisoformat("2026-11-23T00:00:00+08:00")


@asynccontextmanager
async def sweeping(
    settings: Settings, clock: MovableClock, count: int = 1, reactions: dict[str, Reaction] | None = None
) -> AsyncIterator[None]:
    """Let sweepers of one service run meanwhile."""
    async with opened(settings) as database:
        made = [Sweeper(settings, database, clock.clock, Doorbell(), reactions or {}) for _ in range(count)]
        async with in_background(*(one.run() for one in made)):
            yield


async def until_nothing_is_due(root: Connection, clock: MovableClock, seconds: float = 120.0) -> None:
    """Wait until every step has fired that is due by this clock."""

    async def quiet() -> bool:
        due = "SELECT count(*) FROM deadline WHERE next_at <= $1"
        return not await root.fetchval(due, clock.clock.now())

    await eventually(quiet, "nothing is due", seconds)


def ends(snapshot: Snapshot, kind: str = "claim-end") -> Deadline:
    """Plan a deadline that warns of nothing before it ends."""
    return plan(a_term(kind=kind), snapshot, warn_at=[])
