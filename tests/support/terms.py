"""Deadlines for tests: planned under the platform's law, started, and what was told of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis import deadlines
from chassis.clock import Clock, technical_now
from chassis.database import Connection, Database
from chassis.deadlines import Deadline, Holder, Term
from chassis.directory import Directory, Snapshot
from chassis.ids import uuid7
from chassis.transaction import unscoped
from regulations.calendars import Duration
from support.backbone import moment

FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
TWO_DAYS = Duration(days=2)
MANAGER = Holder("420106-T01", "account-manager", "0199aaaa-0000-7000-8000-000000000001")


def a_term(
    *, kind: str = "complaint-answer", holder: Holder = MANAGER, started_at: datetime = FRIDAY, **changed: Any
) -> Term:
    """Give a term of two days about a complaint of its own."""
    given: dict[str, Any] = {
        "subject": ("complaint", str(uuid7())),
        "org_id": "420106",
        "duration": TWO_DAYS,
        "because": [],
        "customer_id": str(uuid7()),
        **changed,
    }
    return Term(kind=kind, holder=holder, started_at=started_at, **given)


async def law(pools: Database) -> Snapshot:
    """Give what the directory of this database knows."""
    directory = Directory(pools.worker)
    await directory.refresh()
    return directory.current


async def start(pools: Database, *planned: Deadline) -> None:
    """Start deadlines as a consumer would."""
    async with unscoped(pools.worker, moment()) as tx:
        await deadlines.start(tx, planned)


async def told(root: Connection, *planned: Deadline) -> dict[str, list[tuple[int, str]]]:
    """Give (version, step) of every event of these deadlines by deadline, in the order they were written."""
    rows = await root.fetch(
        "SELECT aggregate, version, split_part(type, '.', 3) AS step FROM outbox WHERE aggregate = ANY ($1) ORDER BY seq",
        [f"deadline:{one.id}" for one in planned],
    )
    found: dict[str, list[tuple[int, str]]] = {str(one.id): [] for one in planned}
    for row in rows:
        found[row["aggregate"].partition(":")[2]].append((row["version"], row["step"]))
    return found


def steps_of(planned: Deadline) -> list[tuple[int, str]]:
    """Give what ought to be told of a deadline that nobody settles."""
    return [(number, step["step"]) for number, step in enumerate(planned.steps, 1)]


async def state(root: Connection, planned: Deadline) -> Any:
    """Give the row of a deadline."""
    return await root.fetchrow("SELECT * FROM deadline WHERE id = $1", planned.id)


class MovableClock:
    """A business clock that tests set; it runs on from there."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock.json"
        self._revision = 0
        self.clock = Clock(self._file)

    def set(self, at: datetime) -> None:
        """Set the time, as the console would: one file, replaced."""
        self._revision += 1
        offset = (at - technical_now()).total_seconds()
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps({"offset_seconds": offset, "revision": self._revision}))
        fresh.replace(self._file)
        self.clock._looked_at = float("-inf")


def names(steps: Sequence[tuple[int, str]]) -> list[str]:
    """Give the steps without their versions."""
    return [step for _, step in steps]
