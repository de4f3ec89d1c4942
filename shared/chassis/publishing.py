"""Pages of events as hand-made record batches, one per partition: every acknowledgement awaited, nothing retried here."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from chassis import points
from chassis.broker import BrokerUnavailable
from chassis.leaving import leave
from chassis.settings import Settings
from contracts.envelope import Header

KEYS_KNOWN = 65_536
FLUSH_SECONDS = 5.0
WITHHELD_SECONDS = 300.0  # then the broker is asked again: its limit may have been raised
UNSENT = (KafkaError, OSError, asyncio.CancelledError)
"""What a batch may come to; the client cancels what it has given up, which is not our own end."""
Place = tuple[str, int]
Record = tuple[bytes, bytes, Sequence[Header]]


class NotPublished(ConnectionError):
    """At least one batch of a page was not acknowledged: the page is to be sent again, whole."""


class TooLargeForTheBroker(NotPublished):
    """The broker takes no batch of this size; where it is one record, its key is withheld from now on."""


class Publisher:
    """A producer for one relay.

    A record that the broker refuses for its size (its limit was lowered since) is withheld with its key: what it says
    stays in the outbox, in order, and is tried again later; other keys go on.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._acknowledged: dict[Place, int] = {}
        self._one_by_one = False
        self._withheld: dict[bytes, float] = {}

    def withheld(self) -> list[str]:
        """Give the keys of which nothing is published for now; whoever reads a page leaves them out."""
        now = asyncio.get_running_loop().time()
        self._withheld = {key: until for key, until in self._withheld.items() if until > now}
        return [key.decode() for key in self._withheld]

    async def publish(self, records: Iterable[tuple[str, Record]]) -> bool:
        """Publish (topic, record) pairs in order; raises NotPublished.

        Gives False where an offset went backwards: the broker lost what it had.
        """
        producer = await self._connected()
        outcomes = await asyncio.gather(
            *(self._send(producer, *place, batches) for place, batches in self._packed(producer, records)),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, TooLargeForTheBroker):
                self._one_by_one = True
                await self.close()
                raise outcome
            if isinstance(outcome, UNSENT):
                await self.close()
                raise NotPublished(f"{type(outcome).__name__}: {outcome}") from outcome
            if isinstance(outcome, BaseException):
                raise outcome
        self._one_by_one = False
        return all(outcomes)

    def forget_offsets(self) -> None:
        """The topics were laid anew: their offsets begin again."""
        self._acknowledged.clear()

    async def close(self) -> None:
        """Give the connection back; whatever was not acknowledged counts as not sent."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _leave(producer)

    def _packed(
        self, producer: AIOKafkaProducer, records: Iterable[tuple[str, Record]]
    ) -> Iterable[tuple[Place, list[BatchBuilder]]]:
        """Pack each record as it comes: a page of them would be 30,000 objects for the garbage collector to visit."""
        partitions = self._settings.kafka_partitions
        packed: dict[Place, list[BatchBuilder]] = {}
        for topic, record in records:
            if record[0] in self._withheld:
                continue
            place = topic, partition_of(record[0], partitions)
            batches = packed.get(place)
            if batches is None:
                batches = packed[place] = [producer.create_batch()]
            alone = self._one_by_one and bool(batches[-1].record_count())
            if alone or not _append(batches[-1], record):
                batches.append(producer.create_batch())
                _append(batches[-1], record)
        return packed.items()

    async def _send(
        self, producer: AIOKafkaProducer, topic: str, partition: int, batches: list[BatchBuilder]
    ) -> bool:
        """Send batches one after the other is acknowledged."""
        held = True
        for batch in batches:
            batch.close()
            acknowledged = await producer.send_batch(batch, topic, partition=partition)
            try:
                metadata = await acknowledged
            except MessageSizeTooLargeError as error:
                raise self._refused(batch) from error
            last = self._acknowledged.get((topic, partition), -1)
            held &= metadata.offset > last
            self._acknowledged[topic, partition] = metadata.offset
            points.reach("publish.after-batch")
        return held

    def _refused(self, batch: BatchBuilder) -> TooLargeForTheBroker:
        """Withhold the key of a record that was refused alone; of several none is known to be the one."""
        if batch.record_count() > 1:
            return TooLargeForTheBroker(
                f"{batch.record_count()} records at once are too large: one by one now"
            )
        (record,) = MemoryRecords(bytes(batch._buffer)).next_batch()
        key = bytes(record.key)
        self._withheld[key] = asyncio.get_running_loop().time() + WITHHELD_SECONDS
        return TooLargeForTheBroker(f"an event is too large for the broker: {key.decode()} is withheld")

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap,
                acks="all",
                enable_idempotence=self._settings.kafka_idempotent,
                linger_ms=0,
                max_batch_size=1024 * 1024,
                max_request_size=self._settings.kafka_max_request_bytes,
                compression_type=self._settings.kafka_compression,
                request_timeout_ms=10_000,
            )
            try:
                await producer.start()
            except (KafkaError, OSError) as error:
                await _leave(producer)
                raise BrokerUnavailable(str(error)) from error
            if not self._settings.kafka_idempotent:
                _fail_instead_of_retrying(producer)
            self._producer = producer
        return self._producer


async def _leave(producer: AIOKafkaProducer) -> None:
    """Stop a producer; one that is idempotent never gives up its batches, so without a broker they are left behind."""

    async def with_batches_left() -> None:
        try:
            await producer._sender.close()
        finally:
            await producer.client.close()

    await leave(FLUSH_SECONDS, producer.stop, with_batches_left)


@lru_cache(maxsize=KEYS_KNOWN)
def partition_of(key: bytes, partitions: int) -> int:
    """Give the partition that every Kafka client gives a key; worked out in Python, so it is remembered."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


def _append(batch: BatchBuilder, record: Record) -> bool:
    key, value, headers = record
    return batch.append(key=key, value=value, timestamp=None, headers=list(headers)) is not None


def _fail_instead_of_retrying(producer: AIOKafkaProducer) -> None:
    """A retry inside the client could reach a memory broker that came back empty before its topics were laid."""
    producer._message_accumulator._batch_ttl = 0
