"""Projections made once more beside the living ones: empty copies of their tables, and what differs taken over at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chassis.bus import Handler
from chassis.database import Connection

SCHEMA = "shadow"
# For whoever looks for a name there, nothing else exists: a handler that writes or reads anything that is no projection
# fails, and so does one that tells something.
SEARCH_PATH = SCHEMA
RELATIONS = "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'"
# Indexes that hold no rule: nobody looks anything up in a shadow.
FOR_LOOKING = """
    SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = $1::regclass AND NOT indisunique
"""
COLUMNS = """
    SELECT quote_ident(a.attname) AS name, a.attname, COALESCE(a.attnum = ANY (i.indkey), false) AS is_key
    FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum
"""


class NoKey(TypeError):
    """A table without a primary key is no projection: its rows could not be told from each other."""


@dataclass(frozen=True)
class Projection:
    """Tables that follow from heard events alone, and the handlers that make them and do nothing else.

    `counted`: columns that say how often a row was written, which depends on how events came; a rebuild keeps them.
    """

    tables: Sequence[str]
    handlers: Mapping[str, Handler]
    counted: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def beside(self, other: "Projection") -> "Projection":
        """Give both as one."""
        return Projection(
            [*self.tables, *other.tables],
            {**self.handlers, **other.handlers},
            {**self.counted, **other.counted},
        )


@dataclass(frozen=True)
class Changes:
    """What taking over a table has changed in it, in rows."""

    added: int
    changed: int
    removed: int


async def lay(connection: Connection, projection: Projection) -> None:
    """Make the shadow anew: an empty copy of each table, and an inbox of its own."""
    await drop(connection)
    for table in projection.tables:
        await connection.execute(
            f"CREATE UNLOGGED TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)"
        )
        for row in await connection.fetch(FOR_LOOKING, f"{SCHEMA}.{table}"):
            await connection.execute(f"DROP INDEX {row['name']}")
    await connection.execute(f"CREATE UNLOGGED TABLE {SCHEMA}.inbox (event_id uuid PRIMARY KEY)")


async def drop(connection: Connection) -> None:
    """Leave nothing of a shadow."""
    for row in await connection.fetch(RELATIONS, SCHEMA):
        await connection.execute(f"DROP TABLE {SCHEMA}.{row['relname']}")


async def analyse(connection: Connection, projection: Projection) -> None:
    """Let the planner know how much there is: tables just filled look empty to it."""
    for table in ("inbox", *projection.tables):
        columns = await connection.fetch(COLUMNS, f"{SCHEMA}.{table}")
        key = [row["name"] for row in columns if row["is_key"]]
        await connection.execute(f"ANALYZE {SCHEMA}.{table} ({', '.join(key)})")


async def take_over(connection: Connection, projection: Projection) -> dict[str, Changes]:
    """Make the living tables hold what the shadow holds, by the rows that differ; gives how many these were.

    The tables themselves stay: their rights, policies, indexes and whatever refers to them is as before.
    """
    return {
        table: await _take_over(connection, table, projection.counted.get(table, ()))
        for table in projection.tables
    }


async def _take_over(connection: Connection, table: str, counted: Sequence[str]) -> Changes:
    columns = await connection.fetch(COLUMNS, f"public.{table}")
    every = [row["name"] for row in columns]
    key = [row["name"] for row in columns if row["is_key"]]
    if not key:
        raise NoKey(table)
    told = [row["name"] for row in columns if not row["is_key"] and row["attname"] not in counted]
    same = " AND ".join(f"l.{name} = s.{name}" for name in key)
    living, shadow = f"public.{table} l", f"{SCHEMA}.{table} s"
    absent = f"NOT EXISTS (SELECT FROM {shadow} WHERE {same})"
    removed = await connection.execute(f"DELETE FROM {living} WHERE {absent}")  # noqa: S608 - see above
    changed = "UPDATE 0"
    if told:
        # Compared by their bytes: what is equal and written otherwise, such as 1.0 and 1.00, is told otherwise.
        differing = f"ROW({_of('l', told)})::record *<> ROW({_of('s', told)})::record"
        taken = ", ".join(f"{name} = s.{name}" for name in told)
        changed = await connection.execute(
            f"UPDATE {living} SET {taken} FROM {shadow} WHERE {same} AND {differing}"  # noqa: S608 - see above
        )
    unknown = f"NOT EXISTS (SELECT FROM {living} WHERE {same})"
    every_of = f"SELECT {_of('s', every)} FROM {shadow}"  # noqa: S608 - see above
    added = await connection.execute(
        f"INSERT INTO public.{table} ({', '.join(every)}) OVERRIDING SYSTEM VALUE {every_of} WHERE {unknown}"
    )
    return Changes(_count(added), _count(changed), _count(removed))


def _of(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _count(tag: str) -> int:
    return int(tag.rpartition(" ")[2])
