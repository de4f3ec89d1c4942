"""The sweeper: every step of every deadline exactly once and in its order, whoever dies and wherever the clock goes."""

import asyncio
import random
from datetime import datetime, timedelta

import asyncpg
import pytest

from chassis import deadlines
from chassis.database import Connection, Database
from chassis.deadlines import plan
from chassis.directory import Snapshot
from chassis.settings import Settings
from chassis.transaction import unscoped
from support.backbone import moment, superuser
from support.instance import FreshDatabase
from support.sweepers import DUE, ends, sweeping, until_nothing_is_due
from support.terms import FRIDAY, MovableClock, a_term, names, start, state, steps_of, told

OTHER_WORKERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = 'keypost_tiering_worker' AND datname = current_database() AND random() < 0.5
"""


async def test_a_clock_that_jumps_ten_days_fires_every_step_in_order(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    async with sweeping(settings, clock):
        clock.set(FRIDAY + timedelta(days=10))
        await until_nothing_is_due(root, clock)
        assert (await told(root, planned))[str(planned.id)] == steps_of(planned)
        clock.set(FRIDAY)
        await asyncio.sleep(0.4)
        clock.set(FRIDAY + timedelta(days=10))
        await asyncio.sleep(0.4)
    assert (await told(root, planned))[str(planned.id)] == steps_of(planned)
    row = await state(root, planned)
    assert (row["state"], len(row["warned_at"]), row["next_at"]) == ("breached", 2, None)


async def test_a_step_fires_at_its_instant_and_not_before(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    async with sweeping(settings, clock):
        clock.set(DUE - timedelta(minutes=5))
        await until_nothing_is_due(root, clock)
        assert names((await told(root, planned))[str(planned.id)]) == ["warned", "warned", "escalated"]
        assert (await state(root, planned))["state"] == "running"
        clock.set(DUE)
        await until_nothing_is_due(root, clock)
    assert names((await told(root, planned))[str(planned.id)])[3:] == ["breached", "escalated"]


async def test_the_event_shows_the_deadline_its_step_and_the_next_holder(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    async with sweeping(settings, clock):
        clock.set(FRIDAY + timedelta(days=10))
        await until_nothing_is_due(root, clock)
    rows = await root.fetch(
        """SELECT topic, key, type, orgpath, payload->'next_holder'->>'org_id' AS next, payload->>'state' AS state,
                  payload->'step'->>'step' AS step, payload->'subject'->>'id' AS subject FROM outbox ORDER BY seq"""
    )
    assert [row["next"] for row in rows] == [
        "420106-T01",
        "420106-T01",
        "420106-T01",
        "420100",
        "420100",
        "420000",
    ]
    assert [row["state"] for row in rows] == ["running"] * 3 + ["breached"] * 3
    assert {row["key"] for row in rows} == {planned.term.customer_id}
    assert {row["subject"] for row in rows} == {planned.term.subject[1]}
    assert {row["topic"] for row in rows} == {"keypost.tiering"}
    assert {row["orgpath"] for row in rows} == {"CN.420000.420100.420106"}
    assert [row["type"] for row in rows] == [f"tiering.deadline.{row['step']}.v1" for row in rows]


@pytest.mark.parametrize("seed", [1, 2])
async def test_three_sweepers_killed_at_any_moment_fire_each_step_once(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock, seed: int
) -> None:
    chance = random.Random(seed)
    planned = [
        plan(a_term(started_at=FRIDAY + timedelta(hours=chance.randrange(48))), snapshot)
        for _ in range(1_500)
    ]
    for first in range(0, len(planned), 500):
        await start(pools, *planned[first : first + 500])
    async with sweeping(settings, clock, 3), sweeping(settings, clock, 1):
        for _ in range(12):
            clock.set(FRIDAY + timedelta(hours=chance.randrange(200)))
            await asyncio.sleep(chance.random() * 0.2)
            if chance.random() < 0.6:
                await root.execute(OTHER_WORKERS)
        clock.set(FRIDAY + timedelta(days=30))
        await until_nothing_is_due(root, clock)
    found = await told(root, *planned)
    assert {str(one.id): steps_of(one) for one in planned} == found


async def test_two_sweepers_never_take_a_step_from_what_the_other_has_just_changed(
    pools: Database, fresh: FreshDatabase, root: Connection, snapshot: Snapshot
) -> None:
    """The second waits on a lock that skips nothing: it starts before the first commits and locks after."""
    planned = ends(snapshot)
    await start(pools, planned)
    late = DUE + timedelta(days=9)
    fire = "SELECT step FROM fire_deadlines('tiering', $1, 500, '{}', false, '{}')"
    await root.execute(
        "CREATE FUNCTION slowly() RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(0.3) IS NOT NULL'"
    )
    slow = await root.fetchval("SELECT pg_get_functiondef('fire_deadlines'::regproc)")
    try:
        where = "WHERE d.next_at <= now_at"
        assert where in slow
        await root.execute(slow.replace(where, where.replace("WHERE", "WHERE slowly() AND")))
        async with superuser(fresh) as first, superuser(fresh) as second:
            waiting = asyncio.create_task(second.fetch(fire, late))
            await asyncio.sleep(0.1)
            await first.execute(slow.replace("fire_deadlines(", "fire_at_once("))
            await first.fetch(fire.replace("fire_deadlines", "fire_at_once"), late)
            await waiting
    finally:
        await root.execute(slow)
        await root.execute("DROP FUNCTION IF EXISTS fire_at_once, slowly CASCADE")
    assert (await told(root, planned))[str(planned.id)] == steps_of(planned)[:2]


async def test_a_burst_of_100000_due_drains_by_index(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    planned = plan(a_term(), snapshot)
    await start(pools, planned)
    await root.execute(
        """INSERT INTO deadline (id, kind, subject_type, subject_id, org_id, started_at, due_at, due_on, holder, ground,
                                 steps, next_step, next_at, correlation_id)
           SELECT gen_random_uuid(), 'burst', 'thing', g::text, '420106', $1, $2, '2026-11-22', '{"org_id": "420106"}',
                  'burst', jsonb_build_array(jsonb_build_object('step', 'breached', 'at', $2::timestamptz)), 0, $2, 'x'
           FROM generate_series(1, 100000) g""",
        FRIDAY,
        DUE + timedelta(days=1),
    )
    await root.execute("ANALYZE deadline")
    plans = await plans_of(root, FRIDAY + timedelta(days=20))
    assert "deadline_next" in plans
    assert "Seq Scan on deadline " not in plans
    async with sweeping(settings, clock, 2):
        clock.set(FRIDAY + timedelta(days=20))
        await until_nothing_is_due(root, clock, 300)
    breached = "SELECT count(*), count(DISTINCT aggregate) FROM outbox WHERE payload->>'kind' = 'burst'"
    assert tuple(await root.fetchrow(breached) or ()) == (100_000, 100_000)


async def plans_of(root: Connection, now: datetime) -> str:
    """Give the plans of what a sweep runs, inside its function too, after the plan for any values could be used."""
    notices: list[str] = []

    def listen(_connection: object, message: asyncpg.PostgresLogMessage) -> None:
        notices.append(str(message))

    async with root.transaction():
        await root.execute(
            "LOAD 'auto_explain'; SET LOCAL auto_explain.log_min_duration = 0; SET LOCAL client_min_messages = log;"
            "SET LOCAL auto_explain.log_nested_statements = on"
        )
        for _ in range(7):
            root.add_log_listener(listen)
            notices.clear()
            await root.fetch("SELECT * FROM fire_deadlines('tiering', $1, 500, '{}', false, '{}')", now)
            await root.fetchval("SELECT min(next_at) FROM deadline WHERE NOT id = ANY ('{}')")
            root.remove_log_listener(listen)
        await root.execute("SET LOCAL auto_explain.log_min_duration = -1")
    assert notices
    return "\n".join(notices)


async def test_what_was_met_or_cancelled_fires_nothing_more(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    met, gone, running = (plan(a_term(), snapshot) for _ in range(3))
    await start(pools, met, gone, running)
    async with unscoped(pools.worker, moment(now=FRIDAY)) as tx:
        await deadlines.settle(tx, met.term.subject, [met.term.kind])
        await deadlines.cancel(tx, gone.term.subject, [gone.term.kind])
    async with sweeping(settings, clock):
        clock.set(DUE + timedelta(days=5))
        await until_nothing_is_due(root, clock)
    fired = await told(root, met, gone, running)
    assert fired == {str(met.id): [], str(gone.id): [], str(running.id): steps_of(running)}
