"""What an official notice says of every day of its year."""

from collections.abc import Sequence

from contracts.refusals import InvalidValue
from registry.model.calendars import ListedDay
from regulations.calendars import OFFICIAL, AnnouncedYear


def announced(year: int, source: str, days: Sequence[ListedDay]) -> AnnouncedYear:
    """Give the year as announced; days that the notice does not name follow their weekday."""
    seen = set()
    for number, listed in enumerate(days):
        at = f"/days/{number}/day"
        if listed.day.year != year:
            raise InvalidValue(f"{listed.day} 不在 {year} 年", f"{listed.day} is not of {year}", pointer=at)
        if listed.day in seen:
            raise InvalidValue(f"{listed.day} 列了两次", f"{listed.day} stands twice", pointer=at)
        seen.add(listed.day)
    return AnnouncedYear(
        year=year,
        status=OFFICIAL,
        source=source,
        rest={listed.day: listed.note for listed in days if not listed.workday},
        worked={listed.day: listed.note for listed in days if listed.workday},
    )
