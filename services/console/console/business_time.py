"""What may be asked of the development clock: set, advance by an ISO 8601 duration, or real time again."""

import re
from calendar import month_abbr, monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.refusals import InvalidValue

DURATION = re.compile(
    r"P(?!$)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?!$)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,10}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
MONTHS_A_YEAR = len(month_abbr) - 1  # the list begins with an empty name


@dataclass(frozen=True, slots=True)
class Duration:
    """A span as ISO 8601 writes it: whole months by the calendar, the rest as elapsed time."""

    months: int
    elapsed: timedelta

    def after(self, moment: datetime) -> datetime:
        """Give the moment that lies this span later; the 31st becomes a shorter month's last day."""
        return _months_later(moment, self.months) + self.elapsed


def read_duration(text: str) -> Duration:
    """Read `P2D`, `PT1H30M`, `P1Y2M`; raises InvalidValue for anything else, signs and zero included."""
    found = DURATION.fullmatch(text)
    if found is None or not found.group():
        raise _malformed(text)
    number = {unit: value or "0" for unit, value in found.groupdict().items()}
    span = Duration(
        months=int(number["years"]) * MONTHS_A_YEAR + int(number["months"]),
        elapsed=timedelta(
            weeks=int(number["weeks"]),
            days=int(number["days"]),
            hours=int(number["hours"]),
            minutes=int(number["minutes"]),
            seconds=float(number["seconds"]),
        ),
    )
    if not span.months and not span.elapsed:
        raise _malformed(text)
    return span


def read_moment(text: str) -> datetime:
    """Read an RFC 3339 moment; one without an offset is refused, since it would be a guess."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _not_a_moment(text) from error
    if moment.tzinfo is None:
        raise _not_a_moment(text)
    return moment


def _months_later(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, MONTHS_A_YEAR)
    year = moment.year + years
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _malformed(text: str) -> InvalidValue:
    return InvalidValue(
        f"“{text}”不是可以前进的时长,请写 ISO 8601 的正时长,例如 P2D、PT30M",
        f"“{text}” is no duration to advance by; write a positive ISO 8601 duration such as P2D or PT30M",
        pointer="/advance",
    )


def _not_a_moment(text: str) -> InvalidValue:
    return InvalidValue(
        f"“{text}”不是带时区的时刻,请写例如 2026-03-01T09:00:00+08:00",
        f"“{text}” is no moment with an offset; write for example 2026-03-01T09:00:00+08:00",
        pointer="/set",
    )
