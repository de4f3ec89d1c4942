"""What comes at the same time goes to the database together: one round trip, a few statements and one commit for several.

Each of a group is looked at under its own scope. What goes wrong with one of them takes the group back, and each then
goes alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncpg import Record

from chassis.database import DATABASE_FAILURES, Pool

RECEIVE = "SELECT place, verdict, facts, headers, body, because FROM receive_complaints($1::intake[])"
"""Takes a list of tuples with the fields of the SQL type `intake` in their order; `place` says whose a row is."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    arguments: tuple[object, ...]
    written: "asyncio.Future[Record | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(frozen=True, slots=True)
class Road:
    """How many go together at most, in how many groups at once, and how long in seconds one group waits for another."""

    most: int
    lanes: int
    patience: float


class Together:
    """Takes what comes to the database by one statement: at once while few come, several together while many do.

    While a group is on its way those behind it gather. Another road is taken for a group that is full, or that has waited
    `patience` seconds: the one before may wait for a lock.
    """

    def __init__(self, pool: Pool, statement: str, road: Road) -> None:
        self._pool = pool
        self._statement = statement
        self._road = road
        self._under_way = 0
        self._waiting: list[_Waiting] = []
        self._groups: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def ask(self, arguments: tuple[object, ...]) -> Record | None:
        """Take one; gives the row that is its own."""
        if not self._under_way and not self._waiting:
            return await self._alone(arguments)
        one = _Waiting(arguments)
        self._waiting.append(one)
        self._go_on()
        written = await one.written
        return written or await self._pool.fetchrow(self._statement, [arguments])

    async def _alone(self, arguments: tuple[object, ...]) -> Record | None:
        self._under_way += 1
        try:
            return await self._pool.fetchrow(self._statement, [arguments])
        finally:
            self._under_way -= 1
            self._go_on()

    def _go_on(self) -> None:
        while self._waiting and (not self._under_way or len(self._waiting) >= self._road.most):
            if not self._start():
                break
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._road.patience, self._wait_no_more)

    def _wait_no_more(self) -> None:
        self._timer = None
        if self._waiting:
            self._start()
        self._go_on()

    def _start(self) -> bool:
        """Send a group on its way, where a road is free."""
        if self._under_way >= self._road.lanes:
            return False
        group = [one for one in self._waiting[: self._road.most] if not one.written.done()]
        del self._waiting[: self._road.most]
        self._under_way += 1
        task = asyncio.create_task(self._several(group))
        self._groups.add(task)
        task.add_done_callback(self._groups.discard)
        return True

    async def _several(self, group: Sequence[_Waiting]) -> None:
        rows: dict[int, Record] = {}
        try:
            rows = {row["place"]: row for row in await self._pool.fetch(self._statement, _given(group))}
        except DATABASE_FAILURES:
            # Each alone then, where the one that cannot be done gets its own refusal; keys make the others safe.
            rows = {}
        finally:
            for place, one in enumerate(group, 1):
                if not one.written.done():
                    one.written.set_result(rows.get(place))
            self._under_way -= 1
            self._go_on()


def _given(group: Sequence[_Waiting]) -> list[tuple[object, ...]]:
    return [one.arguments for one in group]
