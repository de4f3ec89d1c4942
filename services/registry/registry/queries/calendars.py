"""The calendar of a year, official or provisional."""

from typing import Any

from chassis.directory import Snapshot
from chassis.transaction import Transaction
from registry.tables.rules import notice_of
from regulations.calendars import OFFICIAL, AnnouncedYear, shipped_years

NEWEST = "SELECT * FROM calendar_import WHERE year = $1 ORDER BY version DESC LIMIT 1"


async def calendar(tx: Transaction, law: Snapshot, year: int) -> dict[str, Any]:
    """Give a year: the days that do not follow their weekday, and the notice that they come from."""
    row = await tx.fetchrow(NEWEST, year)
    notice = notice_of(row) if row else None
    plain = AnnouncedYear(year, OFFICIAL, "", {}, {})
    weekdays = {day: status.workday for day, status in plain.days()}
    days = [(day, law.calendar.status(day)) for day in weekdays]
    provisional = any(status.provisional for _, status in days)
    return {
        "year": year,
        "state": "provisional" if provisional else "official",
        "source": notice.source if notice else shipped_years().get(year),
        "imported_by": notice.imported_by if notice else None,
        "imported_at": notice.imported_at if notice else None,
        "version": notice.version if notice else 0,
        "workdays": sum(status.workday for _, status in days),
        "days": [
            {"day": day, "workday": status.workday, "note": status.note}
            for day, status in days
            if status.workday is not weekdays[day] or (status.note and not status.provisional)
        ],
    }
