"""One database transaction with its moment, its actor and its scope; opened at the edge, committed only there."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

import asyncpg

from chassis import outbox
from chassis.auth import Caller
from chassis.database import Connection, Pool, answer_seconds
from chassis.ids import uuid7
from contracts.envelope import Event

TAKE_TIME = "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)"


class Told(Protocol):
    """The public data of an event: a Pydantic model of `contracts` that knows its type."""

    TYPE: ClassVar[str]

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Give the JSON-ready data."""
        ...


@dataclass
class Moment:
    """When something happens, on whose behalf, and in which chain of requests and events."""

    service: str
    now: datetime
    actor: str
    correlation_id: str
    causation_id: str | None = None
    caller: Caller | None = None

    def event(self, data: Told, *, aggregate: str, version: int, subject: str, orgpath: str) -> Event:
        """Build the event of a fact of this moment."""
        return Event(
            id=uuid7(),
            source=f"/keypost/{self.service}",
            type=data.TYPE,
            time=self.now,
            subject=subject,
            aggregate=aggregate,
            version=version,
            orgpath=orgpath,
            actor=self.actor,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            data=data.model_dump(mode="json"),
        )


@dataclass
class Transaction:
    """A running transaction; below the edge nobody commits."""

    connection: Connection
    moment: Moment
    wakes_directory: bool = field(default=False)
    _answer_seconds: float | None = field(default=None, init=False)

    @property
    def now(self) -> datetime:
        """The business time of this transaction."""
        return self.moment.now

    @property
    def caller(self) -> Caller:
        """The person who asked; raises where no person did."""
        if self.moment.caller is None:
            raise LookupError("this transaction was not asked for by a caller")
        return self.moment.caller

    def event(self, data: Told, *, aggregate: str, version: int, subject: str, orgpath: str) -> Event:
        """Build an event of this moment."""
        return self.moment.event(data, aggregate=aggregate, version=version, subject=subject, orgpath=orgpath)

    def encoded(self, events: Iterable[Event]) -> str:
        """Give the events as the argument of the SQL function `announce`."""
        return outbox.encode(events, f"keypost.{self.moment.service}")

    async def announce(self, events: Sequence[Event]) -> None:
        """Write events that have no state row of their own in this statement."""
        if events:
            await self.execute("SELECT announce($1::jsonb)", self.encoded(events))

    async def take_time(self, timeout_ms: int) -> None:
        """Let what follows in this transaction run, and wait for others, so long: work over a whole province.

        Only this transaction is patient: on every other connection a silent database is given up as soon as ever.
        """
        self._answer_seconds = answer_seconds(timeout_ms)
        await self.fetchval(TAKE_TIME, str(timeout_ms))

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Give all rows."""
        return await self.connection.fetch(sql, *args, timeout=self._answer_seconds)

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        """Give the first row or None."""
        return await self.connection.fetchrow(sql, *args, timeout=self._answer_seconds)

    async def fetchval(self, sql: str, *args: object) -> Any:
        """Give the first value of the first row or None."""
        return await self.connection.fetchval(sql, *args, timeout=self._answer_seconds)

    async def execute(self, sql: str, *args: object) -> str:
        """Run a statement; gives its command tag."""
        return await self.connection.execute(sql, *args, timeout=self._answer_seconds)


@asynccontextmanager
async def scoped(pool: Pool, moment: Moment, *, readonly: bool = False) -> AsyncIterator[Transaction]:
    """Open a transaction that sees and writes only what the moment's caller may."""
    scope = moment.caller.orgpath if moment.caller else ""
    async with pool.acquire() as connection, connection.transaction(readonly=readonly):
        await connection.execute("SELECT set_scope($1, $2)", scope, moment.actor)
        yield Transaction(connection, moment)


@asynccontextmanager
async def unscoped(pool: Pool, moment: Moment) -> AsyncIterator[Transaction]:
    """Open a transaction of the worker role: consumers and sweepers, which row-level security does not bind."""
    async with pool.acquire() as connection, connection.transaction():
        yield Transaction(connection, moment)
