"""Fills any table with a row of plausible values, by its catalogue alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from chassis.clock import SHANGHAI
from chassis.database import Connection

ORG_ID = "420106"
ORGPATH = "CN.420000.420100.420106"
FOREIGN = "CN.420000.420500.420506"

TABLES = """
    SELECT c.oid, c.relname AS name, c.relkind = 'p' AS partitioned, c.relrowsecurity AND c.relforcerowsecurity AS forced,
           (SELECT string_agg(qual, ' ') FROM pg_policies p
            WHERE p.schemaname = 'public' AND p.tablename = c.relname) AS policy
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname <> 'alembic_version' ORDER BY c.relname
"""
COLUMNS = """
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, t.typtype = 'e' AS enumerated,
           t.typcategory = 'A' AS is_array, a.attidentity <> '' OR a.attgenerated <> '' AS made,
           (SELECT min(enumlabel) FROM pg_enum e WHERE e.enumtypid = t.oid) AS label,
           (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k
            WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)) AS rule
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
PLAIN: Mapping[str, str] = {
    "uuid": "0199aaaa-0000-7000-8000-000000000001",
    "boolean": "true",
    "jsonb": "{}",
    "json": "{}",
    "bytea": "x",
    "interval": "1 day",
    "daterange": "[2026-01-01,2026-02-01)",
    "tstzrange": "[2026-01-01,2026-02-01)",
    "pg_snapshot": "1:1:",
}


@dataclass(frozen=True)
class Table:
    """A table as the catalogue knows it."""

    oid: int
    name: str
    partitioned: bool
    forced: bool
    policy: str | None

    @property
    def by_organisation(self) -> bool:
        """Tell whether its policy asks for the organisation of a row."""
        return self.policy is not None and ("orgpath" in self.policy)

    @property
    def organisation_columns(self) -> set[str]:
        """Give the columns that its policy compares with organisations."""
        return set(re.findall(r"o\.org_id = (?:\w+\.)?\"?(\w+)\"?", self.policy or ""))


async def tables_of(root: Connection) -> list[Table]:
    """Give every table and partition of a service."""
    return [Table(**dict(row)) for row in await root.fetch(TABLES)]


async def fill(root: Connection, table: Table) -> None:
    """Insert a row of the sample organisation; raises AssertionError where no guess fits."""
    columns = [row for row in await root.fetch(COLUMNS, table.oid) if not row["made"]]
    names = ", ".join(f'"{row["name"]}"' for row in columns)
    failures = []
    for day in (datetime.now(SHANGHAI).date(), date(2001, 1, 15)):
        values = ", ".join(f"'{_value(row, table, day)}'::{row['type']}" for row in columns)
        try:
            async with root.transaction():
                await root.execute("SET LOCAL session_replication_role = replica")
                await root.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({values})')
            return
        except asyncpg.UniqueViolationError:
            return
        except asyncpg.PostgresError as error:
            failures.append(str(error))
    raise AssertionError(f"no row for {table.name}: {failures}")


def _value(column: Any, table: Table, day: date) -> str:
    kind = column["type"].removesuffix("[]").partition("(")[0]
    if column["enumerated"]:
        return str(column["label"])
    if column["is_array"]:
        return "{}"
    allowed = re.findall(r"'([^']+)'::text", column["rule"] or "")
    if kind in ("text", "character varying", "character"):
        return _text(column["name"], table, allowed)
    if kind in ("date", "timestamp with time zone", "timestamp without time zone"):
        return day.isoformat()
    return PLAIN.get(kind, "1")


def _text(name: str, table: Table, allowed: list[str]) -> str:
    if name in table.organisation_columns or name == "org_id":
        return ORG_ID
    if name.endswith("orgpath"):
        return ORGPATH
    return allowed[0] if allowed else "1"
