"""Running numbers of cases, taken from the database a block at a time."""

import asyncio
from datetime import date

from chassis.database import Pool


class Numbers:
    """A process's share of the running numbers; what a stopped process had left is a gap."""

    def __init__(self, pool: Pool, block: int) -> None:
        self._pool = pool
        self._block = block
        self._lock = asyncio.Lock()
        self._next = self._end = 0

    async def next(self, day: date) -> int:
        """Give the next number; it does not start anew with the day, for the day is part of the case number."""
        while self._next >= self._end:
            async with self._lock:
                if self._next >= self._end:
                    await self._take()
        number = self._next
        self._next += 1
        return number

    async def _take(self) -> None:
        block: int = await self._pool.fetchval("SELECT nextval('case_block')")
        self._next, self._end = block * self._block, (block + 1) * self._block
