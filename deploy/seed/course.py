"""The course of the province's months: at which moments of business time the loader stops, and what is done there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from deploy.seed.irregularities import Irregularities
from deploy.seed.months import day_in, shifted, whole_years

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Of a month: registering begins, the usage of the month before is filed, filed too late, the year before is reviewed.
FIRST_DAY, FILING_DAY, LATE_DAY, REVIEW_DAY = 1, 3, 9, 20
HOUR = time(10)


@dataclass
class Stop:
    """What is done at one moment; None is real time. Months by their offset."""

    at: datetime | None
    registers: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    files_late: list[int] = field(default_factory=list)
    reviews: list[int] = field(default_factory=list)
    last: bool = False


def stops(months: tuple[str, ...], wrong: Irregularities, now: datetime) -> list[Stop]:
    """All stops in order; what would lie ahead of now is done at the last, which is in real time."""
    last = Stop(None, last=True)
    ahead: dict[datetime, Stop] = {}

    def stop(month: str, day: int) -> Stop:
        at = datetime.combine(day_in(month, day), HOUR, SHANGHAI)
        return last if at >= now else ahead.setdefault(at, Stop(at))

    stop(months[0], FIRST_DAY).registers.append(0)
    for offset, month in enumerate(months):
        filing = stop(shifted(month, 1), FILING_DAY)
        filing.files.append(offset)
        if offset + 1 < len(months):
            filing.registers.append(offset + 1)
        if any(each.month == month for each in wrong.late):
            stop(shifted(month, 1), LATE_DAY).files_late.append(offset)
    for year, month in _reviews(months):
        stop(month, REVIEW_DAY).reviews.append(year)
    return [*(ahead[at] for at in sorted(ahead)), last]


def from_offset(course: list[Stop], offset: int) -> list[Stop]:
    """The stops from the one on at which this month is filed; all of them for the first."""
    if offset == 0:
        return course
    first = next(number for number, each in enumerate(course) if offset in each.files)
    return course[first:]


def _reviews(months: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The years that can be reviewed, each with the month in which it is, unless that is yet to come."""
    for year in whole_years(months):
        month = f"{year + 1:04d}-01"
        if month <= shifted(months[-1], 1):
            yield year, month
