"""Plants damage in the databases of a running instance, and takes it back."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest
from _pytest.mark.structures import ParameterSet

from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.verify.everything import verify
from deploy.verify.rows import Finding, Kind


async def superuser(instance: Instance, service: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect to a service's database as who may do anything."""
    return await asyncpg.connect(instance.postgres.superuser_url(instance.keys, SERVICES[service].database))


async def findings(instance: Instance, patience: float = 0) -> list[Finding]:
    """Give everything that is wrong."""
    verified = await verify(instance, patience)
    return [finding for outcome in verified.outcomes for finding in outcome.findings]


def damage(service: str, statement: str, kind: Kind, place: str) -> ParameterSet:
    """Give a case: what one statement damages is found as this kind, at this place."""
    return pytest.param(service, [statement], kind, place, id=f"{kind}: {statement[:70]}")


@asynccontextmanager
async def damaged(instance: Instance, service: str, *statements: str) -> AsyncIterator[None]:
    """Do the damage as the superuser, and put every table that a statement names back as it was."""
    connection = await superuser(instance, service)
    words = set(re.findall(r"\w+", " ".join(statements)))
    names = [row["name"] for row in await connection.fetch(TABLES) if row["name"] in words]
    await connection.execute("SET session_replication_role = replica")
    for name in names:
        await connection.execute(f"CREATE TEMPORARY TABLE kept_{name} AS SELECT * FROM {name}")
    try:
        for statement in statements:
            await connection.execute(statement)
        yield
    finally:
        for name in names:
            await connection.execute(f"DELETE FROM {name}")
            columns = await _columns(connection, name)
            await connection.execute(
                f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept_{name}"
            )
        if service == "registry":
            await connection.execute(
                "CREATE UNIQUE INDEX IF NOT EXISTS claim_one_live ON claim (customer_id, line) WHERE state = 'live'"
            )
        await connection.close()


TABLES = """
    SELECT relname AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
"""


async def _columns(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> str:
    names: Sequence[asyncpg.Record] = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = ''",
        table,
    )
    return ", ".join(row["attname"] for row in names)
