"""Nobody in where they don't belong, by the catalogue: the application role sees what its scope covers, and nothing else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from chassis.database import Connection
from deploy.layout import SERVICES
from support.filler import FOREIGN, ORGPATH, Table, fill, tables_of
from support.instance import FreshDatabase

BACKBONE = {
    "organisation",
    "staff",
    "outbox",
    "event_log",
    "inbox",
    "parked",
    "idempotency",
    "deadline",
    "audit_entry",
    "attachment",
}
DEFINERS = """
    SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      AND NOT COALESCE('search_path=public, pg_temp' = ANY (p.proconfig), false)
"""
VIEWS = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND (relkind = 'm' OR (relkind = 'v' AND NOT COALESCE('security_invoker=true' = ANY (reloptions), false)))
      AND has_table_privilege($1, oid, 'SELECT')
"""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def filled(fresh: FreshDatabase) -> AsyncIterator[tuple[Connection, list[Table]]]:
    """Give the application's connection to a database with a row in every table."""
    async with connected(fresh.superuser_url) as root, connected(fresh.url("app")) as app:
        await root.execute("SELECT ensure_event_log_month(current_date)")
        tables = await tables_of(root)
        for table in sorted(tables, key=lambda one: one.name != "organisation"):
            await fill(root, table)
        for table in tables:
            assert await root.fetchval(f'SELECT count(*) FROM "{table.name}"'), f"{table.name} is empty"
        yield app, tables


async def rows_seen(app: Connection, table: Table, scope: str | None) -> int:
    """Count what the application sees; no right to look at all counts as nothing."""
    try:
        async with app.transaction():
            if scope is not None:
                await app.execute("SELECT set_scope($1, 'somebody')", scope)
            return int(await app.fetchval(f'SELECT count(*) FROM "{table.name}"'))
    except asyncpg.InsufficientPrivilegeError:
        return 0


async def rows_deleted(app: Connection, table: Table, scope: str | None) -> int:
    transaction = app.transaction()
    await transaction.start()
    try:
        if scope is not None:
            await app.execute("SELECT set_scope($1, 'somebody')", scope)
        return int((await app.execute(f'DELETE FROM "{table.name}"')).rpartition(" ")[2])
    except asyncpg.InsufficientPrivilegeError:
        return 0
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_scope_no_row_of_any_table_is_seen_or_deleted(
    service: str, database: Callable[[str], FreshDatabase]
) -> None:
    async with filled(database(service)) as (app, tables):
        assert {table.name for table in tables} >= BACKBONE
        for scope in (None, ""):
            seen = {table.name: await rows_seen(app, table, scope) for table in tables}
            assert {name: count for name, count in seen.items() if count} == {}, scope
            deleted = {table.name: await rows_deleted(app, table, scope) for table in tables}
            assert {name: count for name, count in deleted.items() if count} == {}, scope


@pytest.mark.parametrize("service", SERVICES)
async def test_rows_of_an_organisation_are_seen_in_its_scope_and_in_no_other(
    service: str, database: Callable[[str], FreshDatabase]
) -> None:
    async with filled(database(service)) as (app, tables):
        guarded = [table for table in tables if table.by_organisation]
        assert {"deadline", "attachment", "outbox", "event_log", "audit_entry"} <= {
            table.name for table in guarded
        }
        for table in guarded:
            for scope in (FOREIGN, ORGPATH[:-1], f"{ORGPATH}-T01", f"{ORGPATH}.420106-T01", "%", "CN.42000_"):
                assert await rows_seen(app, table, scope) == 0, (table.name, scope)
            for scope in (ORGPATH, "CN.420000.420100", "CN"):
                assert await rows_seen(app, table, scope) > 0, (table.name, scope)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_and_partition_forces_row_level_security(
    service: str, database: Callable[[str], FreshDatabase]
) -> None:
    async with filled(database(service)) as (app, tables):
        assert [table.name for table in tables if not table.forced] == []
        for table in tables:
            if table.policy is None:
                assert await rows_seen(app, table, "CN") == 0, table.name


@pytest.mark.parametrize("service", SERVICES)
async def test_nothing_runs_with_more_rights_than_its_caller_unguarded(
    service: str, database: Callable[[str], FreshDatabase]
) -> None:
    fresh = database(service)
    async with connected(fresh.superuser_url) as root:
        assert [row["proname"] for row in await root.fetch(DEFINERS)] == []
        role = f"{SERVICES[service].database}_app"
        assert [row["relname"] for row in await root.fetch(VIEWS, role)] == []
        bypasses = "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = $1"
        assert await root.fetchval(bypasses, role) is False


@pytest.mark.parametrize("service", SERVICES)
async def test_the_application_cannot_write_without_a_scope(
    service: str, database: Callable[[str], FreshDatabase]
) -> None:
    async with filled(database(service)) as (app, _):
        for statement in (
            "INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version)"
            " VALUES (gen_random_uuid(), 'n', 'n', '420106', '{}', 1)",
            "INSERT INTO event_log SELECT * FROM event_log",
            "UPDATE event_log SET version = 2",
            "INSERT INTO inbox (consumer, event_id, source, type, aggregate, version)"
            " VALUES ('c', gen_random_uuid(), 's', 't', 'a', 1)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)


async def test_a_table_that_was_forgotten_is_found(database: Callable[[str], FreshDatabase]) -> None:
    fresh = database("tiering")
    async with connected(fresh.url("owner")) as owner:
        await owner.execute("CREATE TABLE forgotten (org_id text NOT NULL)")
        await owner.execute("GRANT SELECT ON forgotten TO keypost_tiering_app")
    async with filled(fresh) as (app, tables):
        forgotten = next(table for table in tables if table.name == "forgotten")
        assert not forgotten.forced
        assert await rows_seen(app, forgotten, None) == 1
