"""Consumers: inbox and effect in one transaction, offsets after it, poison set aside, and a look at those who stand still."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from chassis import inbox, parking, points
from chassis.clock import Clock
from chassis.database import PASSING, Database, is_passing
from chassis.ids import uuid7
from chassis.leaving import STOP_SECONDS, cancelled, leave
from chassis.order import Order, OutOfOrder
from chassis.parking import Heard
from chassis.reading import Fetched, Reader
from chassis.records import replay_topic
from chassis.settings import Settings
from chassis.subscription import subscribed, wait_for_topics
from chassis.telemetry import EVENTS_APPLIED, EVENTS_PARKED, describe, log
from chassis.transaction import Moment, Transaction, unscoped
from chassis.watching import StoodStill, Watch
from contracts.envelope import Event, MalformedEvent

Handler = Callable[[Transaction, Sequence[Event]], Awaitable[None]]
EVERY_TYPE = "*"
LONGEST_DELAY_SECONDS = 5.0


class Consumer:
    """One consumer group of a service. A handler gets the new events of its types in the order they came."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        topics: Sequence[str],
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._topics = topics
        self._sources = [*topics, *(replay_topic(topic) for topic in topics)]
        self.name = settings.service
        self._targets: dict[TopicPartition, int] | None = None
        self._reader = Reader(settings, self.name)
        self._order = Order(topics)
        self.watch = Watch(settings, self.name)
        self.caught_up = False
        self.applied: list[Callable[[Sequence[Event]], Awaitable[None]]] = []

    async def run(self) -> None:
        """Consume until cancelled, through every failure of database and broker."""
        while True:
            client = self._client()
            try:
                await wait_for_topics(self._settings, self._sources)
                await self._consume_watched(client)
            except StoodStill as reason:
                self.watch.rebuilt(str(reason))
            except (KafkaError, *PASSING) as error:
                log().warning("consumer.failed", consumer=self.name, error=describe(error))
            finally:
                await leave(STOP_SECONDS, client.stop, client._client.close)
            await asyncio.sleep(self._settings.relay_poll_seconds)

    async def _consume_watched(self, client: AIOKafkaConsumer) -> None:
        """Consume until client or watch give up. A client whose task was cancelled would cancel us: that counts as still."""
        consuming = asyncio.create_task(self._consume(client))
        watching = asyncio.create_task(self.watch.over(client, self._sources))
        try:
            await asyncio.wait((consuming, watching), return_when=asyncio.FIRST_COMPLETED)
            if consuming.cancelled():
                self.watch.look_for_the_dead(client)
                raise StoodStill("the client cancelled its reader")
            for ended in (consuming, watching):
                if ended.done():
                    ended.result()
        finally:
            await cancelled(consuming, watching)

    async def _consume(self, client: AIOKafkaConsumer) -> None:
        """Read the next batch while one is applied; batches are applied one after the other, in the order they came."""
        await client.start()
        fetched = Fetched()
        while True:
            if self._joining.sizes_changed:
                raise StoodStill("topics have changed their sizes")
            self.watch.look_for_the_dead(client)
            reading = asyncio.create_task(self._reader.read(client, most=self._settings.consumer_batch))
            try:
                await self._take(client, fetched)
                if not self.caught_up and not reading.done():
                    self.caught_up = await self._has_caught_up(client)
                fetched = await reading
            finally:
                await cancelled(reading)
            if fetched.unreadable:
                await self._find_unreadable(client, fetched.unreadable)
                fetched = Fetched()

    async def _take(self, client: AIOKafkaConsumer, fetched: Fetched) -> None:
        """Apply what was fetched and say how far that is."""
        if fetched.batch:
            with self.watch.applying():
                await self._apply(fetched.batch)
            points.reach("consumer.before-offset")
            await self._commit(client, fetched.ends)
            points.reach("consumer.after-offset")

    async def _find_unreadable(self, client: AIOKafkaConsumer, error: ValueError) -> None:
        """Set aside the record that the client itself cannot read, such as one with a header whose name is no text.

        The client has dropped what it had read beside it: every partition goes back to where its effects end.
        """
        places = sorted(client.assignment())
        for place in places:
            done = await client.committed(place)
            if done is None:
                await client.seek_to_beginning(place)
            else:
                client.seek(place, done)
        for place in places:
            await self._read_one_by_one(client, place, describe(error))

    async def _read_one_by_one(self, client: AIOKafkaConsumer, place: TopicPartition, reason: str) -> None:
        ends = await client.end_offsets([place])
        last = min(ends[place], await client.position(place) + self._settings.consumer_batch)
        while (offset := await client.position(place)) < last:
            fetched = await self._reader.read(client, place, most=1)
            if fetched.unreadable:
                await self._park(
                    Heard(place.topic, place.partition, offset, None, None, (), None, reason), reason
                )
                client.seek(place, offset + 1)
                await self._commit(client, {place: offset + 1})
            else:
                await self._take(client, fetched)

    async def _apply(self, batch: Sequence[Heard]) -> None:
        """Apply a batch; a record that cannot be applied is found by halving and set aside."""
        delay = self._settings.relay_poll_seconds
        while True:
            try:
                await self._apply_whole(batch)
                return
            except Exception as error:  # noqa: BLE001 - the one place where any failure means bad data
                too_slow = isinstance(error, asyncpg.QueryCanceledError) and len(batch) > 1
                if too_slow or not is_passing(error):
                    await self._divide(batch, error)
                    return
                log().warning("consumer.retry", consumer=self.name, error=describe(error))
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY_SECONDS)

    async def _divide(self, batch: Sequence[Heard], error: Exception) -> None:
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._apply(batch[:middle])
            await self._apply(batch[middle:])
            return
        await self._park(batch[0], describe(error))

    async def _park(self, heard: Heard, reason: str) -> None:
        log().error(
            "consumer.parked", consumer=self.name, offset=heard.offset, topic=heard.topic, error=reason
        )
        async with unscoped(self._database.worker, self._moment()) as tx:
            if heard.event is not None:
                await inbox.enter(tx, self.name, [heard.event])
            await parking.park(tx, self.name, heard, reason)
            points.reach("consumer.before-parking")
        points.reach("consumer.after-parking")
        EVENTS_PARKED.labels(self.name).inc()

    async def _apply_whole(self, batch: Sequence[Heard]) -> None:
        async with unscoped(self._database.worker, self._moment()) as tx:
            waiting = await parking.keys_parked(tx, self.name, [heard.parking_key for heard in batch])
            told = []
            for heard in batch:
                if heard.parking_key in waiting and (heard.defect or self._handles(heard.event)):
                    await self._park_behind(tx, heard)
                elif heard.defect:
                    raise MalformedEvent(heard.defect)
                elif heard.event is not None and self._handles(heard.event):
                    told.append((heard, heard.event))
            await self._refuse_disorder(tx, told)
            new = await self.effect(tx, [event for _, event in told])
            points.reach("consumer.before-commit")
        self._order.note(told)
        points.reach("consumer.after-commit")
        EVENTS_APPLIED.labels(self.name).inc(len(new))
        for follow_up in self.applied:
            await follow_up(new)

    async def _refuse_disorder(self, tx: Transaction, told: Sequence[tuple[Heard, Event]]) -> None:
        """Raise OutOfOrder where an event stands behind a later version of its aggregate and was never heard before."""
        late = self._order.late(told)
        if late:
            known = await inbox.known(tx, self.name, [event.id for event in late])
            for event in late:
                if event.id not in known:
                    raise OutOfOrder(f"version {event.version} stands behind a later one of its aggregate")

    async def effect(self, tx: Transaction, events: Sequence[Event]) -> list[Event]:
        """Enter events in the inbox and apply the new ones; gives these."""
        new = await inbox.enter(tx, self.name, events) if events else []
        by_handler: dict[Handler, list[Event]] = {}
        for event in new:
            handler = self._handlers.get(event.type) or self._handlers[EVERY_TYPE]
            by_handler.setdefault(handler, []).append(event)
        for handler, heard in by_handler.items():
            tx.moment.causation_id = str(heard[-1].id)
            tx.moment.correlation_id = heard[-1].correlation_id
            await handler(tx, heard)
        return new

    async def _park_behind(self, tx: Transaction, heard: Heard) -> None:
        if heard.event is not None and not await inbox.enter(tx, self.name, [heard.event]):
            return
        await parking.park(tx, self.name, heard, "waits behind an earlier record of its key")
        EVENTS_PARKED.labels(self.name).inc()

    def _handles(self, event: Event | None) -> bool:
        """Tell whether an event is ours to apply; an unknown version of one that is raises MalformedEvent."""
        if event is None or EVERY_TYPE in self._handlers or event.type in self._handlers:
            return event is not None
        fact = event.type.rpartition(".v")[0]
        if any(known.rpartition(".v")[0] == fact for known in self._handlers):
            raise MalformedEvent(f"{event.type} is of a version that this consumer does not know")
        return False

    async def _commit(self, client: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
        """Say how far we are. A failure costs nothing: what comes again is found in the inbox."""
        try:
            await client.commit(dict(offsets))
        except (CommitFailedError, IllegalStateError, KafkaError) as error:
            log().info("consumer.commit_failed", consumer=self.name, error=str(error))

    async def _has_caught_up(self, client: AIOKafkaConsumer) -> bool:
        """Tell whether everything that was there when reading began has been applied; asked with nothing in hand."""
        assignment = client.assignment()
        if self._targets is None or self._targets.keys() != assignment:
            marks = {partition: client.highwater(partition) for partition in assignment}
            if not marks or None in marks.values():
                return False
            self._targets = marks
        for partition, target in self._targets.items():
            if await client.position(partition) < target:
                return False
        return True

    def _moment(self) -> Moment:
        return Moment(
            service=self._settings.service,
            now=self._clock.now(),
            actor=f"system:{self._settings.service}",
            correlation_id=str(uuid7()),
        )

    def _client(self) -> AIOKafkaConsumer:
        client, self._joining = subscribed(self._settings, self.name, self._sources)
        return client
