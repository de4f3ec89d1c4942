"""Topics of the broker, and whether the broker still holds what was published."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from uuid import uuid4

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NodeNotReadyError, TopicAlreadyExistsError, for_code

from chassis.settings import Settings

# The client asks any broker that it has heard of, also one that has died since.
BROKERS_ASKED = 4
LAYING_ATTEMPTS = 5
LAYING_PAUSE_SECONDS = 0.2
# A batch is its records and their frame.
FRAME_BYTES = 64 * 1024
DAY_MS = 24 * 60 * 60 * 1000

Answer = TypeVar("Answer")


class BrokerUnavailable(ConnectionError):
    """The broker did not answer."""


class Broker:
    """The administrative side of the broker; connects when first used, again after a failure.

    A marker topic that nobody writes to says that this broker holds the service's whole log: a memory broker
    that came back empty has none. It is created last, so a log half published again is published again. Its name
    ends with the log's life, which every record carries.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin: AIOKafkaAdminClient | None = None
        self._marker = f"{settings.topic}.marker."
        self.life = ""

    async def holds_the_log(self) -> bool:
        """Tell whether what was published is still there; raises BrokerUnavailable."""
        names = await self._ask(lambda admin: admin.list_topics())
        markers = sorted(name for name in names if name.startswith(self._marker))
        if markers:
            self.life = markers[-1].removeprefix(self._marker)
        return bool(markers) and self._settings.topic in names

    async def lay(self, names: Sequence[str]) -> None:
        """Create topics for a new life of the log, dropping the marker of the one before; raises BrokerUnavailable.

        A memory broker that lost its data takes records for topics it does not know, and can then neither
        serve nor extend them: dropping the name first heals it. A broker that keeps its data drops the marker only:
        until the new one stands the log is not whole.
        Whoever asks a memory broker for a topic between dropping and creating makes it create one of a size of
        its own, so the size is looked at afterwards.
        """

        async def laid(admin: AIOKafkaAdminClient) -> bool:
            for _ in range(LAYING_ATTEMPTS):
                lost = [] if self._settings.kafka_idempotent else names
                if dropped := [*lost, *await self._markers(admin)]:
                    await admin.delete_topics(dropped)
                await self._create_all(admin, names)
                if await self._stand(admin, names):
                    return True
                await asyncio.sleep(LAYING_PAUSE_SECONDS)  # one broker may know of a topic before another
            return False

        if not await self._ask(laid):
            raise BrokerUnavailable(f"{', '.join(names)}: not created with the partitions asked for")
        self.life = uuid4().hex

    async def stand(self, names: Sequence[str]) -> bool:
        """Create topics that are missing, and tell whether all have their partitions; raises BrokerUnavailable.

        One of another size waits for its owner to lay it anew: who joins it now is kept to the partitions it has now.
        """

        async def standing(admin: AIOKafkaAdminClient) -> bool:
            known = set(await admin.list_topics())
            await self._create_all(admin, [name for name in names if name not in known])
            return await self._stand(admin, names)

        return await self._ask(standing)

    async def mark(self) -> None:
        """Say that this broker now holds the whole log; raises BrokerUnavailable."""
        await self._ask(lambda admin: self._create(admin, self._marker + self.life, 1))

    async def close(self) -> None:
        """Give the connection back."""
        admin, self._admin = self._admin, None
        if admin is not None:
            await admin.close()

    async def _ask(self, question: Callable[[AIOKafkaAdminClient], Awaitable[Answer]]) -> Answer:
        """Ask a broker of the cluster, another one where it has just gone; raises BrokerUnavailable."""
        admin = await self._connected()
        try:
            for _ in range(BROKERS_ASKED - 1):
                with suppress(NodeNotReadyError):
                    return await question(admin)
            return await question(admin)
        except (KafkaError, OSError) as error:
            await self.close()
            raise BrokerUnavailable(str(error)) from error

    async def _connected(self) -> AIOKafkaAdminClient:
        if self._admin is None:
            admin = AIOKafkaAdminClient(
                bootstrap_servers=self._settings.kafka_bootstrap, request_timeout_ms=10_000
            )
            try:
                await admin.start()
            except (KafkaError, OSError) as error:
                await admin.close()
                raise BrokerUnavailable(str(error)) from error
            self._admin = admin
        return self._admin

    async def _markers(self, admin: AIOKafkaAdminClient) -> list[str]:
        return sorted(name for name in await admin.list_topics() if name.startswith(self._marker))

    async def _create_all(self, admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
        for name in names:
            await self._create(admin, name, self._settings.kafka_partitions)

    async def _stand(self, admin: AIOKafkaAdminClient, names: Sequence[str]) -> bool:
        found = await admin.describe_topics(list(names))
        return all(len(topic["partitions"]) == self._settings.kafka_partitions for topic in found)

    async def _create(self, admin: AIOKafkaAdminClient, name: str, partitions: int) -> None:
        replication = self._settings.kafka_replication
        answer = await admin.create_topics([NewTopic(name, partitions, replication, None, self._kept(name))])
        for topic, code, *_ in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(topic)

    def _kept(self, name: str) -> dict[str, str]:
        """Give how a broker is to keep a topic; a memory broker takes no such wishes."""
        settings = self._settings
        if not settings.kafka_idempotent:
            return {}
        dead_letters = name.endswith(".dlq")
        days = settings.dead_letter_retention_days if dead_letters else settings.kafka_retention_days
        return {
            "min.insync.replicas": str(settings.kafka_min_insync),
            "unclean.leader.election.enable": "false",
            "max.message.bytes": str(settings.kafka_max_request_bytes + FRAME_BYTES),
            "retention.ms": str(days * DAY_MS),
        }
