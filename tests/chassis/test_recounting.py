"""An official calendar that comes in moves open deadlines and says so; what has fired stays fired."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any

import pytest
import pytest_asyncio

from chassis import pausing
from chassis.database import Connection, Database
from chassis.deadlines import Deadline, plan
from chassis.directory_consumer import calendars_heard
from chassis.ids import uuid7
from chassis.transaction import unscoped
from contracts.deadlines import DeadlineFact
from contracts.envelope import Event
from regulations.calendars import AnnouncedYear, Duration
from support.backbone import moment, superuser
from support.instance import FreshDatabase
from support.ledgers import contradictions
from support.terms import a_term, law, start, state

# 4 January 2027 is a Monday, and no calendar for 2027 is shipped.
MONDAY = datetime.fromisoformat("2027-01-04T00:00:00+08:00")
FIRE = "SELECT count(*) FROM fire_deadlines('tiering', $1, 500, '{}', false, '{}')"
TOLD = (
    "SELECT payload FROM outbox WHERE aggregate = $1 AND type = 'tiering.deadline.recomputed.v1' ORDER BY seq"
)


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE deadline, deadline_ledger, outbox, calendar_day")
        yield connection


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00")


def notice(version: int = 1, *, rest: Sequence[str] = (), worked: Sequence[str] = ()) -> Event:
    """Give the official calendar of 2027 with these days of rest and weekend days worked."""
    named = [{date.fromisoformat(day): "调整" for day in days} for days in (rest, worked)]
    days = [
        {"day": str(day), "workday": status.workday, "provisional": status.provisional, "note": status.note}
        for day, status in AnnouncedYear(2027, "正式", "通知", *named).days()
    ]
    return Event(
        id=uuid7(),
        source="/keypost/registry",
        type="registry.calendar.imported.v1",
        time=MONDAY,
        subject="CN",
        aggregate="calendar:2027",
        version=version,
        orgpath="CN",
        actor="system:test",
        correlation_id=str(uuid7()),
        causation_id=None,
        data={"year": 2027, "source": "通知", "days": days},
    )


async def heard(pools: Database, event: Event, now: datetime = MONDAY) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        await calendars_heard(tx, [event])


async def working(pools: Database, days: int) -> Deadline:
    planned = plan(a_term(started_at=MONDAY, duration=Duration(days=days, basis="working")), await law(pools))
    await start(pools, planned)
    return planned


async def fired(pools: Database, until: datetime) -> None:
    async with unscoped(pools.worker, moment(now=until)) as tx:
        while await tx.fetchval(FIRE, until):
            pass


async def recomputed(root: Connection, planned: Deadline) -> list[DeadlineFact]:
    rows = await root.fetch(TOLD, f"deadline:{planned.id}")
    return [DeadlineFact.model_validate(json.loads(row["payload"])) for row in rows]


async def entries(root: Connection, planned: Deadline) -> list[dict[str, Any]]:
    rows = await root.fetch("SELECT * FROM deadline_ledger WHERE deadline_id = $1 ORDER BY seq", planned.id)
    return [dict(row) for row in rows]


async def test_a_deadline_of_an_unannounced_year_is_provisional_until_the_calendar_is_in(
    pools: Database, root: Connection
) -> None:
    planned = await working(pools, 2)
    assert (planned.due_at, planned.due.provisional) == (at("2027-01-07T00:00:00"), True)
    await heard(pools, notice(rest=["2027-01-05"], worked=["2027-01-09"]))
    row = await state(root, planned)
    # The Tuesday has become a holiday: the second working day is the Thursday.
    assert (row["due_at"], str(row["due_on"]), row["provisional"]) == (
        at("2027-01-08T00:00:00"), "2027-01-07", False,
    )  # fmt: skip
    [told] = await recomputed(root, planned)
    assert (told.due_at, told.provisional, told.step.step) == (at("2027-01-08T00:00:00"), False, "recomputed")
    [entry] = await entries(root, planned)
    assert (entry["what"], entry["due_before"], entry["due_after"]) == (
        "recomputed", at("2027-01-07T00:00:00"), at("2027-01-08T00:00:00"),
    )  # fmt: skip
    assert json.loads(entry["why"]) == {"calendar": [2027]}
    assert await contradictions(root) == []


async def test_a_make_up_saturday_brings_the_end_nearer(pools: Database, root: Connection) -> None:
    planned = await working(pools, 5)
    assert planned.due_at == at("2027-01-12T00:00:00")
    await heard(pools, notice(worked=["2027-01-09"]))
    assert (await state(root, planned))["due_at"] == at("2027-01-10T00:00:00")


async def test_warnings_ahead_move_with_it_and_what_has_fired_stays_fired(
    pools: Database, root: Connection
) -> None:
    planned = await working(pools, 2)
    # 4 January 0:00 to 6 January 24:00 are three worked days; half of them have run on the 5th at 12:00.
    await fired(pools, at("2027-01-05T13:00:00"))
    before = await state(root, planned)
    assert len(before["warned_at"]) == 1
    await heard(pools, notice(rest=["2027-01-06"]), at("2027-01-05T13:00:00"))
    after = await state(root, planned)
    assert after["warned_at"] == before["warned_at"]
    steps = json.loads(after["steps"])
    assert datetime.fromisoformat(steps[0]["at"]) == at("2027-01-05T12:00:00")
    # Worked are now the 4th, the 5th and the 7th; four fifths of 72 hours are 57:36, on the 7th at 9:36.
    assert datetime.fromisoformat(steps[1]["at"]) == at("2027-01-07T09:36:00")
    assert after["next_at"] == at("2027-01-07T09:36:00")
    await fired(pools, at("2027-01-07T10:00:00"))
    assert len((await state(root, planned))["warned_at"]) == 2
    assert await contradictions(root) == []


async def test_what_is_breached_stays_breached(pools: Database, root: Connection) -> None:
    planned = await working(pools, 2)
    await fired(pools, at("2027-01-07T00:00:00"))
    assert (await state(root, planned))["state"] == "breached"
    await heard(pools, notice(rest=["2027-01-05", "2027-01-06"]), at("2027-01-07T01:00:00"))
    row = await state(root, planned)
    assert (row["state"], row["due_at"]) == ("breached", at("2027-01-07T00:00:00"))
    assert await recomputed(root, planned) == []


async def test_a_paused_one_is_counted_anew_too_and_keeps_its_paused_time(
    pools: Database, root: Connection
) -> None:
    planned = await working(pools, 2)
    kinds = [planned.term.kind]
    async with unscoped(pools.worker, moment(now=at("2027-01-04T06:00:00"))) as tx:
        await pausing.pause(tx, planned.term.subject, kinds, at("2027-01-09T00:00:00"), {"by": "x"})
    await heard(pools, notice(rest=["2027-01-05"]), at("2027-01-04T08:00:00"))
    assert (await state(root, planned))["next_at"] is None
    async with unscoped(pools.worker, moment(now=at("2027-01-04T18:00:00"))) as tx:
        await pausing.resume(tx, planned.term.subject, kinds, {"reason": "x"})
    assert (await state(root, planned))["due_at"] == at("2027-01-08T12:00:00")
    await heard(pools, notice(2), at("2027-01-04T19:00:00"))
    assert (await state(root, planned))["due_at"] == at("2027-01-07T12:00:00")
    assert await contradictions(root) == []


@pytest.mark.parametrize("duration", [Duration(days=2), Duration(months=1)])
async def test_calendar_days_and_months_are_nobodys_working_days(
    pools: Database, root: Connection, duration: Duration
) -> None:
    planned = plan(a_term(started_at=MONDAY, duration=duration), await law(pools))
    await start(pools, planned)
    await heard(pools, notice(rest=["2027-01-05", "2027-01-06"]))
    assert (await state(root, planned))["due_at"] == planned.due_at
    assert await recomputed(root, planned) == []


async def test_the_same_calendar_once_more_moves_and_tells_nothing(pools: Database, root: Connection) -> None:
    planned = await working(pools, 2)
    await heard(pools, notice(rest=["2027-01-05"]))
    await heard(pools, notice(2, rest=["2027-01-05"]))
    assert len(await recomputed(root, planned)) == 1
