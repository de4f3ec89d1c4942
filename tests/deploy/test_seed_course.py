"""The loader stops where the work of the months has its days, and never ahead of now."""

from datetime import date, datetime

import pytest

from deploy.seed.course import SHANGHAI, Stop, from_offset, stops
from deploy.seed.irregularities import Irregularities
from deploy.seed.months import day_in, shifted, span, whole_years

CITIES = tuple(f"42{number:02d}00" for number in range(1, 18))


def course(last: str, now: str, months: int = 24) -> list[Stop]:
    covered = span(last, months)
    wrong = Irregularities("a seed", CITIES, covered)
    return stops(covered, wrong, datetime.fromisoformat(now).replace(tzinfo=SHANGHAI))


def test_every_month_is_filed_once_and_the_last_stop_is_real_time() -> None:
    made = course("2026-10", "2026-11-22T07:00")
    assert [offset for stop in made for offset in stop.files] == list(range(24))
    assert [stop.at is None for stop in made] == [False] * (len(made) - 1) + [True]
    assert [stop.last for stop in made] == [stop.at is None for stop in made]


def test_a_month_is_filed_on_the_3rd_of_the_next() -> None:
    at = {offset: stop.at for stop in course("2026-10", "2026-11-22T07:00") for offset in stop.files}
    assert at[0] == datetime(2024, 12, 3, 10, tzinfo=SHANGHAI)
    assert at[23] == datetime(2026, 11, 3, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("now", "in_real_time"), [("2026-11-03T10:00", True), ("2026-11-03T10:01", False)])
def test_what_would_lie_ahead_of_now_is_done_in_real_time(now: str, in_real_time: bool) -> None:
    last = course("2026-10", now)[-1]
    assert (23 in last.files) is in_real_time
    assert all(
        stop.at < datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
        for stop in course("2026-10", now)[:-1]
        if stop.at
    )


@pytest.mark.parametrize(
    ("last", "now", "reviewed"),
    [
        ("2026-10", "2026-11-22T07:00", [2025]),
        ("2026-12", "2027-01-10T07:00", [2025, 2026]),
        ("2026-11", "2026-12-10T07:00", [2025]),
    ],
)
def test_a_year_is_reviewed_in_the_january_after_when_all_of_it_is_there(
    last: str, now: str, reviewed: list[int]
) -> None:
    made = course(last, now)
    assert [year for stop in made for year in stop.reviews] == reviewed
    first = next(stop for stop in made if stop.reviews)
    assert first.at == datetime(reviewed[0] + 1, 1, 20, 10, tzinfo=SHANGHAI)


def test_a_course_taken_up_again_begins_where_its_month_is_filed() -> None:
    made = course("2026-10", "2026-11-22T07:00")
    assert from_offset(made, 0) == made
    taken_up = from_offset(made, 7)
    assert taken_up[0].files == [7]
    assert taken_up == made[made.index(taken_up[0]) :]


def test_months_are_counted_across_years_and_days_stay_inside_them() -> None:
    assert shifted("2026-11", 2) == "2027-01"
    assert shifted("2026-01", -1) == "2025-12"
    assert day_in("2026-02", 31) == date(2026, 2, 28)
    assert whole_years(span("2026-12", 24)) == (2025, 2026)
    assert whole_years(span("2026-11", 24)) == (2025,)
