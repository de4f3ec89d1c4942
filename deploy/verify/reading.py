"""Reads the rows to compare from the databases of one instance, as the worker role."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import asyncpg
import orjson

from chassis import audit
from chassis.clock import technical_now
from chassis.database import Connection
from chassis.ids import uuid7
from chassis.transaction import Moment, Transaction
from contracts.subscriptions import SUBSCRIPTIONS
from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.verify.comparing import sides_at, within
from deploy.verify.comparisons import WRITTEN
from deploy.verify.record import Record
from deploy.verify.records import RECORDS
from deploy.verify.registry_records import DIRECTORY
from deploy.verify.rows import Heard, Logged, Parked, Row, Streamed, Told

# The id of an event carries the real time it was made at.
LOG = """
    SELECT event_id, topic, type, aggregate, version, seq, key, false AS published,
      extract(epoch FROM clock_timestamp() - uuid_extract_timestamp(event_id))::float8 AS waiting FROM outbox
    UNION ALL
    SELECT event_id, topic, type, aggregate, version, seq, key, true, 0 FROM event_log
"""
INBOX = "SELECT event_id, source, type, aggregate, version, position FROM inbox WHERE consumer = $1"
STREAM = "SELECT event_id, source, type, aggregate, version, position FROM stream_log"
PARKED = "SELECT key, event_id, error, parked_at FROM parked WHERE consumer = $1 ORDER BY position"
NEWEST = f"""
    SELECT DISTINCT ON (aggregate) event_id, type, aggregate, version, payload AS data
    FROM {WRITTEN}
    WHERE aggregate ^@ ($1 || ':') ORDER BY aggregate, version DESC
"""  # noqa: S608 - constants
DEADLINES = "SELECT id, kind, state, version, cardinality(warned_at) AS warnings, breached_at FROM deadline"
LIVE_CLAIMS = """
    SELECT survivor_of(customer_id) AS customer_id, line, claim_id, org_id, since, until FROM claim WHERE state = 'live'
"""
REPLAYED = "SELECT EXISTS (SELECT FROM replay)"
# The first statement of such a transaction is the moment that it sees.
LOOK = "SELECT 1"

LISTENERS_FIRST = ("console", "scoring", "service-desk", "tiering", "pricing", "registry")


class Differing(NamedTuple):
    """What is kept beside what was told where both are one service's: only rows that are not alike."""

    looked_at: int
    kept: Mapping[str, Row]
    told: Mapping[str, Row]


@dataclass
class State:
    """What one service's database holds of what is compared."""

    service: str
    log: list[Logged] = field(default_factory=list)
    inbox: list[Heard] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    deadlines: list[Row] = field(default_factory=list)
    broken_blocks: list[int] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    newest: dict[str, dict[str, Told]] = field(default_factory=dict)
    sides: dict[str, dict[str, Row]] = field(default_factory=dict)
    differing: dict[str, Differing] = field(default_factory=dict)
    has_replayed: bool = False
    live_claims: list[Row] = field(default_factory=list)
    stream: list[Streamed] = field(default_factory=list)


