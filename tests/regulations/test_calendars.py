from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulations.calendars import (
    DAY,
    SHANGHAI,
    Calendar,
    CalendarNeeded,
    Counting,
    Duration,
    NaiveInstant,
    add_months,
    day_of,
    day_start,
    days_before,
    due,
    fractions,
    shipped_days,
    shipped_years,
)

OFFICIAL = Calendar.shipped()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text if "+" in text else f"{text}+08:00")


def days(count: int) -> Duration:
    return Duration(days=count)


def working(count: int) -> Duration:
    return Duration(days=count, basis="working")


@pytest.mark.parametrize("time_of_day", ["00:00:00", "15:30:00", "23:59:59.999999"])
def test_two_days_from_any_instant_of_20_november_end_when_22_november_ends(time_of_day: str) -> None:
    end = due(at(f"2026-11-20T{time_of_day}"), days(2))
    assert end.due_on == date(2026, 11, 22)
    assert end.due_at == at("2026-11-23T00:00:00")
    assert not end.provisional


def test_the_first_instant_of_the_next_day_starts_a_period_of_that_day() -> None:
    assert due(at("2026-11-21T00:00:00"), days(2)).due_on == date(2026, 11, 23)


def test_the_day_of_an_instant_is_the_one_in_shanghai() -> None:
    assert day_of(at("2026-11-20T15:59:59+00:00")) == date(2026, 11, 20)
    assert day_of(at("2026-11-20T16:00:00+00:00")) == date(2026, 11, 21)
    assert due(at("2026-11-20T16:00:00+00:00"), days(2)).due_on == date(2026, 11, 23)


def test_an_end_is_told_with_the_offset_of_shanghai() -> None:
    assert due(at("2026-11-20T01:00:00+00:00"), days(2)).due_at.isoformat() == "2026-11-23T00:00:00+08:00"


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        ("2026-12-30T12:00:00", 2, date(2027, 1, 1)),
        ("2026-02-27T12:00:00", 2, date(2026, 3, 1)),
        ("2028-02-27T12:00:00", 2, date(2028, 2, 29)),
        ("2028-02-28T12:00:00", 2, date(2028, 3, 1)),
        ("2026-11-20T12:00:00", 0, date(2026, 11, 20)),
    ],
)
def test_days_run_over_the_ends_of_months_and_years(start: str, count: int, last: date) -> None:
    assert due(at(start), days(count)).due_on == last


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-01-15T12:00:00", 1, date(2026, 2, 15)),
        ("2026-01-31T12:00:00", 1, date(2026, 2, 28)),
        ("2028-01-31T12:00:00", 1, date(2028, 2, 29)),
        ("2028-02-29T12:00:00", 12, date(2029, 2, 28)),
        ("2026-08-31T12:00:00", 6, date(2027, 2, 28)),
        ("2026-10-31T12:00:00", 2, date(2026, 12, 31)),
        ("2026-12-01T12:00:00", 1, date(2027, 1, 1)),
    ],
)
def test_months_end_on_the_same_day_number_or_the_months_last(start: str, months: int, last: date) -> None:
    assert due(at(start), Duration(months=months)).due_on == last


def test_working_days_skip_the_spring_festival_and_count_its_make_up_saturdays() -> None:
    friday = at("2026-02-13T10:00:00")
    assert due(friday, working(1), OFFICIAL).due_on == date(2026, 2, 14)
    assert due(friday, working(2), OFFICIAL).due_on == date(2026, 2, 24)
    assert due(friday, working(6), OFFICIAL).due_on == date(2026, 2, 28)
    assert due(friday, working(7), OFFICIAL).due_on == date(2026, 3, 2)


def test_working_days_skip_an_ordinary_weekend() -> None:
    assert due(at("2026-11-20T10:00:00"), working(2), OFFICIAL).due_on == date(2026, 11, 24)


def test_calendar_days_take_no_notice_of_a_festival() -> None:
    assert due(at("2026-02-13T10:00:00"), days(2), OFFICIAL).due_on == date(2026, 2, 15)


def test_an_end_that_rests_on_an_unannounced_day_is_provisional() -> None:
    within = due(at("2026-12-29T10:00:00"), working(2), OFFICIAL)
    beyond = due(at("2026-12-29T10:00:00"), working(3), OFFICIAL)
    assert (within.due_on, within.provisional) == (date(2026, 12, 31), False)
    assert (beyond.due_on, beyond.provisional) == (date(2027, 1, 1), True)


def test_an_end_stays_provisional_when_known_days_follow_the_unknown_one() -> None:
    known = [(day, True, False, "") for day in (date(2031, 11, 19), date(2031, 11, 21))]
    end = due(at("2031-11-18T10:00:00"), working(3), Calendar.of(known))
    assert (end.due_on, end.provisional) == (date(2031, 11, 21), True)


def test_an_unannounced_year_follows_the_weekday_rule() -> None:
    saturday, monday = OFFICIAL.status(date(2031, 11, 22)), OFFICIAL.status(date(2031, 11, 24))
    assert (saturday.workday, saturday.provisional) == (False, True)
    assert (monday.workday, monday.provisional) == (True, True)


