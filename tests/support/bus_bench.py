"""A consumer that runs beside the tests, whose handler writes down what it hears and meets the trouble an event asks for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from chassis.bus import Consumer
from chassis.database import Connection, Database
from chassis.releasing import release
from chassis.settings import Settings
from chassis.transaction import Transaction, unscoped
from contracts.envelope import Event
from support.backbone import Raw, eventually, moment, produce, raw

PREPARE = """
    CREATE TABLE applied (key text, version bigint, event_id uuid, position bigint GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE forbidden (key text PRIMARY KEY);
    CREATE TABLE locked (name text PRIMARY KEY);
    INSERT INTO locked VALUES ('first'), ('second');
    CREATE SEQUENCE tries;
    GRANT ALL ON applied, forbidden, locked TO keypost_tiering_worker;
    GRANT ALL ON SEQUENCE tries TO keypost_tiering_worker;
"""
AT_WORK = """
    SELECT pid FROM pg_stat_activity WHERE usename = 'keypost_tiering_worker' AND datname = current_database()
"""
FAIL_TWICE = "DO $$ BEGIN IF nextval('tries') <= 2 THEN RAISE SQLSTATE '40001'; END IF; END $$"


@dataclass
class Bench:
    """A running consumer, whose handler writes what it gets into a table."""

    settings: Settings
    database: Database
    consumer: Consumer
    root: Connection

    @property
    def topic(self) -> str:
        return f"{self.settings.topic}.heard"

    async def say(self, *records: Raw | Event) -> None:
        await produce(
            self.settings, self.topic, [one if isinstance(one, Raw) else raw(one) for one in records]
        )

    async def applied(self, key: str) -> list[int]:
        rows = await self.root.fetch("SELECT version FROM applied WHERE key = $1 ORDER BY position", key)
        return [row["version"] for row in rows]

    async def parked(self, key: str) -> list[asyncpg.Record]:
        return await self.root.fetch("SELECT * FROM parked WHERE key = $1 ORDER BY position", key)

    async def until_applied(self, key: str, versions: Sequence[int], seconds: float = 60.0) -> None:
        async def done() -> bool:
            return set(versions) <= set(await self.applied(key))

        await eventually(done, f"{key} applied to {max(versions)}", seconds)
        assert await self.applied(key) == list(versions)

    async def until_parked(self, key: str, count: int) -> list[asyncpg.Record]:
        async def done() -> bool:
            return len(await self.parked(key)) >= count

        await eventually(done, f"{count} parked of {key}")
        return await self.parked(key)

    async def until_working(self, how: str) -> list[int]:
        """Wait until sessions of the service's worker are as said of `pg_stat_activity`; gives their process ids."""
        found: list[int] = []

        async def done() -> bool:
            rows = await self.root.fetch(f"{AT_WORK} AND {how}")
            found[:] = [row["pid"] for row in rows]
            return bool(found)

        await eventually(done, f"a session at work with {how}")
        return found

    async def release(self, key: str) -> int:
        async with unscoped(self.database.worker, moment()) as tx:
            return await release(self.consumer, tx, key)


async def apply(tx: Transaction, events: Sequence[Event]) -> None:
    """Write down what came; an event may ask for trouble."""
    for event in events:
        await do(tx, event)
    await tx.execute(
        "INSERT INTO applied (key, version, event_id) SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[])",
        [event.subject for event in events],
        [event.version for event in events],
        [event.id for event in events],
    )


async def do(tx: Transaction, event: Event) -> None:
    match event.data.get("do"):
        case "fail unless allowed":
            if await tx.fetchval("SELECT true FROM forbidden WHERE key = $1", event.subject):
                raise ValueError(f"{event.subject} 13800138000 is forbidden")
        case "send what has no place":
            await tx.execute("SELECT $1::bigint", 2**70)
        case "be rolled back twice":
            await tx.execute(FAIL_TWICE)
        case "lock both":
            await tx.execute("SELECT FROM locked WHERE name = 'first' FOR UPDATE")
            await asyncio.sleep(0.5)
            await tx.execute("SELECT FROM locked WHERE name = 'second' FOR UPDATE")
        case "take long":
            await asyncio.sleep(event.data["seconds"])
