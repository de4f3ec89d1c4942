"""Parked records applied after all, in the order they came, all of a key or none."""

from uuid import UUID

import asyncpg

from chassis import parking
from chassis.bus import Consumer
from chassis.database import is_passing
from chassis.parking import Heard
from chassis.telemetry import describe
from chassis.transaction import Transaction
from contracts.envelope import from_record
from contracts.refusals import Refusal


class StillWrong(Refusal):
    """A parked record that cannot be applied yet; everything of its key stays parked."""

    code = "dead-letter-still-wrong"


async def release(consumer: Consumer, tx: Transaction, key: str) -> int:
    """Apply the parked records of a key in order, all or none; gives how many. Raises StillWrong.

    Looks again until there are none: the consumer may have parked another while this waited for its lock.
    """
    released = 0
    while waiting := await parking.parked_of(tx, consumer.name, key):
        for record_id, heard in waiting:
            await _release_one(consumer, tx, record_id, heard)
        released += len(waiting)
    return released


async def _release_one(consumer: Consumer, tx: Transaction, record_id: UUID, heard: Heard) -> None:
    try:
        event = from_record(heard.headers, heard.value)
        await tx.execute("DELETE FROM inbox WHERE consumer = $1 AND event_id = $2", consumer.name, event.id)
        await consumer.effect(tx, [event])
    except (Refusal, LookupError, ValueError, TypeError, AttributeError, asyncpg.PostgresError) as error:
        if is_passing(error):
            raise
        raise StillWrong(
            f"仍无法处理：{describe(error)}", f"It still cannot be applied: {describe(error)}"
        ) from error
    await tx.execute("DELETE FROM parked WHERE id = $1 AND consumer = $2", record_id, consumer.name)
