"""Quarters, and parts of a year."""

from datetime import date

import pytest

from scoring.model.periods import Quarter, quarters_of, spread_evenly
from scoring.model.refusals import InvalidPeriod


@pytest.mark.parametrize(
    ("name", "first", "last", "months"),
    [
        ("Q1", "2026-01-01", "2026-03-31", ("2026-01", "2026-02", "2026-03")),
        ("Q2", "2026-04-01", "2026-06-30", ("2026-04", "2026-05", "2026-06")),
        ("Q3", "2026-07-01", "2026-09-30", ("2026-07", "2026-08", "2026-09")),
        ("Q4", "2026-10-01", "2026-12-31", ("2026-10", "2026-11", "2026-12")),
    ],
)
def test_a_quarter_has_its_days_and_months(name: str, first: str, last: str, months: tuple[str, ...]) -> None:
    quarter = Quarter(2026, name)
    assert (str(quarter.first), str(quarter.last), quarter.months) == (first, last, months)
    assert quarter.year_before == Quarter(2025, name)


@pytest.mark.parametrize(
    "text", ["", "2026Q0", "2026Q5", "2026q1", "26Q1", "2026-Q1", "0026Q1", "2026Q1 ", "２０２６"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidPeriod):
        quarters_of(text)


def test_a_year_is_its_four_quarters() -> None:
    assert [str(quarter) for quarter in quarters_of("2026")] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]


def test_a_month_is_over_when_the_next_has_begun() -> None:
    quarter = Quarter(2026, "Q1")
    assert quarter.months_over_by(date(2026, 1, 31)) == ()
    assert quarter.months_over_by(date(2026, 2, 1)) == ("2026-01",)
    assert quarter.months_over_by(date(2026, 4, 1)) == quarter.months


@pytest.mark.parametrize(
    ("times", "ends"),
    [
        (0, []),
        (1, ["12-31"]),
        (2, ["06-30", "12-31"]),
        (4, ["03-31", "06-30", "09-30", "12-31"]),
        (5, ["02-28", "04-30", "07-31", "09-30", "12-31"]),
    ],
)
def test_a_yearly_number_is_spread_evenly(times: int, ends: list[str]) -> None:
    parts = list(spread_evenly(2026, times))
    assert [f"{part.last:%m-%d}" for part in parts] == ends
    assert sum(part.needed for part in parts) == times


def test_more_often_than_monthly_is_several_times_a_month() -> None:
    parts = list(spread_evenly(2026, 24))
    assert (len(parts), {part.needed for part in parts}) == (12, {2})
