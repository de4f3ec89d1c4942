"""Consumers that write down in a table what they apply, and what a test looks for in it."""

from collections.abc import Sequence

from chassis.bus import Consumer
from chassis.clock import Clock
from chassis.database import Connection, Database
from chassis.settings import Settings
from chassis.transaction import Transaction
from contracts.envelope import Event
from support.backbone import Happened, eventually


async def apply(tx: Transaction, events: Sequence[Event]) -> None:
    await tx.execute(
        "INSERT INTO applied (key, version) SELECT * FROM unnest($1::text[], $2::bigint[])",
        [event.subject for event in events],
        [event.version for event in events],
    )


def consumer_of(settings: Settings, database: Database, topic: str) -> Consumer:
    return Consumer(settings, database, Clock(), {Happened.TYPE: apply}, [topic])


async def until_applied(root: Connection, count: int, seconds: float = 90.0) -> None:
    async def done() -> bool:
        return bool(await root.fetchval("SELECT count(*) FROM applied") >= count)

    await eventually(done, f"{count} events applied", seconds)


async def out_of_order(root: Connection) -> list[tuple[str, int]]:
    """Give the events that did not come right after the one before of their key; a doubled one is among them."""
    wrong: list[tuple[str, int]] = []
    last: dict[str, int] = {}
    for row in await root.fetch("SELECT key, version FROM applied ORDER BY position"):
        if row["version"] != last.get(row["key"], 0) + 1:
            wrong.append((row["key"], row["version"]))
        last[row["key"]] = row["version"]
    return wrong
