"""Migrations: run again they change nothing, and side by side they do not collide."""

import subprocess
import sys

import pytest

from chassis.migrations import engine_url
from support.backbone import superuser
from support.instance import Databases, FreshDatabase

SHAPE = """
    SELECT string_agg(c.relname || ' ' || a.attname || ' ' || a.atttypid::regtype, ',' ORDER BY c.relname, a.attnum)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
"""


def migrate(fresh: FreshDatabase) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "chassis.migrate"],
        env=fresh.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


async def test_migrating_again_and_side_by_side_changes_nothing(fresh: FreshDatabase) -> None:
    async with superuser(fresh) as root:
        before = await root.fetchval(SHAPE)
        await root.execute("INSERT INTO rule_wording VALUES ('a.b', '2026-01-01', '2026-01-01', '{}', 1)")
        runs = [migrate(fresh), migrate(fresh)]
        for run in runs:
            output, _ = run.communicate(timeout=240)
            assert run.returncode == 0, output
        assert before
        assert await root.fetchval(SHAPE) == before
        assert await root.fetchval("SELECT count(*) FROM rule_wording") == 1


def test_without_the_owners_address_nothing_is_migrated(fresh: FreshDatabase) -> None:
    bare = {name: value for name, value in fresh.environment.items() if name != "KEYPOST_OWNER_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "chassis.migrate"], env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert "KEYPOST_OWNER_URL" in done.stderr


@pytest.mark.parametrize(
    ("dsn", "host", "user", "password", "database"),
    [
        ("postgresql://a_owner:s%2Fx@/keypost?host=/run/pg", "/run/pg", "a_owner", "s/x", "keypost"),
        ("postgresql://u:p@db.local:5433/k", "db.local", "u", "p", "k"),
    ],
)
def test_an_address_is_read_as_libpq_reads_it(
    dsn: str, host: str, user: str, password: str, database: str
) -> None:
    url = engine_url(dsn)
    assert (url.query["host"], url.username, url.password, url.database) == (host, user, password, database)


def test_each_test_database_is_a_copy_of_a_migrated_one(backbone_databases: Databases) -> None:
    made = backbone_databases("tiering")
    assert made.name.startswith("keypost_tiering_t")
