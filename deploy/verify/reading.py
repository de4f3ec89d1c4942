"""Reads the rows to compare from the databases of one instance, as the worker role."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import orjson

from chassis import audit
from chassis.clock import technical_now
from chassis.database import Connection
from chassis.ids import uuid7
from chassis.transaction import Moment, Transaction
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.subscriptions import SUBSCRIPTIONS
from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.verify.projections import DIRECTORY, RECORDS, Record
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
WRITTEN = "(SELECT * FROM outbox UNION ALL SELECT {columns} FROM event_log) AS written"
COLUMNS = """lane, seq, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, causation_id,
  time, payload"""
NEWEST = f"""
    SELECT DISTINCT ON (aggregate) event_id, type, aggregate, version, payload AS data
    FROM {WRITTEN.format(columns=COLUMNS)}
    WHERE aggregate ^@ ($1 || ':') ORDER BY aggregate, version DESC
"""  # noqa: S608 - constants
PLACING = f"""
    SELECT DISTINCT ON (payload->>'customer_id') event_id, type, aggregate, version, payload AS data
    FROM {WRITTEN.format(columns=COLUMNS)}
    WHERE type = ANY ($1) ORDER BY payload->>'customer_id', event_id DESC
"""  # noqa: S608 - constants
PLACING_TYPES = [CustomerRegistered.TYPE, CustomerChanged.TYPE, AssignmentChanged.TYPE]
DEADLINES = "SELECT id, kind, state, version, cardinality(warned_at) AS warnings, breached_at FROM deadline"
LIVE_CLAIMS = "SELECT customer_id, line, claim_id, org_id, since, until FROM claim WHERE state = 'live'"
DESK_CUSTOMERS = """
    SELECT to_jsonb(c) || jsonb_build_object('phone_keys',
      (SELECT COALESCE(jsonb_agg(p.phone_key), '[]') FROM customer_phone p WHERE p.customer_id = c.customer_id))
    FROM customer c
"""


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
    placing: dict[str, Told] = field(default_factory=dict)
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
        """Read everything; who hears before who tells, so that what moves meanwhile is not taken for invented."""
        order = [
            "console",
            *(one for one in self._connections if one not in ("console", "registry")),
            "registry",
        ]
        return {service: await self._read(service) for service in order}

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
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            state.log = [Logged(*row) for row in await connection.fetch(LOG)]
            state.inbox = [Heard(*row) for row in await connection.fetch(INBOX, service)]
            state.parked = [Parked(*row) for row in await connection.fetch(PARKED, service)]
            state.deadlines = [dict(row) for row in await connection.fetch(DEADLINES)]
            state.broken_blocks = await audit.broken_blocks(Transaction(connection, _moment(service)))
            await self._read_records(connection, state)
            if service == "service-desk":
                state.tables["customer"] = await _documents(connection, DESK_CUSTOMERS)
            if service == "console":
                state.stream = [Streamed(*row) for row in await connection.fetch(STREAM)]
        return state

    async def _read_records(self, connection: Connection, state: State) -> None:
        for record in _kept(state.service):
            state.tables[record.table] = await _documents(connection, _select(record))
        for record in _own(state.service):
            state.newest[record.aggregate] = _by_aggregate(await connection.fetch(NEWEST, record.aggregate))
        if state.service == "registry":
            state.live_claims = [dict(row) for row in await connection.fetch(LIVE_CLAIMS)]
            placing = [_told(row) for row in await connection.fetch(PLACING, PLACING_TYPES)]
            state.placing = {told.data["customer_id"]: told for told in placing}


@asynccontextmanager
async def opened(instance: Instance) -> AsyncIterator[Reader]:
    """Connect to every database of an instance; raises what the database refuses with."""
    connections: dict[str, Connection] = {}
    try:
        for service in SERVICES:
            connections[service] = await asyncpg.connect(
                instance.database_url(service, "worker"), server_settings={"timezone": "Asia/Shanghai"}
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


def _select(record: Record) -> str:
    return f"SELECT to_jsonb(r) FROM (SELECT {', '.join(record.columns)} FROM {record.table}) AS r"  # noqa: S608


async def _documents(connection: Connection, sql: str) -> list[Row]:
    return [orjson.loads(row[0]) for row in await connection.fetch(sql)]


def _by_aggregate(rows: Iterable[asyncpg.Record]) -> dict[str, Told]:
    return {row["aggregate"]: _told(row) for row in rows}


def _told(row: asyncpg.Record) -> Told:
    return Told(row["event_id"], row["type"], row["aggregate"], row["version"], orjson.loads(row["data"]))


def _moment(service: str) -> Moment:
    return Moment(service, technical_now(), "system:verify", str(uuid7()))
