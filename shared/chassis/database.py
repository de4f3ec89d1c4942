"""Connection pools of a service: one as the application (row-level security), one as the worker (bypasses it)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from chassis.settings import Settings

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
DATABASE_FAILURES: tuple[type[Exception], ...] = (*PASSING, asyncpg.PostgresError)
"""What a background loop lives through."""


def is_passing(error: BaseException) -> bool:
    """Tell whether the same may succeed later: the database was away, busy or rolled us back.

    A value that the driver could not even send is an InterfaceError too, and a ValueError: it never succeeds.
    """
    return isinstance(error, PASSING) and not isinstance(error, ValueError)


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


async def open_database(settings: Settings) -> Database:
    """Open both pools and check that the database can search Chinese text."""
    server_settings = {
        "application_name": f"keypost {settings.service}",
        "lock_timeout": str(settings.lock_timeout_ms),
        "statement_timeout": str(settings.statement_timeout_ms),
        "timezone": "Asia/Shanghai",
    }
    app = await asyncpg.create_pool(
        settings.database_url,
        min_size=1,
        max_size=settings.pool_size,
        server_settings=server_settings,
        reset=_keep_session,
    )
    worker = await asyncpg.create_pool(
        settings.worker_url, min_size=1, max_size=settings.worker_pool_size, server_settings=server_settings
    )
    async with worker.acquire() as connection:
        if not await connection.fetchval("SELECT cardinality(show_trgm('武汉'))"):
            raise BlindTrigrams("create the database with libc C.UTF-8: pg_trgm finds nothing in '武汉'")
    return Database(app, worker)


async def _keep_session(_connection: Connection) -> None:
    """Scope and actor end with their transaction, so the usual RESET ALL is a round trip for nothing."""
