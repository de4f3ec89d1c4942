"""Official calendars: the notice as it was listed, and every day of its year as all services count it."""

from chassis.directory_consumer import CALENDAR_DAY, day_rows
from chassis.recounting import recount
from chassis.transaction import Transaction
from contracts.law import CalendarImported, DayFact
from registry.model.calendars import CalendarNotice
from registry.repository.rows import insert
from registry.tables.rules import notice_row
from registry.tables.shapes import to_json
from regulations.calendars import AnnouncedYear


class CalendarRows:
    """Imported calendars; a calendar is everybody's, so its events are the root's."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def next_version(self, year: int) -> int:
        """Give which import of the year the next one is; nobody else imports it until the commit."""
        await self._tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('calendar ' || $1, 0))", str(year)
        )
        known: int = await self._tx.fetchval(
            "SELECT COALESCE(max(version), 0) FROM calendar_import WHERE year = $1", year
        )
        return known + 1

    async def add(self, notice: CalendarNotice, announced: AnnouncedYear) -> None:
        """Write a notice and every day of its year, and tell them; open deadlines are counted anew."""
        days = [
            DayFact(day=day, workday=status.workday, provisional=status.provisional, note=status.note)
            for day, status in announced.days()
        ]
        told = CalendarImported(year=notice.year, source=notice.source, days=days)
        root = self._tx.caller.orgpath.partition(".")[0]
        event = self._tx.event(
            told, aggregate=f"calendar:{notice.year}", version=notice.version, subject=root, orgpath=root
        )
        await insert(self._tx, "calendar_import", notice_row(notice), [event])
        await self._tx.execute(CALENDAR_DAY, to_json(day_rows(told, notice.version)))
        await recount(self._tx, {"calendar": [notice.year]})
        self._tx.wakes_directory = True
