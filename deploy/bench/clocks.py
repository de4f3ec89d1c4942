"""Clocks: a million pending deadlines; the idle look, the lag at a thousand due a second, a burst with its events.

The floor of a burst is the same row updated and an event inserted that was made before: nothing is computed, looked up or
entered in the ledger. What PostgreSQL gives there is what this machine gives for one row and one event in one transaction.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg

from chassis.clock import Clock
from chassis.database import Connection, Database, open_database
from chassis.settings import Settings
from chassis.sweeper import Sweeper
from deploy.bench.measures import Comparison, Run, WatchedBell, middle
from deploy.bench.setting import Bench

PENDING = 1_000_000
LOOKS = 300
RATE, SECONDS, AHEAD = 1_000, 10, 4.0
BURST = 100_000
ROUNDS = 3
LOOK_MS, LAG_MS, BURST_RATE = 1.0, 20.0, 50_000
GIVE_UP_SECONDS = 180.0
SERVICE = "service-desk"
GROUND = """
    INSERT INTO deadline_ground (digest, because) VALUES ('bench', '{"reasons": [{"rule": "bench", "article": "1(1)"}],
      "text": {"zh": "受理之日起四个工作日内答复", "en": "an answer within four working days of receipt"}}')
    ON CONFLICT DO NOTHING
"""
ORGANISATION = """
    INSERT INTO organisation (org_id, kind, name, orgpath, valid_from, version)
    VALUES ('420106', 'county', '武昌', 'CN.420000.420100.420106', '2009-01-01', 1) ON CONFLICT DO NOTHING
"""
PLANT = """
    INSERT INTO deadline (id, kind, subject_type, subject_id, customer_id, org_id, started_at, due_at, due_on, holder, chain,
                          ground, steps, next_step, next_at, correlation_id)
    SELECT uuidv7(), $5, 'complaint', g::text, 'C' || g % 5000, '420106', $1, at.due, '2026-03-02',
           '{"org_id": "420106", "role": "unit-head"}', '[{"org_id": "420100", "role": "center-director", "since": null}]',
           'bench', jsonb_build_array(jsonb_build_object('step', 'breached', 'at', at.due)), 0, at.due, $5 || g
    FROM generate_series($3::int, $3 + $4 - 1) AS g, LATERAL (SELECT $1::timestamptz + (g - $3) * $2::interval AS due) AS at
"""
TOLD = """
    SELECT time, (payload->>'due_at')::timestamptz AS due FROM outbox
    WHERE payload->>'kind' = $1 AND type = 'service-desk.deadline.breached.v1'
