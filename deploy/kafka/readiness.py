"""Whether Apache Kafka does its work: it answers, its brokers are there, and a topic can be made and has its leaders."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

PROBE = "keypost.ready"
ASKING_MS = 5_000
SETTLED = (0, 36)  # made now, or made before

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Seen:
    """What a cluster told: its name, how many brokers it has, whether partitions of its topics wait for a leader."""

    cluster: str
    brokers: int
    leaderless: int


def look(bootstrap: str) -> Seen | None:
    """Ask a cluster what it has; none when nothing of Kafka answers there."""
    return _in_a_loop_of_its_own(_look(bootstrap))


def ready(bootstrap: str, brokers: int) -> bool:
    """Tell whether a cluster of so many brokers makes topics with a copy on each, and every partition has its leader."""
    return bool(_in_a_loop_of_its_own(_ready(bootstrap, brokers)))


def _in_a_loop_of_its_own(question: Coroutine[Any, Any, Answer]) -> Answer:
    """The caller may stand in a loop itself."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()


async def _look(bootstrap: str) -> Seen | None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=ASKING_MS)
    try:
        await admin.start()
        return await _seen(admin)
    except (KafkaError, OSError):
        return None
    finally:
        await admin.close()


async def _ready(bootstrap: str, brokers: int) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=ASKING_MS)
    try:
        await admin.start()
        seen = await _seen(admin)
        if seen.brokers < brokers or seen.leaderless:
            return False
        made = await admin.create_topics([NewTopic(PROBE, 1, brokers)])
        if any(error[1] not in SETTLED for error in made.topic_errors):
            return False
        [probe] = await admin.describe_topics([PROBE])
        return bool(probe["partitions"]) and all(len(one["isr"]) == brokers for one in probe["partitions"])
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()


async def _seen(admin: AIOKafkaAdminClient) -> Seen:
    whole = await admin.describe_cluster()
    topics = await admin.describe_topics()
    leaderless = sum(one["leader"] < 0 for topic in topics for one in topic["partitions"])
    return Seen(str(whole["cluster_id"]), len(whole["brokers"]), leaderless)
