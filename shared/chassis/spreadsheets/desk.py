"""Reads and writes workbooks beside the event loop, a few at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from chassis.settings import Settings
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import Workbook, read_workbook


class Workbooks:
    """The desk of a process; at most `workbook_parsers` workbooks are in work at once."""

    def __init__(self, settings: Settings) -> None:
        self._limits = Limits.of(settings)
        self._turns = asyncio.Semaphore(settings.workbook_parsers)

    async def read(self, content: bytes, *, most_sheets: int | None = None) -> Workbook:
        """Read a workbook in a thread; raises WorkbookRefused."""
        limits = self._limits if most_sheets is None else replace(self._limits, most_sheets=most_sheets)
        async with self._turns:
            return await asyncio.to_thread(read_workbook, content, limits)

    async def write(self, draw: Callable[[], bytes]) -> bytes:
        """Draw a workbook in a thread."""
        async with self._turns:
            return await asyncio.to_thread(draw)
