"""Reads topics from their beginning, all partitions, as a member of no group: nothing of it stays at the broker."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from chassis.leaving import STOP_SECONDS, cancelled, leave
from chassis.lives import Lives
from chassis.settings import Settings
from chassis.subscription import wait_for_topics
from contracts.envelope import Event, MalformedEvent, from_record

TYPE_HEADER = "ce_type"
TURN = 50


class Rereader:
    """The events of some types on some topics, from the first on; what is no event is passed over."""

    def __init__(self, settings: Settings, topics: Sequence[str], types: Collection[str]) -> None:
        self._settings = settings
        self._topics = topics
        self._types = {one.encode() for one in types}
        self._places = [
            TopicPartition(topic, number) for topic in topics for number in range(settings.kafka_partitions)
        ]
        self._done = dict.fromkeys(self._places, 0)
        self._lives = Lives()
        self._ahead: asyncio.Task[list[Event]] | None = None
        self._client: AIOKafkaConsumer = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            fetch_max_wait_ms=settings.fetch_max_wait_ms,
            max_partition_fetch_bytes=settings.kafka_max_request_bytes,
            metadata_max_age_ms=5_000,
            request_timeout_ms=20_000,
        )

    async def __aenter__(self) -> Self:
        """Go to the first records; raises TimeoutError, KafkaError, BrokerUnavailable."""
        try:
            async with asyncio.timeout(self._settings.watchdog_seconds):
                await wait_for_topics(self._settings, self._topics)
                await self._client.start()
            self._client.assign(self._places)
            await self.from_the_beginning()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop_ahead()
        await self._leave()

    async def _leave(self) -> None:
        await leave(STOP_SECONDS, self._client.stop, self._client._client.close)

    async def from_the_beginning(self) -> None:
        """Go back to the first record of every topic; raises TimeoutError: the client itself would ask for ever."""
        await self._stop_ahead()
        async with asyncio.timeout(self._settings.watchdog_seconds):
            await self._client.seek_to_beginning(*self._places)
            for place in self._places:
                self._done[place] = await self._client.position(place)

    async def fetch(self) -> list[Event]:
        """Give the next events in the order of their partitions; none where nothing came for a while.

        What comes after them is read while the caller works.
        """
        events = await (self._ahead or self._read())
        self._ahead = asyncio.create_task(self._read())
        return events

    async def _stop_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            await cancelled(ahead)

    async def _read(self) -> list[Event]:
        try:
            fetched = await self._client.getmany(
                timeout_ms=self._settings.consumer_wait_ms, max_records=self._settings.rebuild_batch
            )
        except ValueError:
            return await self._events(await self._one_by_one())
        anew = [place for place in self._places if place.topic in self._lives.begun_anew(fetched)]
        if anew:
            await self._client.seek_to_beginning(*anew)
            self._done |= dict.fromkeys(anew, 0)
        records = []
        for place, page in fetched.items():
            if place not in anew:
                self._done[place] = page[-1].offset + 1
                records += page
        return await self._events(records)

    async def is_behind(self) -> bool:
        """Tell whether the broker holds records that were not given yet.

        The end is the larger of two answers, as for every consumer: a memory broker counts batches where it is asked.
        """
        ends = await self._client.end_offsets(self._places)
        return any(
            max(end, self._client.highwater(place) or 0) > self._done[place] for place, end in ends.items()
        )

    async def _one_by_one(self) -> list[ConsumerRecord]:
        """Pass over the record that the client cannot read; it has dropped what it had read beside it."""
        for place in self._places:
            self._client.seek(place, self._done[place])
        ends = await self._client.end_offsets(self._places)
        found: list[ConsumerRecord] = []
        for place in self._places:
            last = min(ends[place], self._done[place] + self._settings.rebuild_batch)
            while self._done[place] < last:
                try:
                    fetched = await self._client.getmany(
                        place, timeout_ms=self._settings.consumer_wait_ms, max_records=1
                    )
                except ValueError:
                    self._done[place] += 1
                    self._client.seek(place, self._done[place])
                    continue
                if not fetched:
                    break
                found += fetched[place]
                self._done[place] = fetched[place][-1].offset + 1
        return found

    async def _events(self, records: Sequence[ConsumerRecord]) -> list[Event]:
        """Read records little by little: whoever works on those before has a turn between."""
        events = []
        for number, record in enumerate(records):
            if number % TURN == 0:
                await asyncio.sleep(0)
            if _type_of(record) in self._types:
                with suppress(MalformedEvent):  # set aside by the living consumer: it never had an effect
                    events.append(from_record(record.headers, record.value))
        return events


def _type_of(record: ConsumerRecord) -> bytes | None:
    for name, value in record.headers:
        if name == TYPE_HEADER:
            found: bytes = value
            return found
    return None
