"""Days and instants as sentences give them: by the clock of Shanghai, in Chinese and English."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@lru_cache
def day_zh(day: date) -> str:
    """Give 3月2日."""
    return f"{day.month}月{day.day}日"


@lru_cache
def day_en(day: date) -> str:
    """Give 2 March 2026, whatever the locale of the process."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def instant_zh(instant: datetime) -> str:
    """Give 3月2日8时, with minutes and seconds where there are any."""
    local = instant.astimezone(SHANGHAI)
    minutes = f"{local.minute}分" if local.minute or local.second else ""
    seconds = f"{local.second}秒" if local.second else ""
    return f"{day_zh(local.date())}{local.hour}时{minutes}{seconds}"


def instant_en(instant: datetime) -> str:
    """Give 08:00 on 2 March 2026, with seconds where there are any."""
    local = instant.astimezone(SHANGHAI)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{clock} on {day_en(local.date())}"
