"""Connection pools of a service: one as the application (row-level security), one as the worker (bypasses it)."""

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from chassis.settings import Settings
from chassis.telemetry import describe, log

if TYPE_CHECKING:  # asyncpg's classes take parameters only in its stubs
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool


PASSING: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InternalClientError,
)
NO_ROOM = "Check free disk space."
"""The server's hint where a file cannot grow: it calls a quota or a limit on files an internal error."""
DATABASE_FAILURES: tuple[type[Exception], ...] = (*PASSING, asyncpg.PostgresError)
"""What a background loop lives through."""


def is_passing(error: BaseException) -> bool:
    """Tell whether the same may succeed later: the database was away, busy or rolled us back.

    A value that the driver could not even send is an InterfaceError too, and a ValueError: it never succeeds.
    """
    return out_of_room(error) or (isinstance(error, PASSING) and not isinstance(error, ValueError))


def out_of_room(error: BaseException) -> bool:
    """Tell whether the database has no room to keep anything more."""
    return isinstance(error, asyncpg.DiskFullError) or (
        isinstance(error, asyncpg.InternalServerError) and getattr(error, "hint", None) == NO_ROOM
    )


CONNECT_SECONDS = 10
AWAITED_SECONDS = 300.0
"""How long a starting service waits for its database: a server that recovers from a power cut answers late."""
ASK_AGAIN_SECONDS = 0.25
ANSWER_MARGIN_SECONDS = 5
LOCK_HOLDER_IDLE_MS = 30_000
"""A session that holds a lock asks something all the while: the server takes one that does not for dead."""
POOLED_IDLE_MS = 360_000
"""Longer than a pool keeps a connection that nobody uses."""


class BlindTrigrams(RuntimeError):
    """The database's locale makes pg_trgm see no trigram in Chinese text."""


@dataclass
class Database:
    """Both pools; `open` first, `close` last."""

    app: Pool
    worker: Pool

    async def close(self) -> None:
        """Give all connections back."""
        await self.app.close()
        await self.worker.close()


async def open_database(settings: Settings, awaited_seconds: float = AWAITED_SECONDS) -> Database:
    """Open both pools as soon as the database takes connections, and check that it can search Chinese text.

    A service that ended instead would be started again and again, and take the processor from the server's recovery.
    """
    await _await_database(settings, awaited_seconds)
    server_settings = {
        "application_name": f"keypost {settings.service}",
        "lock_timeout": str(settings.lock_timeout_ms),
        "statement_timeout": str(settings.statement_timeout_ms),
        "timezone": "Asia/Shanghai",
        "idle_session_timeout": str(POOLED_IDLE_MS),
    }
    answer = answer_seconds(settings.statement_timeout_ms)
    app = await asyncpg.create_pool(
        settings.database_url,
        min_size=1,
        max_size=settings.pool_size,
        server_settings=server_settings,
        reset=_keep_session,
        timeout=CONNECT_SECONDS,
        command_timeout=answer,
    )
    worker = await asyncpg.create_pool(
        settings.worker_url,
        min_size=1,
        max_size=settings.worker_pool_size,
        server_settings=server_settings,
        timeout=CONNECT_SECONDS,
        command_timeout=answer,
    )
    return Database(app, worker)


async def _await_database(settings: Settings, seconds: float) -> None:
    """Ask until the database answers; raises what will not pass at once, and what passes after so many seconds."""
    connection = await _first_connection(settings, seconds)
    try:
        if not await connection.fetchval("SELECT cardinality(show_trgm('武汉'))"):
            raise BlindTrigrams("create the database with libc C.UTF-8: pg_trgm finds nothing in '武汉'")
    finally:
        await connection.close()


async def _first_connection(settings: Settings, seconds: float) -> Connection:
    try:
        return await connect_as_worker(settings)
    except DATABASE_FAILURES as error:
        if not is_passing(error):
            raise
        reason = describe(error)
    end = time.monotonic() + seconds
    with _ended_by_signals():
        log().warning("database.awaited", error=reason)
        while True:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            try:
                return await connect_as_worker(settings)
            except DATABASE_FAILURES as error:
                if not is_passing(error) or time.monotonic() > end:
                    raise


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a signal end the process at once: nothing has begun, and the server obeys it only once it has started."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    obeyed = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in obeyed.items():
            signal.signal(number, handler)


async def connect_as_worker(settings: Settings) -> Connection:
    """Open a worker's connection beside the pools; locks that it holds end soon after its process is gone."""
    return await asyncpg.connect(
        settings.worker_url,
        server_settings={"idle_session_timeout": str(LOCK_HOLDER_IDLE_MS)},
        timeout=CONNECT_SECONDS,
        command_timeout=answer_seconds(settings.statement_timeout_ms),
    )


def answer_seconds(timeout_ms: int) -> float:
    """Give how long an answer is waited for: what comes later than the statement may run comes from nobody."""
    return timeout_ms / 1000 + ANSWER_MARGIN_SECONDS


async def _keep_session(_connection: Connection) -> None:
    """Scope and actor end with their transaction, so the usual RESET ALL is a round trip for nothing."""
