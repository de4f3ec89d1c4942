"""A shadow at work: it hears what the living consumer has heard, through the same handlers, and knows what it lacks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from chassis import shadow
from chassis.bus import Handler
from chassis.database import Connection, is_passing
from chassis.shadow import Changes, Projection
from chassis.telemetry import describe
from chassis.transaction import Moment, Transaction
from contracts.envelope import Event

# What the living consumer applied: a record that it set aside had no effect yet.
APPLIED = """
    i.consumer = $1 AND NOT EXISTS (SELECT FROM public.parked p WHERE p.consumer = $1 AND p.event_id = i.event_id)
"""
ENTER = f"""
    WITH known AS (SELECT i.event_id FROM public.inbox i WHERE i.event_id = ANY ($2::uuid[]) AND {APPLIED}),
    fresh AS (INSERT INTO shadow.inbox SELECT event_id FROM known ON CONFLICT DO NOTHING RETURNING event_id)
    SELECT k.event_id, f.event_id IS NOT NULL AS fresh FROM known k LEFT JOIN fresh f USING (event_id)
"""  # noqa: S608 - conditions of our own
COUNT = f"SELECT count(*) FROM public.inbox i WHERE i.type = ANY ($2::text[]) AND {APPLIED}"  # noqa: S608 - our own
LACKING = f"""
    SELECT i.source, count(*) AS missing, count(*) FILTER (WHERE i.position <= $3) AS since_before
    FROM public.inbox i WHERE i.type = ANY ($2::text[]) AND {APPLIED}
      AND NOT EXISTS (SELECT FROM shadow.inbox s WHERE s.event_id = i.event_id)
    GROUP BY i.source ORDER BY i.source
"""  # noqa: S608 - conditions of our own
NEWEST = "SELECT COALESCE(max(position), 0) FROM public.inbox WHERE consumer = $1"
# A release takes an entry out and enters it again: that is no loss, and not seen from outside its transaction.
HOLDS_MORE = """
    SELECT EXISTS (SELECT FROM shadow.inbox s WHERE NOT EXISTS (
      SELECT FROM public.inbox i WHERE i.consumer = $1 AND i.event_id = s.event_id))
"""
# Events that the living consumer has not heard yet wait for it in memory; more than so many are read once more later.
MOST_WAITING = 20_000


class NotMade(ValueError):
    """A handler cannot apply an event that the living consumer did apply."""


class Lack(NamedTuple):
    """What the living consumer has applied and the shadow has not: how many, by whom they were told.

    `since_before` are those that were there already at the look before.
    """

    missing: Mapping[str, int]
    since_before: int


class Shadowing:
    """The shadow of one rebuild."""

    def __init__(self, connection: Connection, projection: Projection, moment: Moment) -> None:
        self.connection = connection
        self.heard = 0
        self.has_forgotten = False
        self._projection = projection
        self._types = list(projection.handlers)
        self._moment = moment
        self._waiting: dict[UUID, Event] = {}
        self._newest = -1

    async def apply(self, events: Sequence[Event]) -> None:
        """Apply, in their order, what the living consumer has applied; what it has not waits. In the caller's transaction."""
        batch = {**self._waiting, **{event.id: event for event in events}}
        if not batch:
            return
        known = {
            row["event_id"]: row["fresh"]
            for row in await self.connection.fetch(ENTER, self._moment.service, list(batch))
        }
        fresh = [event for event in batch.values() if known.get(event.id)]
        await self._hear(fresh)
        self.heard += len(fresh)
        self._waiting = {id_: event for id_, event in batch.items() if id_ not in known}
        if len(self._waiting) > MOST_WAITING:
            self._waiting.clear()
            self.has_forgotten = True

    async def expected(self) -> int:
        """Give how many events the living consumer has applied."""
        count: int = await self.connection.fetchval(COUNT, self._moment.service, self._types)
        return count

    async def lack(self) -> Lack:
        """Look what is missing."""
        newest: int = await self.connection.fetchval(NEWEST, self._moment.service)
        rows = await self.connection.fetch(LACKING, self._moment.service, self._types, self._newest)
        self._newest = newest
        missing = {row["source"].rpartition("/")[2]: row["missing"] for row in rows}
        return Lack(missing, sum(row["since_before"] for row in rows))

    async def holds_more(self) -> bool:
        """Tell whether the living inbox has lost something that the shadow was made of."""
        return bool(await self.connection.fetchval(HOLDS_MORE, self._moment.service))

    async def analyse(self) -> None:
        """Let the planner know what was filled."""
        await shadow.analyse(self.connection, self._projection)

    async def take_over(self) -> dict[str, Changes]:
        """Bring the living tables to what the shadow holds, and drop it; gives what has changed in them."""
        changes = await shadow.take_over(self.connection, self._projection)
        await shadow.drop(self.connection)
        return changes

    async def _hear(self, events: Sequence[Event]) -> None:
        by_handler: dict[Handler, list[Event]] = {}
        for event in events:
            by_handler.setdefault(self._projection.handlers[event.type], []).append(event)
        try:
            async with self.connection.transaction():
                for handler, heard in by_handler.items():
                    await self._handle(handler, heard)
        except Exception as error:  # as in the bus, whatever a handler says is about its events
            if is_passing(error):
                raise
            for handler, heard in by_handler.items():
                await self._name(handler, heard)
            raise NotMade(describe(error)) from error

    async def _handle(self, handler: Handler, events: Sequence[Event]) -> None:
        self._moment.causation_id = str(events[-1].id)
        self._moment.correlation_id = events[-1].correlation_id
        await handler(Transaction(self.connection, self._moment), events)

    async def _name(self, handler: Handler, events: Sequence[Event]) -> None:
        """Find the event that cannot be applied by itself; raises NotMade with its name."""
        for event in events:
            try:
                async with self.connection.transaction():
                    await self._handle(handler, [event])
            except Exception as error:
                raise NotMade(f"{event.type} {event.id}: {describe(error)}") from error
