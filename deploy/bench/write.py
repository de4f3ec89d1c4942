"""Write: state and outbox in one statement under forced row-level security, beside a bare single-row insert."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import asyncpg

from chassis.database import Connection
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench

CONNECTIONS = 32
SECONDS = 4.0
ROUNDS = 5
RATE = 0.7
SCOPE = "CN.420000.420100"
BODY = '{"category": "delay", "content": "' + "x" * 180 + '"}'
SETUP = """
    CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, body jsonb NOT NULL,
                              at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE bench_case (id uuid PRIMARY KEY, org_id text NOT NULL, body jsonb NOT NULL, version bigint NOT NULL);
    CALL guard('bench_case', 'org_id');
    GRANT INSERT ON bench_floor TO {app};
    CREATE FUNCTION bench_write(scope text, actor text, case_id uuid, body jsonb, at timestamptz)
    RETURNS uuid LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM set_scope(scope, actor);
      INSERT INTO bench_case VALUES (case_id, '420100', body, 1);
      INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
      VALUES (crc32(convert_to(case_id::text, 'UTF8')) % 8, uuidv7(), 'keypost.service-desk', case_id::text,
              'service-desk.bench.written.v1', 'bench:' || case_id, 1, scope, actor, case_id::text, at, body);
      RETURN case_id;
    END $$;
"""
FLOOR = "INSERT INTO bench_floor (key, body) VALUES ($1, $2::jsonb)"
OURS = "SELECT bench_write($1, $2, $3, $4::jsonb, $5)"


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Run ours and the floor in turn; what is written waits in the outbox, the relay has a bench of its own."""
    bench.leave_running()
    bell = Doorbell()
    app = bench.instance.database_url("service-desk", "app")
    await _prepare(bench)
    connections = await asyncio.gather(*(asyncpg.connect(app) for _ in range(CONNECTIONS)))
    at = datetime.now(UTC)

    async def insert(connection: Connection, number: int) -> None:
        await connection.execute(FLOOR, f"k{number}", BODY)

    async def write(connection: Connection, _number: int) -> None:
        await connection.fetchval(OURS, SCOPE, "system:bench", uuid7(), BODY, at)
        bell.ring()

    ours: list[Run] = []
    floor: list[Run] = []
    for number in range(1, ROUNDS + 1):
        say(f"write, round {number} of {ROUNDS}")
        floor.append(await _drive(connections, insert))
        ours.append(await _drive(connections, write))
    await asyncio.gather(*(connection.close() for connection in connections))
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    return Comparison(
        bench="write",
        does="state + outbox in one SQL function, row-level security forced, doorbell rung",
        setting=f"{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:g} s in turn; floor: bare single-row insert",
        ours=ours,
        floor=floor,
        to_reach=f"writes/s ≥ {RATE}",
        ratios={"writes/s": round(rate, 2)},
        reached=rate >= RATE,
    )


async def _prepare(bench: Bench) -> None:
    """Make the tables and the function of this bench."""
    owner = bench.instance.database_url("service-desk", "owner")
    setup = await asyncpg.connect(owner)
    await setup.execute(
        "SELECT set_config('keypost.app_role', 'keypost_service_desk_app', false),"
        " set_config('keypost.worker_role', 'keypost_service_desk_worker', false)"
    )
    await setup.execute(SETUP.format(app="keypost_service_desk_app"))
    await setup.close()


Operation = Callable[[Connection, int], Awaitable[None]]


async def _drive(connections: Sequence[Connection], operation: Operation) -> Run:
    latencies: list[float] = []
    end = time.perf_counter() + SECONDS

    async def work(connection: Connection, number: int) -> None:
        while (began := time.perf_counter()) < end:
            await operation(connection, number)
            latencies.append(time.perf_counter() - began)
            number += len(connections)

    began = time.perf_counter()
    await asyncio.gather(*(work(connection, number) for number, connection in enumerate(connections)))
    return Run.of(latencies, time.perf_counter() - began)