"""
FLOOR = """
    CREATE OR REPLACE FUNCTION bench_bare_burst(now_at timestamptz, most integer, event jsonb) RETURNS bigint
    LANGUAGE sql SET plan_cache_mode = force_custom_plan AS $$
    WITH due AS (
      SELECT id FROM deadline WHERE next_at <= now_at ORDER BY next_at, id LIMIT most FOR UPDATE SKIP LOCKED),
    fired AS (
      UPDATE deadline d SET version = d.version + 1, next_step = NULL, next_at = NULL, state = 'breached',
        breached_at = now_at, breached_by = d.holder
      FROM due WHERE d.id = due.id RETURNING d.id, d.customer_id, d.correlation_id, d.version),
    told AS (
      INSERT INTO outbox
        (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
      SELECT 0, uuidv7(), 'bench', customer_id, 'bench', id::text, version, 'CN', 'bench', correlation_id, now_at, event
      FROM fired)
    SELECT count(*) FROM fired $$
"""
DRAIN_BARE = "SELECT bench_bare_burst($1, $2, $3::text::jsonb)"
READY_MADE = 'SELECT (payload || \'{"kind": "bare"}\')::text FROM outbox LIMIT 1'
STILL_DUE = "SELECT FROM deadline WHERE kind = '{}' AND next_at IS NOT NULL"


class NotEachOnce(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Look, keep pace and drain a burst, all above the same million; raises NotEachOnce."""
    bench.leave_running()
    settings = bench.settings(SERVICE)
    database = await open_database(settings)
    async with bench.superuser(SERVICE) as root:
        say(f"clocks, planting {PENDING} deadlines")
        await root.execute(f"TRUNCATE deadline, outbox; {GROUND}; {ORGANISATION}")
        spread = timedelta(days=365) / PENDING
        await _plant(root, "pending", PENDING, datetime.now(UTC) + timedelta(days=2), spread)
        await root.execute("VACUUM ANALYZE deadline")
        say("clocks, looking")
        look = await _look(database, settings)
        say(f"clocks, {RATE} due a second")
        pace = await _pace(root, database, settings)
        await root.execute(FLOOR)
        bursts, bare = [], []
        for number in range(1, ROUNDS + 1):
            say(f"clocks, burst {number} of {ROUNDS}")
            bursts.append(await _burst(root, database, settings, f"burst{number}"))
            bare.append(await _bare_burst(root, database, settings, f"bare{number}"))
        await root.execute("DROP FUNCTION bench_bare_burst")
    await database.close()
    burst = middle(bursts, "per_second")
    return Comparison(
        bench="clocks",
        does="the next step of each due deadline fired once, with its event, above a million that are pending",
        setting=f"{PENDING} pending; {LOOKS} idle looks; {RATE} due a second for {SECONDS} s (latency: due → committed); "
        f"{ROUNDS} bursts of {BURST}; floor: the same rows updated and events inserted that were made before",
        ours=bursts,
        floor=bare,
        to_reach=f"idle look ≤ {LOOK_MS:g} ms, lag p99 ≤ {LAG_MS:g} ms, burst ≥ {BURST_RATE}/s",
        ratios={
            "idle look p50, ms": look.p50,
            "lag p50, ms": pace.p50,
            "lag p99, ms": pace.p99,
            "burst/s": burst,
            "burst of the floor's": round(burst / middle(bare, "per_second"), 2),
        },
        reached=look.p50 <= LOOK_MS and pace.p99 <= LAG_MS and burst >= BURST_RATE,
    )


async def _plant(root: Connection, kind: str, count: int, first: datetime, apart: timedelta) -> None:
    await root.execute(PLANT, first, apart, 0, count, kind, timeout=None)


async def _look(database: Database, settings: Settings) -> Run:
    """A sweeper's look when nothing is due."""
    told = WatchedBell()
    sweeper = Sweeper(settings, database, Clock(settings.clock_file), told, {})
    latencies = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        await sweeper.look()
        latencies.append(time.perf_counter() - began)
    if told.rings:
        raise NotEachOnce("something pending was fired")
    return Run.of(latencies, sum(latencies))


async def _pace(root: Connection, database: Database, settings: Settings) -> Run:
    first = datetime.now(UTC) + timedelta(seconds=AHEAD)
    await _plant(root, "paced", RATE * SECONDS, first, timedelta(seconds=1) / RATE)
    async with _sweeping(database, settings) as (_, told):
        await asyncio.sleep((first - datetime.now(UTC)).total_seconds() + SECONDS)
        await _fired(root, "paced")
    rows = await _told(root, "paced", RATE * SECONDS)
    moments = told.rings
    committed = [moments[bisect_left(moments, row["time"].timestamp())] for row in rows]
    lags = [moment - row["due"].timestamp() for moment, row in zip(committed, rows, strict=True)]
    return Run.of(lags, SECONDS)


async def _burst(root: Connection, database: Database, settings: Settings, kind: str) -> Run:
    first = datetime.now(UTC) - timedelta(hours=1)
    await _plant(root, kind, BURST, first, timedelta(milliseconds=1))
    await root.execute("VACUUM ANALYZE deadline")
    async with _sweeping(database, settings) as (bell, _):
        began = time.perf_counter()
        async with asyncio.timeout(GIVE_UP_SECONDS):
            took = await bell.done(root, STILL_DUE.format(kind)) - began
    await _told(root, kind, BURST)
    return Run.counted(BURST, took)


async def _bare_burst(root: Connection, database: Database, settings: Settings, kind: str) -> Run:
    """Drain a burst with as many hands as ours has, in batches of the same size."""
    event = await root.fetchval(READY_MADE)
    await _plant(root, kind, BURST, datetime.now(UTC) - timedelta(hours=1), timedelta(milliseconds=1))
    await root.execute("VACUUM ANALYZE deadline")

    async def drain() -> int:
        drained, most = 0, settings.deadline_batch
        async with database.worker.acquire() as connection:
            while True:
                count: int = await connection.fetchval(DRAIN_BARE, datetime.now(UTC), most, event)
                drained += count
                if count < most:
                    return drained

    began = time.perf_counter()
    async with asyncio.timeout(GIVE_UP_SECONDS):
        drained = sum(await asyncio.gather(*(drain() for _ in range(settings.deadline_hands))))
    took = time.perf_counter() - began
    if drained != BURST:
        raise NotEachOnce(f"the floor has drained {drained}, not {BURST}")
    return Run.counted(BURST, took)


@asynccontextmanager
async def _sweeping(database: Database, settings: Settings) -> AsyncIterator[tuple[WatchedBell, WatchedBell]]:
    """Run a sweeper; gives the bell it waits at, and the one it rings for the relay after each commit."""
    bell, told = WatchedBell(), WatchedBell()
    sweeper = Sweeper(settings, database, Clock(settings.clock_file), told, {})
    sweeper.bell = bell
    sweeping = asyncio.create_task(sweeper.run())
    try:
        yield bell, told
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def _fired(root: Connection, kind: str) -> None:
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while await root.fetchval(f"SELECT EXISTS ({STILL_DUE.format(kind)})"):  # noqa: ASYNC110
            await asyncio.sleep(0.2)  # the sweeper knows nothing of kinds


async def _told(root: Connection, kind: str, count: int) -> list[asyncpg.Record]:
    """Give the events of these deadlines; raises unless each has told its breach once."""
    rows = await root.fetch(TOLD, kind)
    aggregates = await root.fetchval(
        "SELECT count(DISTINCT aggregate) FROM outbox WHERE payload->>'kind' = $1", kind
    )
    if (len(rows), aggregates) != (count, count):
        raise NotEachOnce(f"{kind}: {len(rows)} events of {aggregates} deadlines, not of {count}")
    return rows
