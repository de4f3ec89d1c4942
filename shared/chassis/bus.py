"""Consumers: inbox and effect in one transaction, offsets after it, poison set aside, and a look at those who stand still."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from chassis import inbox, parking, points
from chassis.clock import Clock
from chassis.database import PASSING, Database, is_passing
from chassis.ids import uuid7
from chassis.lives import Lives
from chassis.parking import Heard
from chassis.records import replay_topic
from chassis.settings import Settings
from chassis.subscription import subscribed, wait_for_topics
from chassis.telemetry import CONSUMER_LAG, CONSUMER_REBUILDS, EVENTS_APPLIED, EVENTS_PARKED, describe, log
from chassis.transaction import Moment, Transaction, unscoped
from contracts.envelope import Event, MalformedEvent, from_record

Handler = Callable[[Transaction, Sequence[Event]], Awaitable[None]]
Fetched = Mapping[TopicPartition, Sequence[ConsumerRecord]]
EVERY_TYPE = "*"
LONGEST_DELAY_SECONDS = 5.0
LOOK_EVERY_SECONDS = 5.0


class StoodStill(RuntimeError):
    """There were records to read and none came: the client is to be built anew."""


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
        self._lives = Lives()
        self._moved_at = 0.0
        self.caught_up = False
        self.applied: list[Callable[[Sequence[Event]], Awaitable[None]]] = []

    async def run(self) -> None:
        """Consume until cancelled, through every failure of database and broker."""
        while True:
            client = self._client()
            try:
                await wait_for_topics(self._settings, self._sources)
                await client.start()
                await self._consume(client)
            except StoodStill:
                CONSUMER_REBUILDS.labels(self.name).inc()
                log().error("consumer.stood_still", consumer=self.name)
            except (KafkaError, *PASSING) as error:
                log().warning("consumer.failed", consumer=self.name, error=describe(error))
            finally:
                with suppress(KafkaError, OSError):
                    await client.stop()
            await asyncio.sleep(self._settings.relay_poll_seconds)

    async def _consume(self, client: AIOKafkaConsumer) -> None:
        loop = asyncio.get_running_loop()
        self._moved_at = looked_at = loop.time()
        while True:
            if self._joining.sizes_changed:
                raise StoodStill
            moved = await self._take(client, await self._fetch(client))
            if moved:
                self._moved_at = loop.time()
            if not self.caught_up:
                self.caught_up = await self._has_caught_up(client)
            # Asking for the ends waits behind the running fetch: not while records are coming.
            if not moved and loop.time() - looked_at > LOOK_EVERY_SECONDS:
                looked_at = loop.time()
                await self._watch(client, looked_at)

    async def _fetch(self, client: AIOKafkaConsumer) -> Fetched:
        """Give what has come; nothing where it is of another life of its topic, which is then read from its beginning."""
        try:
            fetched: Fetched = await client.getmany(
                timeout_ms=self._settings.consumer_wait_ms, max_records=self._settings.consumer_batch
            )
        except ValueError as error:
            await self._find_unreadable(client, error)
            return {}
        anew = self._lives.begun_anew(fetched)
        if anew:
            log().warning("consumer.log_begun_anew", consumer=self.name, topics=sorted(anew))
            places = [place for place in client.assignment() if place.topic in anew]
            await client.seek_to_beginning(*places)
        return {place: records for place, records in fetched.items() if place.topic not in anew}

    async def _take(self, client: AIOKafkaConsumer, fetched: Fetched) -> bool:
        """Apply what was fetched and say how far that is; tells whether there was anything."""
        batch = [_heard(record) for records in fetched.values() for record in records]
        if batch:
            await self._apply(batch)
            points.reach("consumer.after-effect")
            await self._commit(client, {tp: records[-1].offset + 1 for tp, records in fetched.items()})
        return bool(batch)

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
            try:
                fetched = await client.getmany(
                    place, timeout_ms=self._settings.consumer_wait_ms, max_records=1
                )
            except ValueError:
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
        EVENTS_PARKED.labels(self.name).inc()

    async def _apply_whole(self, batch: Sequence[Heard]) -> None:
        async with unscoped(self._database.worker, self._moment()) as tx:
            waiting = await parking.keys_parked(tx, self.name, list({heard.parking_key for heard in batch}))
            events = []
            for heard in batch:
                if heard.parking_key in waiting and (heard.defect or self._handles(heard.event)):
                    await self._park_behind(tx, heard)
                elif heard.defect:
                    raise MalformedEvent(heard.defect)
                elif self._handles(heard.event):
                    events.append(heard.event)
            new = await self.effect(tx, [event for event in events if event is not None])
        points.reach("consumer.after-commit")
        EVENTS_APPLIED.labels(self.name).inc(len(new))
        for follow_up in self.applied:
            await follow_up(new)

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

    async def _commit(self, client: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        """Say how far we are. A failure costs nothing: what comes again is found in the inbox."""
        try:
            await client.commit(offsets)
        except (CommitFailedError, IllegalStateError, KafkaError) as error:
            log().info("consumer.commit_failed", consumer=self.name, error=str(error))

    async def _has_caught_up(self, client: AIOKafkaConsumer) -> bool:
        """Tell whether everything that was there when reading began has been applied."""
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

    async def _watch(self, client: AIOKafkaConsumer, moment: float) -> None:
        """Raise StoodStill where records wait and none come.

        The end is the larger of two answers: a memory broker counts batches where it is asked for it, and a fetch
        that hangs tells no high-water mark.
        """
        assignment = client.assignment()
        ends = await client.end_offsets(assignment) if assignment else {}
        lag = 0
        for partition, end in ends.items():
            lag += max(0, end, client.highwater(partition) or 0) - await client.position(partition)
        CONSUMER_LAG.labels(self.name).set(max(0, lag))
        if lag <= 0 and assignment:
            self._moved_at = moment
        elif moment - self._moved_at > self._settings.watchdog_seconds:
            raise StoodStill

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


def _heard(record: object) -> Heard:
    topic, partition, offset = record.topic, record.partition, record.offset  # type: ignore[attr-defined]
    key, value, headers = record.key, record.value, record.headers  # type: ignore[attr-defined]
    try:
        event = from_record(headers, value)
    except MalformedEvent as error:
        return Heard(topic, partition, offset, key, value, headers, None, str(error))
    return Heard(topic, partition, offset, key, value, headers, event)
