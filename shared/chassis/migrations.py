"""Migrations: the chassis' own schema and each service's alembic revisions, run by the owner role."""

from importlib import resources
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.settings import Settings

FIRST = ("001_access.sql", "002_events.sql", "003_requests.sql", "004_deadlines.sql")


def install_backbone() -> None:
    """Create the tables that every service has from the start; called by a service's first revision."""
    for name in FIRST:
        extend_backbone(name)


def extend_backbone(name: str) -> None:
    """Create what every service has got later; each service has a revision for it."""
    execute_script((resources.files("chassis") / "schema" / name).read_text(encoding="utf-8"))


def execute_script(text: str) -> None:
    """Run a script of several statements as it stands."""
    connection = op.get_bind().connection.dbapi_connection
    if connection is None:
        raise RuntimeError("migrations run on a live connection")
    connection.run_async(lambda raw: raw.execute(text))


async def run() -> None:
    """Run the revisions of the configured service inside alembic's environment."""
    settings = Settings()
    if settings.owner_url is None:
        raise RuntimeError("KEYPOST_OWNER_URL is needed for migrations")
    engine = create_async_engine(engine_url(settings.owner_url))
    async with engine.connect() as connection:
        await connection.execute(
            sa.text(
                "SELECT set_config('keypost.app_role', :app, false), set_config('keypost.worker_role', :worker, false)"
            ),
            {"app": _role(settings.database_url), "worker": _role(settings.worker_url)},
        )
        await connection.commit()
        await connection.run_sync(_migrate)
        await connection.commit()
    await engine.dispose()


def engine_url(dsn: str) -> URL:
    """Give the SQLAlchemy URL of a libpq one, with its socket folder."""
    parts = urlsplit(dsn)
    host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
    return URL.create(
        "postgresql+asyncpg",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.lstrip("/"),
        query={"host": host, **({"port": str(parts.port)} if parts.port else {})},
    )


def _migrate(connection: sa.Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def _role(dsn: str) -> str:
    return unquote(urlsplit(dsn).username or "")
