"""A service that hears, two tables it keeps of what it heard, and having them made once more."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from chassis.bus import Consumer
from chassis.clock import Clock, technical_now
from chassis.database import Connection, Database
from chassis.ids import uuid7
from chassis.rebuilding import Rebuilder
from chassis.settings import Settings
from chassis.shadow import Projection
from chassis.transaction import Transaction
from contracts.envelope import Event
from support.backbone import Happened, eventually, happened, produce, raw

# The newest word wins; and a sum, which comes out wrong where an event has its effect twice or not at all.
THINGS = """
    INSERT INTO thing AS t (key, version, text)
    SELECT DISTINCT ON (key) key, version, text FROM unnest($1::text[], $2::bigint[], $3::text[]) AS e(key, version, text)
    ORDER BY key, version DESC
    ON CONFLICT (key) DO UPDATE SET version = EXCLUDED.version, text = EXCLUDED.text, written = t.written + 1
    WHERE t.version < EXCLUDED.version
"""
TALLIES = """
    INSERT INTO tally AS t (key, events, points)
    SELECT key, count(*), sum(points) FROM unnest($1::text[], $2::numeric[]) AS e(key, points) GROUP BY key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET events = t.events + EXCLUDED.events, points = t.points + EXCLUDED.points
"""


async def keep(tx: Transaction, events: Sequence[Event]) -> None:
    """Keep the newest word of each thing, and how much was said of it."""
    keys = [event.subject for event in events]
    versions = [event.version for event in events]
    await tx.execute(THINGS, keys, versions, [str(event.data["text"]) for event in events])
    await tx.execute(TALLIES, keys, [event.data["points"] for event in events])


PROJECTION = Projection(("thing", "tally"), {Happened.TYPE: keep}, counted={"thing": ("written",)})


@dataclass
class House:
    """A service that hears, and what it has of what it heard."""

    settings: Settings
    database: Database
    root: Connection

    @property
    def topic(self) -> str:
        return f"{self.settings.topic}.heard"

    @property
    def consumer(self) -> Consumer:
        return Consumer(self.settings, self.database, Clock(None), {Happened.TYPE: keep}, [self.topic])

    def rebuilder(self, projection: Projection = PROJECTION) -> Rebuilder:
        return Rebuilder(self.settings, self.database, Clock(None), projection, [self.topic])

    async def say(self, *events: Event) -> None:
        await produce(self.settings, self.topic, [raw(event) for event in events])

    async def until_heard(self, count: int) -> None:
        async def heard() -> bool:
            return bool(await self.root.fetchval("SELECT count(*) FROM inbox") >= count)

        await eventually(heard, f"{count} events heard", 60)

    async def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Give every row of the projection, but for how often it was written."""
        things = await self.root.fetch("SELECT key, version, text FROM thing ORDER BY key")
        tallies = await self.root.fetch("SELECT * FROM tally ORDER BY key")
        return {"thing": [tuple(row) for row in things], "tally": [tuple(row) for row in tallies]}

    async def ask(self) -> UUID:
        asked = uuid7()
        await self.root.execute(
            "INSERT INTO rebuild (id, requested_by, requested_at) VALUES ($1, 'system:test', $2)",
            asked,
            technical_now(),
        )
        return asked

    async def rebuild(self, asked: UUID) -> asyncpg.Record:
        row = await self.root.fetchrow("SELECT * FROM rebuild WHERE id = $1", asked)
        assert row is not None
        return row

    async def until(self, asked: UUID, state: str, seconds: float = 90.0) -> asyncpg.Record:
        async def reached() -> bool:
            found = (await self.rebuild(asked))["state"]
            assert found == state or found in ("requested", "running"), await self.rebuild(asked)
            return bool(found == state)

        await eventually(reached, f"the rebuild is {state}", seconds)
        return await self.rebuild(asked)

    async def until_missing(self, asked: UUID, count: int) -> None:
        async def missing() -> bool:
            lack = (await self.rebuild(asked))["missing"]
            return lack is not None and sum(orjson.loads(lack).values()) == count

        await eventually(missing, f"{count} events are missing", 60)


def a_history(chance: random.Random, keys: Sequence[str], each: int) -> list[Event]:
    """Give versions of things in an order in which a bus may bring them, some told twice."""
    events = [
        happened(key, version, text=f"{key} {version}", points=chance.randint(1, 100))
        for version in range(1, each + 1)
        for key in keys
    ]
    again = [events[chance.randrange(len(events))] for _ in range(len(events) // 10)]
    return events + again


def differing(row: asyncpg.Record) -> dict[str, int]:
    """Give how many rows of each table a rebuild has changed."""
    return {table: sum(one.values()) for table, one in orjson.loads(row["changed"]).items()}
