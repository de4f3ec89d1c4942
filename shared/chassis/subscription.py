"""A client that reads topics as a member of a group, and joins only topics that stand with their partitions."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener

from chassis.broker import Broker
from chassis.settings import Settings


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


def subscribed(settings: Settings, group: str, topics: Sequence[str]) -> tuple[AIOKafkaConsumer, Sizes]:
    """Give a client that has not started yet, and what watches the sizes of its topics."""
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
    sizes = Sizes(client, topics, settings.kafka_partitions)
    client.subscribe(list(topics), listener=sizes)
    return client, sizes


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
