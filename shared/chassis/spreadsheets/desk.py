"""Reads and writes workbooks beside the event loop, a few at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from chassis.settings import Settings
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import Workbook, read_workbook

Read = TypeVar("Read")


class Workbooks:
    """The desk of a process; at most `workbook_parsers` workbooks are in work at once."""

    def __init__(self, settings: Settings) -> None:
        self._limits = Limits.of(settings)
        self._turns = asyncio.Semaphore(settings.workbook_parsers)

    async def read(self, content: bytes, *, most_sheets: int | None = None) -> Workbook:
        """Read a workbook in a thread; raises WorkbookRefused."""
        return await self.read_into(content, lambda workbook: workbook, most_sheets=most_sheets)

    async def read_into(
        self, content: bytes, into: Callable[[Workbook], Read], *, most_sheets: int | None = None
    ) -> Read:
        """Read a workbook and make something of it in the same thread; for long tables."""
        limits = self._limits if most_sheets is None else replace(self._limits, most_sheets=most_sheets)

        def work() -> Read:
            return into(read_workbook(content, limits))

        async with self._turns:
            return await asyncio.to_thread(work)

    async def write(self, draw: Callable[[], bytes]) -> bytes:
        """Draw a workbook in a thread."""
        async with self._turns:
            return await asyncio.to_thread(draw)
