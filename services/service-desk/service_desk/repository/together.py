"""Intakes that come at the same time go to the database together: one round trip and one commit for several.

Each is written by the same function as alone, under its own scope, key and event. What goes wrong with one of a group takes
the group back, and each is then written alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncpg import Record

from chassis.database import DATABASE_FAILURES, Pool

COLUMNS = "verdict, facts, headers, body, because"
# The arguments of receive_complaint, in order; the phone's keys are put together, for arrays of arrays must be of one length.
KEYS = "keys"
TYPES = (
    *("text", "text", "text", "bytea", "smallint", "jsonb", "bytea"),
    *("uuid", "text", KEYS, "uuid", "bigint"),
    *("uuid", "text", "text", "text", "text", "text", "smallint", "boolean", "text", "text"),
    *("timestamptz", "timestamptz", "text", "text", "text", "bytea", "bytea", "jsonb", "bytea"),
    *("jsonb", "jsonb", "boolean"),
)
PLACES = range(1, len(TYPES) + 1)
KEYS_AT = TYPES.index(KEYS)
RECEIVE = f"SELECT {COLUMNS} FROM receive_complaint({', '.join(f'${place}' for place in PLACES)})"  # noqa: S608 - constants
_GIVEN = ", ".join(
    f"${place}::{'text' if of == KEYS else of}[]" for place, of in zip(PLACES, TYPES, strict=True)
)
_NAMES = ", ".join(f"a{place}" for place in PLACES)
_TAKEN = ", ".join(
    f"string_to_array(a{place}, ',')" if of == KEYS else f"a{place}"
    for place, of in zip(PLACES, TYPES, strict=True)
)
SEVERAL = f"""
SELECT {COLUMNS} FROM unnest({_GIVEN}) WITH ORDINALITY AS given({_NAMES}, n), LATERAL receive_complaint({_TAKEN}) received
ORDER BY n
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class _Waiting:
    arguments: Sequence[object]
    written: "asyncio.Future[Record | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Together:
    """Takes complaints to the database: at once while few come, several together while many do."""

    def __init__(self, pool: Pool, most: int, roads: int) -> None:
        self._pool = pool
        self._most = most
        self._free = roads
        self._waiting: list[_Waiting] = []
        self._groups: set[asyncio.Task[None]] = set()

    async def receive(self, arguments: Sequence[object]) -> Record | None:
        """Write one complaint; gives what `receive_complaint` says of it."""
        if self._free and not self._waiting:
            return await self._alone(arguments)
        one = _Waiting(arguments)
        self._waiting.append(one)
        written = await one.written
        return written or await self._pool.fetchrow(RECEIVE, *arguments)

    async def _alone(self, arguments: Sequence[object]) -> Record | None:
        self._free -= 1
        try:
            return await self._pool.fetchrow(RECEIVE, *arguments)
        finally:
            self._free += 1
            self._go_on()

    def _go_on(self) -> None:
        while self._free and self._waiting:
            group = [one for one in self._waiting[: self._most] if not one.written.done()]
            del self._waiting[: self._most]
            self._free -= 1
            task = asyncio.create_task(self._several(group))
            self._groups.add(task)
            task.add_done_callback(self._groups.discard)

    async def _several(self, group: Sequence[_Waiting]) -> None:
        rows: Sequence[Record] = ()
        try:
            rows = await self._pool.fetch(SEVERAL, *_columns(group))
        except DATABASE_FAILURES:
            # Each alone then, where the one that cannot be written gets its own refusal; keys make the others safe.
            rows = ()
        finally:
            for one, row in zip(group, [*rows, *([None] * (len(group) - len(rows)))], strict=True):
                if not one.written.done():
                    one.written.set_result(row)
            self._free += 1
            self._go_on()


def _columns(group: Sequence[_Waiting]) -> list[list[object]]:
    columns = [list(column) for column in zip(*(one.arguments for one in group), strict=True)]
    columns[KEYS_AT] = [None if keys is None else ",".join(keys) for keys in columns[KEYS_AT]]
    return columns
