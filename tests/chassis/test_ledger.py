"""The ledger: from it every deadline is derived again, whatever happened to it, and nobody changes it."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import deadlines, pausing
from chassis.database import Database
from chassis.deadlines import plan
from chassis.directory_consumer import calendars_heard
from chassis.ids import uuid7
from chassis.transaction import scoped, unscoped
from contracts.envelope import Event
from regulations.calendars import AnnouncedYear, Duration
from support.backbone import caller, moment, opened, settings_of, superuser
from support.instance import FreshDatabase
from support.ledgers import contradictions
from support.terms import FRIDAY, a_term, law, start, told

KINDS = ("two-days", "four-working-days", "a-month", "by-the-rest-day")
TERMS = (Duration(days=2), Duration(days=4, basis="working"), Duration(months=1), Duration(days=30))
FIRE = "SELECT count(*) FROM fire_deadlines('tiering', $1, 500, '{}', false, '{}')"
Move = tuple[str, int, tuple[int, ...]]
MOVES = st.tuples(
    st.sampled_from(("wait", "pause", "resume", "import", "settle", "cancel")),
    st.integers(1, 90),
    st.lists(st.integers(0, 60), max_size=6).map(tuple),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(moves=st.lists(MOVES, max_size=14))
def test_every_deadline_is_derived_from_its_ledger(fresh: FreshDatabase, moves: list[Move]) -> None:
    asyncio.run(play(fresh, moves))


async def play(fresh: FreshDatabase, moves: Sequence[Move]) -> None:
    """Start four deadlines of one subject, let happen what the moves say, and compare after each."""
    async with superuser(fresh) as root, opened(settings_of(fresh)) as pools:
        await root.execute("TRUNCATE deadline, deadline_ledger, outbox, calendar_day")
        snapshot = await law(pools)
        first = plan(a_term(kind=KINDS[0]), snapshot)
        subject = first.term.subject
        planned = [
            plan(a_term(kind=kind, subject=subject, duration=duration), snapshot)
            for kind, duration in zip(KINDS, TERMS, strict=True)
        ]
        await start(pools, *planned)
        now = FRIDAY
        for name, hours, days in moves:
            now += timedelta(hours=hours)
            await MAKE[name](pools, subject, now, days)
            assert await contradictions(root) == []
        found = await told(root, *planned)
        for events in found.values():
            assert [version for version, _ in events] == list(range(1, len(events) + 1))


async def wait(pools: Database, _: tuple[str, str], now: datetime, _days: Sequence[int]) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        await tx.fetchval("SELECT end_pauses('tiering', $1, 500)", now)
        while await tx.fetchval(FIRE, now):
            pass


async def pause(pools: Database, subject: tuple[str, str], now: datetime, days: Sequence[int]) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        note = {"by": str(uuid7()), "approver": str(uuid7()), "reason": "waiting"}
        await pausing.pause(tx, subject, KINDS, now + timedelta(hours=1 + sum(days)), note)


async def resume(pools: Database, subject: tuple[str, str], now: datetime, _: Sequence[int]) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        await pausing.resume(tx, subject, KINDS, {"reason": "asked"})


async def settle(pools: Database, subject: tuple[str, str], now: datetime, days: Sequence[int]) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        await deadlines.settle(tx, subject, [KINDS[len(days) % len(KINDS)]])


async def cancel(pools: Database, subject: tuple[str, str], now: datetime, days: Sequence[int]) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        await deadlines.cancel(tx, subject, [KINDS[len(days) % len(KINDS)]])


async def imported(pools: Database, _: tuple[str, str], now: datetime, days: Sequence[int]) -> None:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        await calendars_heard(tx, [notice(days, int(now.timestamp()), now)])


MAKE = {
    "wait": wait,
    "pause": pause,
    "resume": resume,
    "settle": settle,
    "cancel": cancel,
    "import": imported,
}


def notice(days: Sequence[int], version: int, now: datetime) -> Event:
    """Give the import of a year with days of rest, counted from 20 November 2026."""
    rest = {date(2026, 11, 20) + timedelta(days=day): "放假" for day in days if day < 41}
    year = AnnouncedYear(2026, "正式", "test", rest, {})
    told_days = [
        {"day": str(day), "workday": status.workday, "provisional": status.provisional, "note": status.note}
        for day, status in year.days()
    ]
    return Event(
        id=uuid7(),
        source="/keypost/registry",
        type="registry.calendar.imported.v1",
        time=now,
        subject="CN",
        aggregate="calendar:2026",
        version=version,
        orgpath="CN",
        actor="system:test",
        correlation_id=str(uuid7()),
        causation_id=None,
        data={"year": 2026, "source": "test", "days": told_days},
    )


async def test_a_deadline_that_moves_unrecorded_is_found_out(fresh: FreshDatabase, pools: Database) -> None:
    async with superuser(fresh) as root:
        await root.execute("TRUNCATE deadline, deadline_ledger, outbox, calendar_day")
        planned = plan(a_term(kind=KINDS[0]), await law(pools))
        await start(pools, planned)
        await wait(pools, planned.term.subject, FRIDAY + timedelta(days=2), ())
        assert await contradictions(root) == []
        await root.execute("UPDATE deadline SET due_at = due_at + interval '1 s' WHERE id = $1", planned.id)
        with pytest.raises(AssertionError):
            await contradictions(root)


@pytest.mark.parametrize("pool", ["app", "worker"])
@pytest.mark.parametrize(
    "change",
    ["UPDATE deadline_ledger SET by = 'x'", "DELETE FROM deadline_ledger", "TRUNCATE deadline_ledger"],
)
async def test_nobody_changes_the_ledger(pools: Database, pool: str, change: str) -> None:
    async with unscoped(getattr(pools, pool), moment()) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.execute(change)


async def test_the_ledger_is_seen_where_its_deadline_is(fresh: FreshDatabase, pools: Database) -> None:
    async with superuser(fresh) as root:
        await root.execute("TRUNCATE deadline, deadline_ledger, outbox")
        planned = plan(a_term(), await law(pools))
        await start(pools, planned)
        await settle(pools, planned.term.subject, FRIDAY, ())
        async with unscoped(pools.worker, moment(now=FRIDAY)) as tx:
            await deadlines.settle(tx, planned.term.subject, [planned.term.kind])
    for org_id, seen in (("420106", 1), ("420000", 1), ("420107", 0)):
        async with scoped(pools.app, moment(caller(org_id))) as tx:
            assert await tx.fetchval("SELECT count(*) FROM deadline_ledger") == seen
