"""Planning and settling deadlines: days as decisions count them, warnings, the chain, met and met late."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from chassis import deadlines
from chassis.database import Connection, Database
from chassis.deadlines import Deadline, Holder, plan
from chassis.directory import Snapshot
from chassis.transaction import scoped, unscoped
from support.backbone import caller, moment, superuser
from support.instance import FreshDatabase
from support.terms import FRIDAY, MANAGER, TWO_DAYS, a_term, law, names, start, state, steps_of, told

DUE = datetime.fromisoformat("2026-11-23T00:00:00+08:00")


@pytest_asyncio.fixture(scope="module")
async def snapshot(pools: Database) -> Snapshot:
    return await law(pools)


@pytest_asyncio.fixture(scope="module")
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        yield connection


def at(step: dict[str, Any]) -> str:
    return f"{step['step']} {step['at'].astimezone(DUE.tzinfo):%d %H:%M}"


def test_two_days_from_20_november_end_with_the_22nd(snapshot: Snapshot) -> None:
    planned = plan(a_term(), snapshot)
    assert planned.due_at == DUE
    assert planned.due_on == date(2026, 11, 22)


def test_the_days_are_those_of_shanghai_whatever_zone_the_time_is_written_in(snapshot: Snapshot) -> None:
    late = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert plan(a_term(started_at=late), snapshot).due_at == DUE
    assert plan(a_term(started_at=late - timedelta(microseconds=1)), snapshot).due_at == DUE - timedelta(
        days=1
    )


def test_warnings_come_at_half_and_at_four_fifths(snapshot: Snapshot) -> None:
    planned = plan(a_term(), snapshot)
    warned = [at(step) for step in planned.steps if step["step"] == "warned"]
    assert warned == ["warned 21 17:00", "warned 22 11:36"]


def test_the_chain_is_unit_head_at_four_fifths_city_at_breach_province_a_day_later(
    snapshot: Snapshot,
) -> None:
    planned = plan(a_term(), snapshot)
    assert [at(step) for step in planned.steps] == [
        "warned 21 17:00",
        "warned 22 11:36",
        "escalated 22 11:36",
        "breached 23 00:00",
        "escalated 23 00:00",
        "escalated 24 00:00",
    ]
    assert [(link["org_id"], link["role"]) for link in planned.chain] == [
        ("420106-T01", "unit-head"),
        ("420100", "center-director"),
        ("420000", "center-director"),
    ]


def test_what_a_center_holds_passes_to_its_own_director_once(snapshot: Snapshot) -> None:
    planned = plan(a_term(holder=Holder("420100", "center-officer")), snapshot)
    assert [(link["org_id"], link["role"]) for link in planned.chain] == [
        ("420100", "center-director"),
        ("420000", "center-director"),
    ]
    assert [at(step) for step in planned.steps if step["step"] == "escalated"] == [
        "escalated 22 11:36",
        "escalated 24 00:00",
    ]


def test_what_the_provinces_director_holds_does_not_come_back_to_them(snapshot: Snapshot) -> None:
    planned = plan(a_term(holder=Holder("420000", "center-director"), org_id="420000"), snapshot)
    assert planned.chain == []


def test_warnings_of_a_kind_of_its_own_replace_the_usual_ones(snapshot: Snapshot) -> None:
    own = [FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=1)]
    planned = plan(a_term(), snapshot, warn_at=own)
    assert [at(step) for step in planned.steps if step["step"] == "warned"] == ["warned 21 10:00"]


def test_the_reasons_of_a_deadline_name_the_rules_it_follows(snapshot: Snapshot) -> None:
    planned = plan(a_term(), snapshot)
    rules = [reason["rule"] for reason in planned.ground.because["reasons"]]
    assert rules == [
        "platform.day-counting",
        "platform.deadline-warnings",
        "platform.escalation-chain",
    ]
    assert set(planned.ground.because["text"]) == {"zh", "en"}


async def settled(pools: Database, planned: Deadline, now: datetime) -> int:
    async with unscoped(pools.worker, moment(now=now)) as tx:
        return await deadlines.settle(tx, planned.term.subject, [planned.term.kind])


@pytest.mark.parametrize(
    ("moment_of_settling", "becomes", "steps"),
    [
        (DUE - timedelta(microseconds=1), "met", []),
        (DUE, "met-late", ["warned", "warned", "escalated", "breached"]),
        (DUE + timedelta(days=3), "met-late", ["warned", "warned", "escalated", "breached"]),
    ],
)
async def test_met_before_the_due_instant_and_late_from_it_on_even_before_the_sweeper_came(
    pools: Database,
    root: Connection,
    snapshot: Snapshot,
    moment_of_settling: datetime,
    becomes: str,
    steps: list[str],
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    assert await settled(pools, planned, moment_of_settling) == 1
    row = await state(root, planned)
    assert row["state"] == becomes
    assert row["settled_at"] == moment_of_settling
    assert (row["next_at"], row["next_step"]) == (None, None)
    assert names((await told(root, planned))[str(planned.id)]) == steps
    assert bool(row["breached_by"]) == (becomes == "met-late")


async def test_settled_twice_counts_once_and_what_is_met_is_not_cancelled(
    pools: Database, root: Connection, snapshot: Snapshot
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    assert await settled(pools, planned, FRIDAY) == 1
    assert await settled(pools, planned, FRIDAY) == 0
    async with unscoped(pools.worker, moment(now=FRIDAY)) as tx:
        assert await deadlines.cancel(tx, planned.term.subject, [planned.term.kind]) == 0
    assert (await state(root, planned))["state"] == "met"


async def test_only_the_kinds_named_are_settled_or_cancelled(
    pools: Database, root: Connection, snapshot: Snapshot
) -> None:
    answer = plan(a_term(), snapshot)
    resolve = plan(a_term(kind="complaint-resolve", subject=answer.term.subject), snapshot)
    await start(pools, answer, resolve)
    async with unscoped(pools.worker, moment(now=FRIDAY)) as tx:
        assert await deadlines.cancel(tx, answer.term.subject, ["complaint-answer"]) == 1
    assert (await state(root, answer))["state"] == "cancelled"
    assert (await state(root, resolve))["state"] == "running"


async def test_whoever_acts_stops_the_clock_also_of_a_holder_outside_their_scope(
    pools: Database, root: Connection, snapshot: Snapshot
) -> None:
    of_the_center = a_term(org_id="420100", holder=Holder("420100", "center-officer"))
    met, late, gone = (plan(a_term(org_id="420100", holder=of_the_center.holder), snapshot) for _ in range(3))
    await start(pools, met, late, gone)
    for planned, now in ((met, FRIDAY), (late, DUE)):
        async with scoped(pools.app, moment(caller("420106"), now=now)) as tx:
            assert await deadlines.settle(tx, planned.term.subject, [planned.term.kind]) == 1
    async with scoped(pools.app, moment(caller("420106"), now=FRIDAY)) as tx:
        assert await deadlines.cancel(tx, gone.term.subject, [gone.term.kind]) == 1
        assert await tx.fetchval("SELECT count(*) FROM deadline WHERE id = $1", gone.id) == 0
    found = [(await state(root, one))["state"] for one in (met, late, gone)]
    assert found == ["met", "met-late", "cancelled"]


async def test_a_deadline_starts_with_its_first_step_ahead(
    pools: Database, root: Connection, snapshot: Snapshot
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    row = await state(root, planned)
    assert (row["state"], row["next_step"], row["next_at"]) == ("running", 0, planned.steps[0]["at"])
    assert len(steps_of(planned)) == 6


async def absent(root: Connection, person: str, deputy: str | None, *, away: bool = True) -> None:
    await root.execute(
        """INSERT INTO staff (staff_id, staff_no, name, org_id, roles, deputy_id, absences, version)
           VALUES ($1::uuid, right($1::text, 8), 'X', '420106', '{account-manager}', $2::uuid, $3::jsonb, 1)""",
        person, deputy, '[{"from": "2026-11-22", "until": "2026-11-23"}]' if away else "[]",
    )  # fmt: skip


def person(number: int) -> str:
    return f"0199bbbb-0000-7000-8000-{number:012d}"


async def test_a_deputy_stands_in_for_an_absent_holder_at_most_three_hops(
    pools: Database, root: Connection
) -> None:
    for number in range(1, 6):
        await absent(root, person(number), person(number + 1))
    await absent(root, person(6), None, away=False)
    await absent(root, person(11), person(12))
    await absent(root, person(12), person(11))
    snapshot = await law(pools)
    for who, day, expected in (
        (1, date(2026, 11, 21), 1),
        (1, date(2026, 11, 22), 4),
        (3, date(2026, 11, 23), 6),
        (3, date(2026, 11, 24), 3),
        (6, date(2026, 11, 22), 6),
        (11, date(2026, 11, 22), 12),
    ):
        in_memory = snapshot.standing_in(person(who), day).staff_id
        in_sql = await root.fetchval("SELECT standing_in($1, $2)", person(who), day)
        assert (in_memory, str(in_sql)) == (person(expected), person(expected)), (who, day)


async def test_the_breach_is_recorded_of_the_deputy_who_stood_in(pools: Database, root: Connection) -> None:
    await absent(root, person(21), person(22))
    await absent(root, person(22), None, away=False)
    holder = Holder(MANAGER.org_id, MANAGER.role, person(21))
    planned = plan(a_term(holder=holder), await law(pools))
    await start(pools, planned)
    await settled(pools, planned, DUE)
    row = await state(root, planned)
    assert person(22) in row["breached_by"]
    assert person(21) in row["holder"]
    assert planned.term.duration == TWO_DAYS
