"""A client that reads topics as a member of a group, and joins only topics that stand with their partitions."""

import asyncio
from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from chassis.broker import Broker
from chassis.settings import Settings

BEGINNING = 0


class Joining(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """What is done at every join of the group.

    A memory broker keeps its member to the partitions that topics had at the join: a join that went by topics of
    another size is noticed. And it takes offsets that were committed for what it has lost: there every join reads
    from the beginning, and the inbox tells what is new.
    """

    def __init__(self, settings: Settings, client: AIOKafkaConsumer, topics: Sequence[str]) -> None:
        self._client = client
        self._topics = topics
        self._partitions = settings.kafka_partitions
        self._broker_keeps_data = settings.kafka_idempotent
        self.sizes_changed = False

    async def on_partitions_revoked(self, revoked: object) -> None:
        """A new join begins; nothing to do, for offsets follow their effects."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Compare what the broker told of the topics when the join was made, and go where reading begins."""
        counts = [len(self._client.partitions_for_topic(topic) or ()) for topic in self._topics]
        self.sizes_changed |= any(count != self._partitions for count in counts)
        if not self._broker_keeps_data:
            for place in assigned:
                self._client.seek(place, BEGINNING)


def subscribed(settings: Settings, group: str, topics: Sequence[str]) -> tuple[AIOKafkaConsumer, Joining]:
    """Give a client that has not started yet, and what is done when it joins."""
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_wait_ms=settings.fetch_max_wait_ms,
        max_partition_fetch_bytes=settings.kafka_max_request_bytes,
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 5,
        metadata_max_age_ms=5_000,
        request_timeout_ms=max(20_000, settings.session_timeout_ms + 5_000),
    )
    joining = Joining(settings, client, topics)
    client.subscribe(list(topics), listener=joining)
    return client, joining


async def wait_for_topics(settings: Settings, topics: Sequence[str]) -> None:
    """Joining makes some brokers create a topic of a size of their own: each stands with its partitions before."""
    broker = Broker(settings)
    try:
        while True:
            if await broker.stand(topics):
                return
            await asyncio.sleep(settings.relay_poll_seconds)
    finally:
        await broker.close()
