"""What the age of the oldest open bill does to credit use (hubei art. 25; platform: the days of the warnings)."""

from dataclasses import dataclass
from datetime import date

from pricing.model.accounts import Account, CreditState, overdue_days
from regulations.provisions import Because, Provision
from regulations.topics.tariffs import Credit, CreditStop


@dataclass(frozen=True, slots=True)
class CreditRules:
    """The law of the customer's unit."""

    marks: Provision[Credit]
    stop: Provision[CreditStop]


@dataclass(frozen=True, slots=True)
class CreditMove:
    """A change of credit use: the state after it, the bound reached (0: none), and why."""

    state: CreditState
    mark: int
    because: Because


def mark_reached(rules: CreditRules, days: int) -> int:
    """Give the highest bound that an age has reached, 0 below the first."""
    return max((mark for mark in rules.marks.value.overdue_warnings_days if days >= mark), default=0)


def next_mark(rules: CreditRules, days: int) -> int | None:
    """Give the next bound that an age has not reached, None behind the last."""
    return min((mark for mark in rules.marks.value.overdue_warnings_days if mark > days), default=None)


def moves(account: Account, oldest_due_on: date | None, day: date, rules: CreditRules) -> list[CreditMove]:
    """Give what happens to an account whose oldest open bill is now this one, in order; mostly nothing.

    The last bound is where "not settled in time" stops the credit; what is stopped comes back only when nothing is
    overdue any more.
    """
    days = overdue_days(oldest_due_on, day)
    mark = mark_reached(rules, days)
    last = max(rules.marks.value.overdue_warnings_days, default=0)
    if account.credit_state is CreditState.STOPPED:
        return [] if days > 0 else [_move(rules, CreditState.NORMAL, 0, days)]
    if mark == 0:
        normal = account.credit_state is CreditState.NORMAL
        return [] if normal else [_move(rules, CreditState.NORMAL, 0, days)]
    warned = [_move(rules, CreditState.WARNED, mark, days)] if mark > account.credit_mark else []
    stopped = [_move(rules, CreditState.STOPPED, mark, days)] if mark == last else []
    return [*warned, *stopped]


def _move(rules: CreditRules, state: CreditState, mark: int, days: int) -> CreditMove:
    cited = [rules.marks.cite(overdue_days=days)]
    if state is not CreditState.WARNED:
        cited.append(rules.stop.cite(overdue_days=days))
    return CreditMove(state, mark, Because.of(*cited))