class Reader:
    """Connections to the databases of an instance."""

    def __init__(self, connections: dict[str, Connection]) -> None:
        self._connections = connections

    async def settle(self, patience: float) -> tuple[bool, float]:
        """Wait until every event is published and heard, at most so many seconds; tells whether, and how long it took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            waited = loop.time() - began
            if await self._lag() == 0:
                return True, waited
            if waited >= patience:
                return False, waited
            await asyncio.sleep(0.25)

    async def state(self) -> dict[str, State]:
        """Read everything as of one moment; who hears before who tells, so that what moves is not taken for invented."""
        order = [name for name in LISTENERS_FIRST if name in self._connections]
        async with AsyncExitStack() as stack:
            for service in order:
                connection = self._connections[service]
                await stack.enter_async_context(
                    connection.transaction(isolation="repeatable_read", readonly=True)
                )
                await connection.execute(LOOK)
            states = await asyncio.gather(*(self._read(service) for service in order))
        return dict(zip(order, states, strict=True))

    async def _lag(self) -> int:
        """Count the events that are not published, or not heard by somebody who shall hear them."""
        unpublished = 0
        told: dict[tuple[str, str], int] = {}
        for connection in self._connections.values():
            unpublished += await connection.fetchval("SELECT count(*) FROM outbox")
            counts = (
                "SELECT topic, type, count(DISTINCT event_id) AS events FROM event_log GROUP BY topic, type"
            )
            told |= {(row["topic"], row["type"]): row["events"] for row in await connection.fetch(counts)}
        unheard = 0
        for consumer, connection in self._connections.items():
            wanted = sum(count for key, count in told.items() if SUBSCRIPTIONS[consumer].hears(*key))
            heard: int = await connection.fetchval("SELECT count(*) FROM inbox WHERE consumer = $1", consumer)
            unheard += max(0, wanted - heard)
        return unpublished + unheard

    async def _read(self, service: str) -> State:
        connection = self._connections[service]
        state = State(service)
        state.log = [Logged(*row) for row in await connection.fetch(LOG)]
        state.inbox = [Heard(*row) for row in await connection.fetch(INBOX, service)]
        state.parked = [Parked(*row) for row in await connection.fetch(PARKED, service)]
        state.has_replayed = await connection.fetchval(REPLAYED)
        state.deadlines = [dict(row) for row in await connection.fetch(DEADLINES)]
        state.broken_blocks = await audit.broken_blocks(Transaction(connection, _moment(service)))
        await self._read_records(connection, state)
        await self._read_comparisons(connection, state)
        if service == "console":
            state.stream = [Streamed(*row) for row in await connection.fetch(STREAM)]
        return state

    async def _read_records(self, connection: Connection, state: State) -> None:
        for record in _kept(state.service):
            state.tables[record.table] = await _documents(connection, record.select)
        for record in _own(state.service):
            state.newest[record.aggregate] = _by_aggregate(await connection.fetch(NEWEST, record.aggregate))
        if state.service == "registry":
            state.live_claims = [dict(row) for row in await connection.fetch(LIVE_CLAIMS)]

    async def _read_comparisons(self, connection: Connection, state: State) -> None:
        for sql in sides_at(state.service):
            rows = await connection.fetch(sql)
            state.sides[sql] = {row["key"]: orjson.loads(row["facts"]) for row in rows}
        for comparison in within(state.service):
            rows = await connection.fetch(comparison.differences)
            state.differing[comparison.name] = Differing(
                rows[0]["looked_at"],
                {row["key"]: orjson.loads(row["kept"]) for row in rows if row["kept"]},
                {row["key"]: orjson.loads(row["told"]) for row in rows if row["told"]},
            )


@asynccontextmanager
async def opened(instance: Instance) -> AsyncIterator[Reader]:
    """Connect to every database of an instance; raises what the database refuses with."""
    connections: dict[str, Connection] = {}
    try:
        for service in SERVICES:
            connections[service] = await asyncpg.connect(
                instance.database_url(service, "worker"),
                # Who has read waits within its transaction for who has more to read.
                server_settings={
                    "timezone": "Asia/Shanghai",
                    "jit": "off",
                    "idle_in_transaction_session_timeout": "0",
                },
            )
        yield Reader(connections)
    finally:
        for connection in connections.values():
            await connection.close()


def _own(service: str) -> Sequence[Record]:
    return [record for record in RECORDS if record.service == service]


def _kept(service: str) -> Sequence[Record]:
    """Give the tables of a service: its own records', and the directory's, which others than the registry are told of."""
    if service == "registry":
        return _own(service)
    told = [Record(service, table, key, table, fields) for table, key, fields in DIRECTORY]
    return [*_own(service), *told]


async def _documents(connection: Connection, sql: str) -> list[Row]:
    rows = await connection.fetch(f"SELECT to_jsonb(r) FROM ({sql}) AS r")  # noqa: S608 - statements of our own
    return [orjson.loads(row[0]) for row in rows]


def _by_aggregate(rows: Iterable[asyncpg.Record]) -> dict[str, Told]:
    return {row["aggregate"]: _told(row) for row in rows}


def _told(row: asyncpg.Record) -> Told:
    return Told(row["event_id"], row["type"], row["aggregate"], row["version"], orjson.loads(row["data"]))


def _moment(service: str) -> Moment:
    return Moment(service, technical_now(), "system:verify", str(uuid7()))
