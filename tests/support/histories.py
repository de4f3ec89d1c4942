"""Writers whose acknowledged history judges a relay: what was committed, told once, in order for each key."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from support.backbone import header

KEYS = 20
TABLES = """
    CREATE TABLE IF NOT EXISTS agg (k text PRIMARY KEY, v bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS other (at timestamptz);
    CALL guard_any('agg'); CALL guard_any('other');
"""
WRITE = """
    WITH s AS (UPDATE agg SET v = v + 1 WHERE k = $1 RETURNING v)
    SELECT v, announce(jsonb_build_array(jsonb_build_object(
        'event_id', uuidv7(), 'topic', $2::text, 'key', $1, 'type', 'source.thing.happened.v1',
        'aggregate', 'thing:' || $1, 'version', v, 'orgpath', 'CN', 'actor', 'system:test',
        'correlation_id', 'a-chain', 'time', clock_timestamp(), 'payload', jsonb_build_object('key', $1)))) FROM s
"""


@dataclass
class History:
    """What writers were told is committed, and what they took back."""

    topic: str
    acknowledged: set[tuple[str, int]] = field(default_factory=set)
    stopped: bool = False

    async def prepare(self, connection: Any) -> None:
        """Make the writers' own tables."""
        await connection.execute(
            "SELECT set_config('keypost.app_role', 'keypost_tiering_app', false),"
            " set_config('keypost.worker_role', 'keypost_tiering_worker', false)"
        )
        await connection.execute("DROP TABLE IF EXISTS agg, other")
        await connection.execute(TABLES)
        await connection.execute(f"INSERT INTO agg SELECT 'k' || g, 0 FROM generate_series(0, {KEYS - 1}) g")

    async def write(self, url: str, number: int) -> None:
        """Write until stopped; every second writer takes its transaction id early and is slow to commit."""
        chance = random.Random(number)
        connection = await asyncpg.connect(url)
        while not self.stopped:
            key = f"k{chance.randrange(KEYS)}"
            transaction = connection.transaction()
            await transaction.start()
            if number % 2:
                await connection.execute("INSERT INTO other VALUES (clock_timestamp())")
                await asyncio.sleep(chance.random() * 0.004)
            version = await connection.fetchval(WRITE, key, self.topic)
            await asyncio.sleep(chance.choice((0, 0, 0, 0.02)) if number % 2 else 0)
            if chance.random() < 0.05:
                await transaction.rollback()
                continue
            await transaction.commit()
            self.acknowledged.add((key, version))
        await connection.close()

    async def write_for(self, url: str, seconds: float, writers: int = 16) -> None:
        """Let writers work side by side for a while."""
        tasks = [asyncio.create_task(self.write(url, number)) for number in range(writers)]
        before = len(self.acknowledged)
        await asyncio.sleep(seconds)
        while len(self.acknowledged) == before and not any(task.done() for task in tasks):
            await asyncio.sleep(0.01)
        self.stopped = True
        await asyncio.gather(*tasks)
        self.stopped = False


@dataclass(frozen=True)
class Verdict:
    """What is wrong with what a topic holds, against a history."""

    lost: set[tuple[str, int]]
    phantom: set[tuple[str, int]]
    doubled: int
    reordered: list[tuple[str, int]]


def judge(history: History, records: Sequence[Any]) -> Verdict:
    """Compare a topic with the history; a repeated record counts as doubled, not as reordered."""
    seen: set[tuple[str, int]] = set()
    last: dict[str, int] = {}
    reordered, doubled = [], 0
    for record in records:
        key, version = record.key.decode(), int(header(record, "ce_aggregateversion"))
        if (key, version) in seen:
            doubled += 1
            continue
        seen.add((key, version))
        if version != last.get(key, 0) + 1:
            reordered.append((key, version))
        last[key] = version
    return Verdict(history.acknowledged - seen, seen - history.acknowledged, doubled, reordered)


SOUND = Verdict(set(), set(), 0, [])
