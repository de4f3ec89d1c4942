"""What the development clock takes, at its boundaries."""

from datetime import datetime, timedelta

import pytest

from chassis.clock import SHANGHAI
from console.business_time import read_duration, read_moment
from contracts.refusals import InvalidValue

NOON = datetime(2026, 1, 31, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("P2D", timedelta(days=2)),
        ("PT1S", timedelta(seconds=1)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT12H", timedelta(days=1, hours=12)),
        ("P1W", timedelta(weeks=1)),
        ("P365D", timedelta(days=365)),
    ],
)
def test_a_duration_without_months_is_elapsed_time(text: str, later: timedelta) -> None:
    assert read_duration(text).after(NOON) - NOON == later


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ((2026, 1, 31), "P1M", (2026, 2, 28)),
        ((2028, 1, 31), "P1M", (2028, 2, 29)),
        ((2028, 2, 29), "P1Y", (2029, 2, 28)),
        ((2026, 12, 15), "P1M", (2027, 1, 15)),
        ((2026, 11, 30), "P1Y3M", (2028, 2, 29)),
        ((2026, 1, 31), "P1M1D", (2026, 3, 1)),
    ],
)
def test_months_go_by_the_calendar_and_end_on_the_last_day_of_a_shorter_month(
    start: tuple[int, int, int], text: str, end: tuple[int, int, int]
) -> None:
    assert read_duration(text).after(datetime(*start, 9, tzinfo=SHANGHAI)) == datetime(
        *end, 9, tzinfo=SHANGHAI
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1DT", "2D", "P2", "p2d", " P2D", "P2D ", "P-2D", "-P2D", "+P2D", "P1.5D", "PT1H2"),
        *("P2D2D", "P0D", "PT0S", "P1D1M", "PT1S1M", "P1S", "PT1D", "P２D", "P99999999D", "P1W2"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_duration(text)
    assert refused.value.pointer == "/advance"


def test_a_moment_keeps_its_offset() -> None:
    assert read_moment("2026-03-01T09:00:00+08:00") == read_moment("2026-03-01T01:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-03-01",
        "2026-03-01T09:00:00",
        "2026-02-29T00:00:00+08:00",
        "2026-03-01T25:00:00+08:00",
    ],
)
def test_a_moment_without_offset_or_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_moment(text)
    assert refused.value.pointer == "/set"
