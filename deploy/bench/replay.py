"""Replay: scoring's projection made once more, beside a bare consumer of the same topic; and the score of a quarter."""

import asyncio
import time
from collections.abc import Callable
from itertools import islice
from statistics import median
from uuid import UUID

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.broker import Broker
from chassis.clock import Clock, technical_now
from chassis.database import Connection, Database, open_database
from chassis.directory import Directory, Snapshot
from chassis.ids import uuid7
from chassis.publishing import Publisher
from chassis.rebuilding import Rebuilder
from chassis.records import record_of, replay_topic
from chassis.settings import Settings
from chassis.transaction import Moment, unscoped
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.replay_events import CITIES, COUNTIES, PROVINCE, rows_of, tree
from deploy.bench.setting import Bench
from scoring.consumers import projection
from scoring.handlers.scoring import Asked
from scoring.model.periods import Quarter
from scoring.queries.sheets import STEADY, worked_out

EVENTS = 200_000
BATCH = 2_000
ROUNDS = 3
QUARTERS = 5
RATE = 0.25
QUARTER_MS = 200.0
GIVE_UP_SECONDS = 900.0
SERVICE = "scoring"
TOPIC = "bench.replay"
QUARTER = Quarter(2026, "Q2")
ORGANISATIONS = """
    INSERT INTO organisation (org_id, parent_id, kind, name, orgpath, place_class, adoptions, valid_from, version)
    SELECT org_id, parent_id, kind, org_id, orgpath, 'wuhan', adoptions::jsonb, '2009-01-01', 1
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS o(org_id, parent_id, kind, orgpath, adoptions)
    ON CONFLICT DO NOTHING
"""
HEARD = """
    INSERT INTO inbox (consumer, event_id, source, type, aggregate, version)
    SELECT $1, id, '/keypost/' || split_part(type, '.', 1), type, aggregate, version
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) AS e(id, type, aggregate, version)
"""
ASK = "INSERT INTO rebuild (id, requested_by, requested_at) VALUES ($1, 'system:bench', $2)"


class WrongRows(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Let both read the same topic in turn, then work out scores; raises WrongRows."""
    bench.leave_running()
    settings = bench.settings(SERVICE, service="bench-replay", consumer_batch=BATCH)
    ours: list[Run] = []
    floor: list[Run] = []
    async with bench.superuser(SERVICE) as root:
        say(f"replay: telling {EVENTS} events")
        await _prepare(root, settings)
        database = await open_database(settings)
        # The first makes the rows from nothing; those that are measured find them as they are.
        await _rebuilt(settings, database, root)
        for number in range(1, ROUNDS + 1):
            say(f"replay, round {number} of {ROUNDS}")
            floor.append(await _bare(settings))
            ours.append(await _ours(settings, database, root))
        await root.execute("ANALYZE")
        quarter = await _quarter(settings, database)
        await database.close()
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    return Comparison(
        bench="replay",
        does="scoring's projection made once more in the shadow, compared with the living one and taken over",
        setting=f"{EVENTS} events, a tenth of them of 20 usage rows, {CITIES * COUNTIES} units, {ROUNDS} rounds in turn; "
        f"floor: bare consumer that does nothing; a quarter: one bureau's sheet, median of {QUARTERS}",
        ours=ours,
        floor=floor,
        to_reach=f"events/s ≥ {RATE}, a bureau's quarter ≤ {QUARTER_MS:g} ms",
        ratios={"events/s": round(rate, 3), "a bureau's quarter, ms": round(quarter, 1)},
        reached=rate >= RATE and quarter <= QUARTER_MS,
    )


async def _prepare(root: Connection, settings: Settings) -> None:
    """Lay a topic of events that the service has heard, as its inbox says."""
    await root.execute(ORGANISATIONS, *map(list, zip(*tree(), strict=True)))
    broker = Broker(settings)
    await broker.lay([TOPIC, replay_topic(TOPIC)])
    publisher = Publisher(settings)
    rest = rows_of(EVENTS)
    while page := list(islice(rest, BATCH)):
        await publisher.publish([(TOPIC, record_of(row, broker.life)) for row in page])
        columns = ("event_id", "type", "aggregate", "version")
        await root.execute(HEARD, settings.service, *([row[name] for row in page] for name in columns))
    await publisher.close()
    await broker.close()
    await root.execute("ANALYZE inbox")


async def _ours(settings: Settings, database: Database, root: Connection) -> Run:
    began = time.perf_counter()
    changed = await _rebuilt(settings, database, root)
    took = time.perf_counter() - began
    touched = {table: rows for table, rows in changed.items() if any(rows.values())}
    if touched:
        raise WrongRows(f"made once more of the same events it differs: {touched}")
    return Run.counted(EVENTS, took)


async def _rebuilt(settings: Settings, database: Database, root: Connection) -> dict[str, dict[str, int]]:
    asked = uuid7()
    await root.execute(ASK, asked, technical_now())
    rebuilder = Rebuilder(settings, database, Clock(), projection(), [TOPIC])
    running = asyncio.create_task(rebuilder.run())
    try:
        async with asyncio.timeout(GIVE_UP_SECONDS):
            return await _done(root, asked)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _done(root: Connection, asked: UUID) -> dict[str, dict[str, int]]:
    while True:
        row = await root.fetchrow("SELECT state, heard, changed, reason FROM rebuild WHERE id = $1", asked)
        if row is None or row["state"] not in ("requested", "running", "done"):
            raise WrongRows(str(row))
        if row["state"] == "done":
            if row["heard"] != EVENTS:
                raise WrongRows(f"{row['heard']} events heard of {EVENTS}")
            changed: dict[str, dict[str, int]] = orjson.loads(row["changed"])
            return changed
        await asyncio.sleep(0.05)


async def _bare(settings: Settings) -> Run:
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=settings.fetch_max_wait_ms,
        max_partition_fetch_bytes=settings.kafka_max_request_bytes,
    )
    await client.start()
    began = time.perf_counter()
    left = EVENTS
    try:
        client.assign([TopicPartition(TOPIC, number) for number in range(settings.kafka_partitions)])
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while left > 0:
                fetched = await client.getmany(timeout_ms=settings.consumer_wait_ms, max_records=BATCH)
                left -= sum(map(len, fetched.values()))
    finally:
        await client.stop()
    return Run.counted(EVENTS, time.perf_counter() - began)


async def _quarter(settings: Settings, database: Database) -> float:
    """Give the median time of a bureau's sheet, in milliseconds; each of another bureau, so that none is warm."""
    directory = Directory(database.worker)
    await directory.refresh()
    took = []
    for city in range(1, QUARTERS + 1):
        began = time.perf_counter()
        await _sheet(database, directory.current, f"99{city:02d}00", settings.service)
        took.append(time.perf_counter() - began)
    return median(took) * 1000


async def _sheet(database: Database, law: Snapshot, bureau: str, service: str) -> None:
    moment = Moment(service, technical_now(), "system:bench", str(uuid7()))
    async with unscoped(database.worker, moment) as tx:
        await tx.execute(STEADY)
        sheet = await worked_out(tx, law, Asked(bureau, QUARTER, over=True))
    number = sheet.lines[0].judged.figures["now"]
    if not number:
        raise WrongRows(f"{bureau} of {PROVINCE} has no key account")
