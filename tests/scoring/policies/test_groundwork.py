"""Files, monthly analysis, visits, symposia, accuracy (hubei art. 35(4)-(6))."""

from datetime import date
from decimal import Decimal

import pytest

from chassis.ids import uuid7
from regulations.topics.care import RegularVisits, Symposia, VisitFrequency
from regulations.topics.deadlines import FrequencySpread
from regulations.topics.registration import FileReporting, VolumeLedger
from scoring.model.facts import Accuracy, Analysed, Duty, Files, Meetings, Visited, Visits
from scoring.model.periods import Quarter
from scoring.model.sheets import Judged
from scoring.policies import accounts, accuracy, groundwork
from support.law import provision
from support.scoring import item, standing

REPORTING = provision(FileReporting)
SPREAD = provision(FrequencySpread)
FREQUENCIES = (provision(VisitFrequency), provision(RegularVisits))
DUTY = Duty("city", ("city",), (1, 2), date(2026, 1, 1), date(2026, 12, 31), 1)
AFTER = date(2027, 1, 1)


def files(customers: int, not_filed: int) -> Judged:
    facts = Files(customers, tuple(uuid7() for _ in range(not_filed)), ())
    return groundwork.files(item("files"), REPORTING, facts).outcome


@pytest.mark.parametrize(("lacking", "points"), [(0, 10), (1, 9), (9, 1), (10, 0), (11, 0)])
def test_each_customer_without_a_file_as_filed_costs_one_point(lacking: int, points: int) -> None:
    assert files(20, lacking).points == points


def test_a_customer_whose_file_is_nowhere_is_counted_once() -> None:
    nowhere = uuid7()
    facts = Files(3, (nowhere,), (nowhere,))
    assert groundwork.files(item("files"), REPORTING, facts).outcome.points == 9


def test_without_customers_files_are_not_assessed() -> None:
    assert not files(0, 0).assessed


@pytest.mark.parametrize(
    ("class_", "with_province", "lacks"),
    [(1, None, True), (2, None, True), (2, date(2026, 1, 1), False), (3, None, False), (4, None, False)],
)
def test_files_of_class_2_and_up_go_to_the_province(
    class_: int, with_province: date | None, lacks: bool
) -> None:
    one = standing(class_=class_, filed_with_province_on=with_province)
    assert bool(accounts.files(REPORTING, [one]).not_with_province) is lacks


def analysed(missing: dict[str, int], *, ever: bool = True, customers: int = 20) -> Judged:
    facts = Analysed(customers, missing, {}, (), ever)
    ledger = provision(VolumeLedger)
    return groundwork.monthly_analysis(item("monthly-analysis"), ledger, facts).outcome


@pytest.mark.parametrize(
    ("missing", "points"),
    [
        ({"2026-01": 0}, 10),
        ({"2026-01": 1}, 8),
        ({"2026-01": 1, "2026-02": 1}, 6),
        ({"2026-01": 4, "2026-02": 1}, 0),
        ({"2026-01": 20}, 0),
    ],
)
def test_each_customer_not_analysed_in_a_month_costs_two_points(missing: dict[str, int], points: int) -> None:
    assert analysed(missing).points == points


def test_a_bureau_that_never_filed_an_analysis_has_no_system() -> None:
    assert analysed({"2026-01": 1}, ever=False).points == 0


def test_before_a_month_is_over_and_without_customers_analysis_is_not_assessed() -> None:
    assert not analysed({}).assessed
    assert not analysed({"2026-01": 0}, customers=0).assessed


def visits(*missing: int, ever: bool = True, owed: int = 9) -> Judged:
    facts = Visits(tuple(Visited(DUTY, owed, one) for one in missing), (), ever)
    return groundwork.visits(item("visits"), SPREAD, FREQUENCIES, facts).outcome


@pytest.mark.parametrize(
    ("missing", "points"), [((0,), 10), ((1,), 7), ((1, 1), 4), ((3,), 1), ((4,), 0), ((9, 9), 0)]
)
def test_each_visit_missed_costs_three_points(missing: tuple[int, ...], points: int) -> None:
    assert visits(*missing).points == points


def test_a_bureau_that_never_visited_anybody_has_no_system() -> None:
    assert visits(1, ever=False).points == 0


def test_visits_that_nobody_is_owed_or_whose_part_runs_on_are_not_assessed() -> None:
    assert not visits().assessed
    assert not visits(0, owed=0).assessed


@pytest.mark.parametrize(
    ("quarter", "owed"),
    [
        ("Q1", []),
        (
            "Q2",
            [("bureau", (3, 4), "2026-01-01", "2026-06-30"), ("bureau", (1, 2), "2026-01-01", "2026-06-30")],
        ),
        ("Q3", []),
        (
            "Q4",
            [
                ("city", (1, 2), "2026-01-01", "2026-12-31"),
                ("bureau", (3, 4), "2026-07-01", "2026-12-31"),
                ("bureau", (1, 2), "2026-07-01", "2026-12-31"),
            ],
        ),
    ],
)
def test_twice_a_year_is_judged_in_june_and_december_and_once_in_december(
    quarter: str, owed: list[tuple[str, tuple[int, ...], str, str]]
) -> None:
    found = groundwork.duties(FREQUENCIES, Quarter(2026, quarter), AFTER)
    assert [(one.by, one.classes, str(one.first), str(one.last)) for one in found] == owed
    assert all(one.needed == 1 for one in found)


def test_a_part_of_the_year_is_not_judged_on_its_last_day() -> None:
    second = Quarter(2026, "Q2")
    assert list(groundwork.duties(FREQUENCIES, second, date(2026, 6, 30))) == []
    assert list(groundwork.duties(FREQUENCIES, second, date(2026, 7, 1))) != []


def symposia(needed: int, held: int, *, ever: bool = True) -> Judged:
    facts = Meetings(needed, max(0, needed - held), held, (), ever)
    return groundwork.symposia(item("symposia"), SPREAD, provision(Symposia), facts).outcome


@pytest.mark.parametrize(("needed", "held", "points"), [(1, 1, 10), (1, 2, 10), (1, 0, 5), (2, 0, 0)])
def test_each_symposium_missing_costs_five_points(needed: int, held: int, points: int) -> None:
    assert symposia(needed, held).points == points


def test_a_bureau_that_never_held_a_symposium_has_no_system() -> None:
    assert symposia(1, 0, ever=False).points == 0


def test_symposia_are_judged_in_june_and_december() -> None:
    due = {
        name: len(groundwork.symposia_due(item("symposia"), Quarter(2026, name), AFTER))
        for name in ("Q1", "Q2", "Q3", "Q4")
    }
    assert due == {"Q1": 0, "Q2": 1, "Q3": 0, "Q4": 1}


def accurate(inaccuracies: int, reports: int = 3) -> Judged:
    facts = Accuracy(reports, inaccuracies, inaccuracies, 2, 1, ())
    return accuracy.data_accuracy(item("data-accuracy"), facts).outcome


@pytest.mark.parametrize(("inaccuracies", "points"), [(0, 20), (1, 15), (3, 5), (4, 0), (5, 0)])
def test_each_inaccuracy_costs_five_points(inaccuracies: int, points: int) -> None:
    assert accurate(inaccuracies).points == Decimal(points)


def test_where_nothing_was_reported_accuracy_is_not_assessed() -> None:
    assert not accurate(0, reports=0).assessed
