"""An event that the broker refuses for its size holds up its own key, in the outbox, and nothing else."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from chassis.broker import Broker
from chassis.doorbell import Doorbell
from chassis.publishing import Publisher
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.transaction import unscoped
from deploy.instance import Instance
from support.backbone import (
    eventually,
    happened,
    held_by,
    moment,
    new_key,
    opened,
    relaying,
    settings_of,
    superuser,
)
from support.instance import BROKER_KIND, FreshDatabase

LIMIT = 300_000


class SmallPublisher(Publisher):
    """Refuses as a Kafka broker with a small `max.message.bytes` does; the embedded one has no such limit."""

    limit = LIMIT

    async def _connected(self):  # type: ignore[no-untyped-def]
        producer = await super()._connected()
        if BROKER_KIND == "embedded" and not hasattr(producer, "limited"):
            producer.limited, send = True, producer.send_batch

            async def send_small(batch, topic, *, partition):  # type: ignore[no-untyped-def]
                if batch.size() > self.limit:
                    batch._build()
                    refused = asyncio.get_running_loop().create_future()
                    refused.set_exception(MessageSizeTooLargeError(topic))
                    return refused
                return await send(batch, topic, partition=partition)

            producer.send_batch = send_small
        return producer


async def lay_small_topic(settings: Settings) -> None:
    if BROKER_KIND == "embedded":
        return
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    limits = {"max.message.bytes": str(LIMIT)}
    await admin.create_topics(
        [
            NewTopic(
                settings.topic, settings.kafka_partitions, settings.kafka_replication, topic_configs=limits
            )
        ]
    )
    await admin.close()


async def test_an_event_too_large_for_the_broker_holds_up_its_key_and_goes_out_when_the_limit_is_raised(
    fresh: FreshDatabase, broker: Instance
) -> None:
    settings = settings_of(fresh)
    await lay_small_topic(settings)
    large, others = new_key(), [new_key() for _ in range(40)]
    async with superuser(fresh) as root, opened(settings) as database:
        await root.execute("TRUNCATE outbox, event_log")
        async with unscoped(database.worker, moment(service=settings.service)) as tx:
            await tx.announce([happened(large, 1)])
            await tx.announce([happened(large, 2, text="x" * (LIMIT + 1_000))])
            for version in (1, 2, 3):
                await tx.announce([happened(key, version, text="y" * 9_000) for key in others])
            await tx.announce([happened(large, 3)])
        relay = Relay(settings, Doorbell())
        relay._publisher = SmallPublisher(settings)

        async def waiting() -> list[tuple[str, int]]:
            rows = await root.fetch("SELECT key, version FROM outbox ORDER BY seq")
            return [(row["key"], row["version"]) for row in rows]

        async def only_the_large_key_waits() -> bool:
            return [key for key, _ in await waiting() if key != large] == []

        async with relaying(relay):
            await eventually(only_the_large_key_waits, "all others are published", 60)
            assert (await waiting())[-2:] == [(large, 2), (large, 3)]
        told = await held_by(settings, settings.topic)
        assert {record.key.decode() for record in told} >= set(others)
        assert not [record for record in told if record.key == large.encode() and len(record.value) > LIMIT]
        assert await Broker(settings).holds_the_log()
        await raise_the_limit(settings)

        async def nothing_waits() -> bool:
            return await waiting() == []

        async with relaying(Relay(settings, Doorbell())):
            await eventually(nothing_waits, "the large one went out", 60)
        told = await held_by(settings, settings.topic)
    lengths = [len(record.value) > LIMIT for record in told if record.key == large.encode()]
    assert lengths[-2:] == [True, False]


async def raise_the_limit(settings: Settings) -> None:
    if BROKER_KIND == "embedded":
        return
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    limits = {"max.message.bytes": str(settings.kafka_max_request_bytes)}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, settings.topic, limits)])
    await admin.close()
