"""Reads from a client: records become what was heard, and a topic that began anew is read from its beginning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from chassis.lives import Lives
from chassis.parking import Heard
from chassis.settings import Settings
from chassis.telemetry import log
from contracts.envelope import MalformedEvent, from_record


@dataclass(frozen=True)
class Fetched:
    """What has come, and where reading goes on behind it; or why the client could not read what has come."""

    batch: Sequence[Heard] = ()
    ends: Mapping[TopicPartition, int] = field(default_factory=dict)
    unreadable: ValueError | None = None


class Reader:
    """Reads for one consumer, over all the clients it has had."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._lives = Lives()

    async def read(self, client: AIOKafkaConsumer, *places: TopicPartition, most: int) -> Fetched:
        """Give what has come; nothing where it is of another life of its topic."""
        try:
            fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]] = await client.getmany(
                *places, timeout_ms=self._settings.consumer_wait_ms, max_records=most
            )
        except ValueError as error:
            return Fetched(unreadable=error)
        anew = self._lives.begun_anew(fetched)
        if anew:
            log().warning("consumer.log_begun_anew", consumer=self._name, topics=sorted(anew))
            await client.seek_to_beginning(*(one for one in client.assignment() if one.topic in anew))
            fetched = {place: records for place, records in fetched.items() if place.topic not in anew}
        return Fetched(
            [heard(record) for records in fetched.values() for record in records],
            {place: records[-1].offset + 1 for place, records in fetched.items()},
        )


def heard(record: ConsumerRecord) -> Heard:
    """Give a record as it came, with its event or with what is wrong with it."""
    topic, partition, offset = record.topic, record.partition, record.offset
    key, value, headers = record.key, record.value, record.headers
    try:
        event = from_record(headers, value)
    except MalformedEvent as error:
        return Heard(topic, partition, offset, key, value, headers, None, str(error))
    return Heard(topic, partition, offset, key, value, headers, event)