def test_working_days_without_a_calendar_are_refused() -> None:
    with pytest.raises(CalendarNeeded):
        due(at("2026-11-20T10:00:00"), working(2))


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        due(datetime(2026, 11, 20, 10), days(2))  # noqa: DTZ001 - the refusal is the point


def test_a_day_of_rest_moves_the_end_only_where_that_is_switched_on() -> None:
    shifted = Counting(rest_day_moves_end=True)
    assert due(at("2026-09-29T10:00:00"), days(2), OFFICIAL).due_on == date(2026, 10, 1)
    assert due(at("2026-09-29T10:00:00"), days(2), OFFICIAL, shifted).due_on == date(2026, 10, 8)
    assert due(at("2026-02-12T10:00:00"), days(2), OFFICIAL, shifted).due_on == date(2026, 2, 14)


def test_closing_time_ends_a_period_only_where_that_is_switched_on() -> None:
    end = due(at("2026-11-20T10:00:00"), days(2), counting=Counting(closes_at=time(17, 30)))
    assert (end.due_at, end.due_on) == (at("2026-11-22T17:30:00"), date(2026, 11, 22))


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 2, "months": 1},
        {},
        {"days": -1},
        {"months": -1},
        {"months": 1, "basis": "working"},
    ],
)
def test_a_duration_is_either_days_or_months_and_not_negative(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"duration|months"):
        Duration(**wrong)  # type: ignore[arg-type]


def test_parts_of_calendar_time_are_exact() -> None:
    start, end = at("2026-11-20T00:00:00"), at("2026-11-25T00:00:00")
    half, most = fractions(start, end, days(4), None, (Fraction(1, 2), Fraction(4, 5)))
    assert (half, most) == (at("2026-11-22T12:00:00"), at("2026-11-24T00:00:00"))


def test_parts_of_working_time_pass_over_the_days_of_rest() -> None:
    start = at("2026-11-20T12:00:00")
    end = due(start, working(2), OFFICIAL).due_at
    half, most = fractions(start, end, working(2), OFFICIAL, (Fraction(1, 2), Fraction(4, 5)))
    assert end == at("2026-11-25T00:00:00")
    assert (half, most) == (at("2026-11-23T18:00:00"), at("2026-11-24T12:00:00"))


def test_parts_of_working_time_begin_with_the_first_working_day_after_a_start_at_rest() -> None:
    start = at("2026-11-21T10:00:00")
    end = due(start, working(2), OFFICIAL).due_at
    assert fractions(start, end, working(2), OFFICIAL, (Fraction(1, 2),)) == (at("2026-11-24T00:00:00"),)


def test_days_before_an_end_are_whole_days() -> None:
    assert days_before(at("2027-02-19T00:00:00"), 14) == at("2027-02-05T00:00:00")


def test_the_shipped_days_agree_with_the_published_holiday_calendar() -> None:
    wrong = [day for day, status in shipped_days() if status.workday != chinese_calendar.is_workday(day)]
    assert wrong == []
    assert list(shipped_years()) == [2024, 2025, 2026]
    assert not any(status.provisional for _, status in shipped_days())


def test_a_calendar_built_from_rows_says_what_the_rows_say() -> None:
    rows = [(day, status.workday, status.provisional, status.note) for day, status in OFFICIAL.items()]
    assert list(Calendar.of(rows).items()) == list(OFFICIAL.items())


instants = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001


@given(instants, st.integers(0, 400))
def test_a_period_in_days_is_longer_than_so_many_days_and_at_most_one_day_longer(
    start: datetime, count: int
) -> None:
    length = due(start, days(count)).due_at - start
    assert timedelta(days=count) < length <= timedelta(days=count + 1)


@given(instants, st.integers(1, 25))
def test_a_period_in_working_days_ends_on_a_working_day_and_holds_exactly_so_many(
    start: datetime, count: int
) -> None:
    end = due(start, working(count), OFFICIAL)
    first = day_of(start)
    between = [first + DAY * step for step in range(1, (end.due_on - first).days + 1)]
    assert OFFICIAL.status(end.due_on).workday
    assert sum(OFFICIAL.status(day).workday for day in between) == count


@given(instants, st.integers(1, 25), st.sampled_from(["calendar", "working"]))
def test_parts_of_a_period_rise_inside_it(start: datetime, count: int, basis: str) -> None:
    duration = Duration(days=count, basis="working" if basis == "working" else "calendar")
    end = due(start, duration, OFFICIAL).due_at
    marks = fractions(start, end, duration, OFFICIAL, (Fraction(1, 2), Fraction(4, 5), Fraction(1)))
    assert start < marks[0] < marks[1] < marks[2] <= end
    if basis == "calendar":
        assert marks[2] == end


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_later_is_in_the_right_month_and_not_past_the_day_number(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)


def test_a_day_starts_at_midnight_in_shanghai() -> None:
    assert day_start(date(2026, 11, 20)) == at("2026-11-19T16:00:00+00:00")
