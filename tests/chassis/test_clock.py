"""The business clock: real time where nothing is said, moved by the file, running on from there."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chassis.clock import SHANGHAI, Clock, ClockSetting, read_setting, technical_now
from support.terms import MovableClock

SECOND = timedelta(seconds=1)


def test_without_a_file_it_is_real_time_in_shanghai(tmp_path: Path) -> None:
    for clock in (Clock(), Clock(tmp_path / "missing.json")):
        assert abs(clock.now() - technical_now()) < SECOND
        assert clock.now().utcoffset() == timedelta(hours=8)
        assert clock.setting() == ClockSetting()


def test_the_file_moves_it_both_ways_and_it_runs_on(tmp_path: Path) -> None:
    movable = MovableClock(tmp_path)
    for year in (2030, 2009):
        at = datetime(year, 2, 28, 23, 59, 57, tzinfo=SHANGHAI)
        movable.set(at)
        assert movable.clock.today() == at.date()
        time.sleep(3.1)
        assert at + 3 * SECOND < movable.clock.now() < at + 60 * SECOND
        assert movable.clock.today() == (at + 3 * SECOND).date()


def test_a_change_is_seen_within_a_fifth_of_a_second(tmp_path: Path) -> None:
    movable = MovableClock(tmp_path)
    assert movable.clock.setting().revision == 0
    file = tmp_path / "clock.json"
    file.write_text('{"offset_seconds": 86400, "revision": 7}')
    time.sleep(0.21)
    assert movable.clock.setting() == ClockSetting(timedelta(days=1), 7)
    file.unlink()
    time.sleep(0.21)
    assert movable.clock.setting() == ClockSetting()


@pytest.mark.parametrize(
    "content", ["", "{", '{"offset_seconds": 1}', "[]", '{"offset_seconds": "x", "revision": 1}']
)
def test_a_file_that_cannot_be_read_leaves_the_clock_as_it_was(tmp_path: Path, content: str) -> None:
    movable = MovableClock(tmp_path)
    movable.set(datetime(2030, 1, 1, tzinfo=SHANGHAI))
    assert movable.clock.today().year == 2030
    (tmp_path / "clock.json").write_text(content)
    movable.clock._looked_at = float("-inf")
    assert movable.clock.today().year == 2030
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_setting(tmp_path / "clock.json")
