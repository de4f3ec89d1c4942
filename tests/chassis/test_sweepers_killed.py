"""Two sweeper processes killed with SIGKILL again and again: each step is fired, entered and told exactly once."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from chassis.database import Connection, Database
from chassis.deadlines import Deadline, plan
from support.backbone import eventually, superuser
from support.instance import FreshDatabase
from support.ledgers import contradictions
from support.terms import FRIDAY, MovableClock, a_term, law, start, steps_of, told

HOW_MANY = 3_000
DEATHS = 8
DUE = "SELECT count(*) FROM deadline WHERE next_at <= $1"
FIRED = "SELECT count(*) FROM deadline_ledger"
ENTERED = (
    "SELECT deadline_id, array_agg(what ORDER BY seq) AS steps FROM deadline_ledger GROUP BY deadline_id"
)


@asynccontextmanager
async def a_process(fresh: FreshDatabase, clock_file: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a sweeper process for a while; at the end it is killed."""
    environment = {
        **os.environ,
        **fresh.environment,
        "KEYPOST_SERVICE": "tiering",
        "KEYPOST_CLOCK_FILE": str(clock_file),
        "KEYPOST_DEADLINE_BATCH": "50",
        "KEYPOST_DEADLINE_IDLE_SECONDS": "0.05",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path]),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "support.sweeping", env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_each_step_is_fired_entered_and_told_once_whoever_is_killed(
    fresh: FreshDatabase, pools: Database, tmp_path: Path
) -> None:
    clock, chance = MovableClock(tmp_path), random.Random(11)
    clock.set(FRIDAY)
    async with superuser(fresh) as root:
        await root.execute("TRUNCATE deadline, deadline_ledger, outbox")
        snapshot = await law(pools)
        planned = [plan(a_term(), snapshot) for _ in range(HOW_MANY)]
        for first in range(0, HOW_MANY, 500):
            await start(pools, *planned[first : first + 500])
        clock.set(FRIDAY + timedelta(days=10))
        interrupted = 0
        for _ in range(DEATHS):
            before = await root.fetchval(FIRED)
            async with (
                a_process(fresh, tmp_path / "clock.json") as one,
                a_process(fresh, tmp_path / "clock.json"),
            ):
                await eventually(lambda seen=before: _more(root, seen), "they fire", 120)  # type: ignore[misc]
                await asyncio.sleep(chance.random() * 0.3)
                one.kill()
                await asyncio.sleep(chance.random() * 0.2)
            interrupted += not await _nothing_due(root, clock)
        assert interrupted >= DEATHS // 2, "killed while there was work"
        async with a_process(fresh, tmp_path / "clock.json"):
            await eventually(lambda: _nothing_due(root, clock), "nothing is due", 240)
        await assert_each_once(root, planned)


async def assert_each_once(root: Connection, planned: list[Deadline]) -> None:
    """Compare events, entries and rows with what was planned."""
    assert await told(root, *planned) == {str(one.id): steps_of(one) for one in planned}
    entered = {row["deadline_id"]: row["steps"] for row in await root.fetch(ENTERED)}
    assert entered == {one.id: [step["step"] for step in one.steps] for one in planned}
    assert await contradictions(root) == []


async def _more(root: Connection, before: int) -> bool:
    fired: int = await root.fetchval(FIRED)
    return fired > before or not await root.fetchval(DUE, FRIDAY + timedelta(days=10))


async def _nothing_due(root: Connection, clock: MovableClock) -> bool:
    return not await root.fetchval(DUE, clock.clock.now())
