"""platform: warned at 30, 60 and 90 days overdue; hubei art. 25: stopped where not settled in time."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from pricing.model.accounts import Account, CreditState, overdue_days
from pricing.policies.credit import CreditRules, moves, next_mark
from regulations.topics.tariffs import Credit, CreditStop
from support.law import provision

RULES = CreditRules(provision(Credit), provision(CreditStop))
DUE_ON = date(2026, 1, 31)


def account(state: CreditState = CreditState.NORMAL, mark: int = 0) -> Account:
    return Account(uuid4(), "420106-T01", "CN", None, None, 0, state, mark, 0)


def after(days: int, at: Account, due_on: date | None = DUE_ON) -> list[tuple[str, int]]:
    found = moves(at, due_on, DUE_ON + timedelta(days=days), RULES)
    return [(move.state.value, move.mark) for move in found]


@pytest.mark.parametrize(("days", "age"), [(-1, 0), (0, 0), (1, 1), (30, 30)])
def test_a_bill_is_overdue_from_the_day_after_its_last_day(days: int, age: int) -> None:
    assert overdue_days(DUE_ON, DUE_ON + timedelta(days=days)) == age


@pytest.mark.parametrize(
    ("days", "mark", "expected"),
    [
        (0, 0, []),
        (29, 0, []),
        (30, 0, [("warned", 30)]),
        (59, 30, []),
        (60, 30, [("warned", 60)]),
        (89, 60, []),
        (90, 60, [("warned", 90), ("stopped", 90)]),
    ],
)
def test_each_bound_warns_as_its_day_begins_and_the_last_stops(
    days: int, mark: int, expected: list[tuple[str, int]]
) -> None:
    state = CreditState.WARNED if mark else CreditState.NORMAL
    assert after(days, account(state, mark)) == expected


def test_what_is_warned_is_normal_again_when_the_oldest_bill_is_young() -> None:
    assert after(29, account(CreditState.WARNED, 60)) == [("normal", 0)]
    assert after(0, account(CreditState.WARNED, 60), None) == [("normal", 0)]


def test_what_is_stopped_comes_back_only_when_nothing_is_overdue_any_more() -> None:
    stopped = account(CreditState.STOPPED, 90)
    assert after(1, stopped) == []
    assert after(0, stopped) == [("normal", 0)]
    assert after(200, stopped) == []


def test_the_next_bound_is_the_nearest_not_reached() -> None:
    assert [next_mark(RULES, days) for days in (0, 29, 30, 89, 90)] == [30, 30, 60, 90, None]


def test_stopping_and_restoring_cite_the_article() -> None:
    [_, stopped] = moves(account(), DUE_ON, DUE_ON + timedelta(days=90), RULES)
    assert [reason.article for reason in stopped.because.reasons] == ["平台约定", "25"]
