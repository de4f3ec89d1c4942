"""Every case of the public deadline suite through the chassis: planned, warned, paused and settled on the database."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis import deadlines, pausing
from chassis.database import Database
from chassis.deadlines import Deadline, plan
from chassis.directory import Snapshot
from chassis.ids import uuid7
from chassis.transaction import unscoped
from regulations.calendars import SHANGHAI, Calendar, DayStatus, Duration
from regulations.loading import PublishedWording
from support.backbone import moment, superuser
from support.instance import FreshDatabase
from support.terms import a_term, law, start

FILE = Path(__file__).parents[2] / "shared/regulations/suite/deadlines.json"
SUITE = json.loads(FILE.read_text(encoding="utf-8"))
KIND = "suite"
VERDICTS = {"met": "in-time", "met-late": "late"}
Case = Mapping[str, Any]


def calendar_of(lists: Mapping[str, Any]) -> Calendar:
    """Give the calendar of a suite's lists: the days that differ from the weekday rule, in years that are announced."""
    days: dict[date, DayStatus] = {}
    for year in lists["announced"]:
        for number in range(366):
            day = date.fromordinal(date(year, 1, 1).toordinal() + number)
            worked = str(day) in lists["worked"] or (str(day) not in lists["rest"] and day.weekday() < 5)
            if day.year == year:
                days[day] = DayStatus(worked, provisional=False)
    return Calendar(days)


def wording(topic: str, value: Mapping[str, Any]) -> PublishedWording:
    """Give the platform's topic as a province words it for one case."""
    return PublishedWording(
        pack="platform",
        topic=topic,
        in_force=date(2009, 1, 1),
        recorded=datetime(2026, 1, 1, tzinfo=SHANGHAI),
        act="platform",
        article="平台约定",
        assumption=True,
        value=value,
    )


def worded(snapshot: Snapshot, case: Case) -> Snapshot:
    """Give the law a case is counted under."""
    rule = case["rule"]
    shift = {"rest_day_moves_end": rule.get("rest_day_moves_end", False)}
    if "closes_at" in rule:
        shift["closes_at"] = rule["closes_at"]
    counting = {
        "start_day_counts": rule.get("start_day_counts", False),
        "ends": "end-of-last-day",
        "months_end": "same-day-number-or-last",
    }
    words = [wording("day-shift", shift), wording("day-counting", counting)]
    words.append(wording("deadline-warnings", {"at": case["warn_at"]}))
    calendar = calendar_of(SUITE["calendars"][case["calendar"]])
    found = snapshot.law.with_wordings(words)
    return replace(snapshot, law=found, calendar=calendar, _found={}, frames={})


def planned(case: Case, snapshot: Snapshot) -> Deadline:
    rule = case["rule"]
    duration = (
        Duration(months=rule["months"]) if "months" in rule else Duration(rule["days"], None, rule["basis"])
    )
    received = datetime.fromisoformat(case["received"])
    subject = ("suite", str(uuid7()))
    return plan(
        a_term(kind=KIND, started_at=received, duration=duration, subject=subject), worded(snapshot, case)
    )


async def paused(pools: Database, deadline: Deadline, case: Case) -> None:
    """Let the case's clock stand still as it says, and fire what is due before."""
    for pause in case["pauses"]:
        since, until = (datetime.fromisoformat(pause[name]) for name in ("from", "to"))
        async with unscoped(pools.worker, moment(now=since)) as tx:
            await pausing.pause(
                tx, deadline.term.subject, [KIND], until.replace(year=until.year + 1), {"by": "x"}
            )
        async with unscoped(pools.worker, moment(now=until)) as tx:
            await pausing.resume(tx, deadline.term.subject, [KIND], {"reason": "x"})


@pytest.mark.parametrize("name", [case["id"] for case in SUITE["cases"]])
async def test_the_suite(
    fresh: FreshDatabase, pools: Database, snapshots: dict[str, Snapshot], name: str
) -> None:
    case = next(one for one in SUITE["cases"] if one["id"] == name)
    expected = case["expect"]
    if "law" not in snapshots:
        snapshots["law"] = await law(pools)
    for verdict in expected["verdicts"]:
        deadline = planned(case, snapshots["law"])
        await start(pools, deadline)
        await paused(pools, deadline, case)
        settled_at = datetime.fromisoformat(verdict["settled_at"])
        async with unscoped(pools.worker, moment(now=settled_at)) as tx:
            await deadlines.settle(tx, deadline.term.subject, [KIND])
        async with superuser(fresh) as root:
            row = await root.fetchrow("SELECT * FROM deadline WHERE id = $1", deadline.id)
        assert row is not None
        steps = [one for one in json.loads(row["steps"]) if one["step"] == "warned"]
        found = {
            "due_at": row["due_at"],
            "due_on": str(row["due_on"]),
            "provisional": row["provisional"],
            "warnings": [datetime.fromisoformat(one["at"]) for one in steps],
            "verdict": VERDICTS[row["state"]],
        }
        assert found == {
            "due_at": datetime.fromisoformat(expected["due_at"]),
            "due_on": expected["due_on"],
            "provisional": expected["provisional"],
            "warnings": [datetime.fromisoformat(one) for one in expected["warnings"]],
            "verdict": verdict["verdict"],
        }
        assert row["due_at"].astimezone(UTC) == datetime.fromisoformat(expected["due_at"]).astimezone(UTC)


@pytest.fixture(scope="module")
def snapshots() -> dict[str, Snapshot]:
    """What the directory knows, read once."""
    return {}
