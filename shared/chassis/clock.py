"""Business time. The only module that reads the wall clock for anything that the regulations count."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOK_EVERY_SECONDS = 0.2


@dataclass(frozen=True)
class ClockSetting:
    """How far business time is from real time; every change of it has a higher revision."""

    offset: timedelta = timedelta(0)
    revision: int = 0


class Clock:
    """Business time: real time, moved by the setting in a file where development has one."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._setting = ClockSetting()
        self._looked_at = float("-inf")

    def now(self) -> datetime:
        """Give the business time, in Asia/Shanghai."""
        return datetime.now(UTC).astimezone(SHANGHAI) + self.setting().offset

    def today(self) -> date:
        """Give the business date in Asia/Shanghai."""
        return self.now().date()

    def setting(self) -> ClockSetting:
        """Give the setting in force, looking at the file at most five times a second.

        A file that cannot be read changes nothing: every process reports the revision that it goes by.
        """
        if self._file is not None and monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
            with suppress(OSError, ValueError, KeyError, TypeError):
                self._setting = read_setting(self._file)
            self._looked_at = monotonic()
        return self._setting


def read_setting(file: Path) -> ClockSetting:
    """Read a clock file; a missing one means real time. Raises ValueError, KeyError or TypeError for what is none."""
    try:
        content = json.loads(file.read_text())
    except FileNotFoundError:
        return ClockSetting()
    return ClockSetting(timedelta(seconds=content["offset_seconds"]), content["revision"])


def technical_now() -> datetime:
    """Give real time, for tokens, leases, retention and log lines; never for what the regulations count."""
    return datetime.now(UTC)
