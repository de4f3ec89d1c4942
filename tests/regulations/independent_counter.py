"""Counts the deadline suite day by day, with nothing of ours: `python independent_counter.py FILE [--write]`.

It reads the suite's own lists of holidays, walks over days one at a time and adds whole microseconds. Without `--write` it
compares what it counts with what the file expects and exits with 1 where they differ.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

EAST_8 = timezone(timedelta(hours=8))
ONE_DAY = timedelta(days=1)
ONE_TICK = timedelta(microseconds=1)
WEEKEND = ("Saturday", "Sunday")
Case = dict[str, Any]
Days = dict[str, Any]


def local(text: str) -> datetime:
    """Give an instant as a Shanghai wall clock shows it, without an offset."""
    return datetime.fromisoformat(text).astimezone(EAST_8).replace(tzinfo=None)


def written(moment: datetime) -> str:
    """Give a Shanghai wall time with its offset."""
    return moment.isoformat() + "+08:00"


def is_worked(day: date, calendar: Days) -> bool:
    """Tell whether a day is worked: listed as worked, or neither listed as rest nor on a weekend."""
    text = day.isoformat()
    if text in calendar["worked"]:
        return True
    return text not in calendar["rest"] and day.strftime("%A") not in WEEKEND


def is_announced(day: date, calendar: Days) -> bool:
    """Tell whether an official notice is out for the day's year."""
    return day.year in calendar["announced"]


def end_of(case: Case, calendar: Days) -> tuple[datetime, date, bool]:
    """Give the first instant too late, the last day, and whether a day that mattered is only expected."""
    rule, day, sure = case["rule"], local(case["received"]).date(), True
    if rule.get("start_day_counts"):
        day -= ONE_DAY
    if "months" in rule:
        day = _months_later(day, rule["months"])
    else:
        left = rule["days"]
        while left > 0:
            day += ONE_DAY
            if rule["basis"] == "working":
                sure = sure and is_announced(day, calendar)
                left -= 1 if is_worked(day, calendar) else 0
            else:
                left -= 1
    if rule.get("rest_day_moves_end"):
        sure = sure and is_announced(day, calendar)
        while not is_worked(day, calendar):
            day += ONE_DAY
            sure = sure and is_announced(day, calendar)
    midnight = datetime.fromisoformat(day.isoformat())
    if "closes_at" in rule:
        hour, minute = rule["closes_at"].split(":")
        return midnight + timedelta(hours=int(hour), minutes=int(minute)), day, not sure
    return midnight + ONE_DAY, day, not sure


def _months_later(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month > 12:
            year, month = year + 1, 1
    last = 31
    while True:
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            last -= 1


def warned_at(case: Case, due: datetime, calendar: Days) -> list[datetime]:
    """Give when the parts of the time have run, of the working time for working days; parts of a tick are dropped."""
    start = local(case["received"])
    spans = list(_spans(start, due, calendar, working=case["rule"].get("basis") == "working"))
    whole = sum((until - since) // ONE_TICK for since, until in spans)
    instants = []
    for part in case["warn_at"]:
        above, below = (int(number) for number in part.split("/"))
        left = whole * above // below
        for since, until in spans:
            length = (until - since) // ONE_TICK
            if left <= length:
                instants.append(since + left * ONE_TICK)
                break
            left -= length
    return instants


def _spans(
    start: datetime, due: datetime, calendar: Days, *, working: bool
) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches that count, one a day."""
    since = start
    while since < due:
        midnight = datetime.fromisoformat(since.date().isoformat()) + ONE_DAY
        until = midnight if midnight < due else due
        if not working or is_worked(since.date(), calendar):
            yield since, until
        since = until


def expected(case: Case, calendars: dict[str, Days]) -> Case:
    """Give what the suite has to expect of a case."""
    calendar = calendars[case["calendar"]]
    due, last_day, provisional = end_of(case, calendar)
    warnings = warned_at(case, due, calendar)
    for pause in case["pauses"]:
        since, until = local(pause["from"]), local(pause["to"])
        stood = until - since
        warnings = [one if one <= since else one + stood for one in warnings]
        due += stood
        last_day = (due - ONE_TICK).date()
    return {
        "due_at": written(due),
        "due_on": last_day.isoformat(),
        "provisional": provisional,
        "warnings": [written(one) for one in warnings],
        "verdicts": [
            {"settled_at": written(due - ONE_TICK), "verdict": "in-time"},
            {"settled_at": written(due), "verdict": "late"},
        ],
    }


def laid_out(suite: Case) -> str:
    """Give the file's text: one case a line."""
    head = {name: value for name, value in suite.items() if name != "cases"}
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in suite["cases"])
    return json.dumps(head, ensure_ascii=False)[:-1] + ',\n"cases": [\n' + lines + "\n]}\n"


def main() -> int:
    """Compare a suite with what is counted here, or write that into it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="fill in what is missing; what stands there is kept"
    )
    arguments = parser.parse_args()
    suite = json.loads(arguments.file.read_text(encoding="utf-8"))
    wrong = []
    for case in suite["cases"]:
        counted = expected(case, suite["calendars"])
        if arguments.write and "expect" not in case:
            case["expect"] = counted
        if case["expect"] != counted:
            wrong.append((case["id"], case["expect"], counted))
    if arguments.write:
        arguments.file.write_text(laid_out(suite), encoding="utf-8")
    for name, stands, counted in wrong:
        print(f"{name}: expects {stands}, counted {counted}")
    print(f"{len(suite['cases'])} cases, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
