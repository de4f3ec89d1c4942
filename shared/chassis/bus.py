"""Consumers: inbox and effect in one transaction, offsets after it, poison set aside, and a look at those who stand still."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from chassis import inbox, parking, points
from chassis.broker import Broker
from chassis.clock import Clock
from chassis.database import PASSING, Database, is_passing
from chassis.ids import uuid7
from chassis.parking import Heard
from chassis.settings import Settings
from chassis.telemetry import CONSUMER_LAG, CONSUMER_REBUILDS, EVENTS_APPLIED, EVENTS_PARKED, describe, log
from chassis.transaction import Moment, Transaction, unscoped
from contracts.envelope import Event, MalformedEvent, from_record
from contracts.refusals import Refusal

Handler = Callable[[Transaction, Sequence[Event]], Awaitable[None]]
EVERY_TYPE = "*"
LONGEST_DELAY_SECONDS = 5.0


class StillWrong(Refusal):
    """A parked record that cannot be applied yet; everything of its key stays parked."""

    code = "dead-letter-still-wrong"


class StoodStill(RuntimeError):
    """There were records to read and none came: the client is to be built anew."""


class Sizes(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Notices a join that went by topics of another size: a memory broker keeps its member to those partitions."""

    def __init__(self, client: AIOKafkaConsumer, topics: Sequence[str], partitions: int) -> None:
        self._client = client
        self._topics = topics
        self._partitions = partitions
        self.changed = False

    async def on_partitions_revoked(self, revoked: object) -> None:
        """A new join begins; nothing to do, for offsets follow their effects."""

    async def on_partitions_assigned(self, assigned: object) -> None:
        """Compare what the broker told of the topics when the join was made."""
        counts = [len(self._client.partitions_for_topic(topic) or ()) for topic in self._topics]
        self.changed |= any(count != self._partitions for count in counts)


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
        self.name = settings.service
        self._targets: dict[TopicPartition, int] | None = None
        self._moved_at = 0.0
        self.caught_up = False
        self.applied: list[Callable[[Sequence[Event]], Awaitable[None]]] = []

    async def run(self) -> None:
        """Consume until cancelled, through every failure of database and broker."""
        while True:
            client = self._client()
            try:
                await self._wait_for_topics()
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
            if self._sizes.changed:
                raise StoodStill
            fetched = await client.getmany(
                timeout_ms=self._settings.consumer_wait_ms, max_records=self._settings.consumer_batch
            )
            batch = [_heard(record) for records in fetched.values() for record in records]
            if batch:
                await self._apply(batch)
                points.reach("consumer.after-effect")
                await self._commit(client, {tp: records[-1].offset + 1 for tp, records in fetched.items()})
                self._moved_at = loop.time()
            if not self.caught_up:
                self.caught_up = await self._has_caught_up(client)
            if loop.time() - looked_at > self._settings.consumer_wait_ms / 100:
                looked_at = loop.time()
                await self._watch(client, looked_at)

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
        reason = describe(error)
        log().error(
            "consumer.parked", consumer=self.name, offset=batch[0].offset, topic=batch[0].topic, error=reason
        )
        async with unscoped(self._database.worker, self._moment()) as tx:
            if batch[0].event is not None:
                await inbox.enter(tx, self.name, [batch[0].event])
            await parking.park(tx, self.name, batch[0], reason)
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
        client = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            group_id=self.name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            fetch_max_wait_ms=self._settings.fetch_max_wait_ms,
            max_partition_fetch_bytes=self._settings.kafka_max_request_bytes,
            session_timeout_ms=self._settings.session_timeout_ms,
            heartbeat_interval_ms=self._settings.session_timeout_ms // 5,
            metadata_max_age_ms=5_000,
            request_timeout_ms=max(20_000, self._settings.session_timeout_ms + 5_000),
        )
        self._sizes = Sizes(client, self._topics, self._settings.kafka_partitions)
        client.subscribe(list(self._topics), listener=self._sizes)
        return client

    async def _wait_for_topics(self) -> None:
        """Joining makes some brokers create a topic of a size of their own: each stands with its partitions before."""
        broker = Broker(self._settings)
        try:
            while True:
                if await broker.stand(self._topics):
                    return
                await asyncio.sleep(self._settings.relay_poll_seconds)
        finally:
            await broker.close()


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


def _heard(record: object) -> Heard:
    topic, partition, offset = record.topic, record.partition, record.offset  # type: ignore[attr-defined]
    key, value, headers = record.key, record.value, record.headers  # type: ignore[attr-defined]
    try:
        event = from_record(headers, value)
    except MalformedEvent as error:
        return Heard(topic, partition, offset, key, value, headers, None, str(error))
    return Heard(topic, partition, offset, key, value, headers, event)
