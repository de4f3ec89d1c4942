"""A cluster of three Kafka brokers for tests, and what it says of its partitions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from deploy.kafka.cluster import Cluster
from deploy.kafka.node import SOON_READY, new_cluster
from support.instance import free_base_port, throwaway_folder

BROKERS = 3
IMPATIENT: Mapping[str, str] = {
    # A broker that died is missed sooner than in use,
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "1000",
    # and one that came back leads again at once what it led.
    "leader.imbalance.check.interval.seconds": "2",
    "leader.imbalance.per.broker.percentage": "0",
}


@contextmanager
def cluster_of_three() -> Iterator[Cluster]:
    """Give three brokers, ready, that end with this process."""
    with throwaway_folder() as folder:
        cluster = Cluster(
            folder,
            free_base_port(),
            BROKERS,
            new_cluster(),
            jvm=SOON_READY,
            also=IMPATIENT,
            attached=True,
        )
        try:
            cluster.start(*cluster.numbers)
            cluster.wait()
            yield cluster
        finally:
            cluster.stop()


async def leaders(cluster: Cluster, topic: str) -> dict[int, int]:
    """Give the leader of every partition of a topic; none where no broker told."""
    return {one["partition"]: one["leader"] for one in await _partitions(cluster, topic)}


async def copies_in_sync(cluster: Cluster, topic: str) -> int:
    """Give how many copies the worst partition of a topic has in sync."""
    return min((len(one["isr"]) for one in await _partitions(cluster, topic)), default=0)


async def settings_of_topic(cluster: Cluster, topic: str) -> dict[str, str]:
    """Give how a topic is kept."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    try:
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]}
    finally:
        await admin.close()


async def _partitions(cluster: Cluster, topic: str) -> list[dict[str, Any]]:
    """Ask any broker, which may be the one that is dead: then there is no answer."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    try:
        await admin.start()
        [found] = await admin.describe_topics([topic])
        return list(found["partitions"])
    except KafkaError:
        return []
    finally:
        await admin.close()
