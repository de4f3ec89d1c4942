"""A Kafka outside as the bus of an instance: started and stopped by somebody else, and belonging to one installation."""

import asyncio
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from deploy.kafka.node import MOST_COPIES, in_sync
from deploy.kafka.readiness import ASKING_MS, PROBE, Seen, look
from deploy.layout import Layout
from deploy.refusal import Refused

OURS = "keypost."
INSTALLATION = "keypost.installation."
PARTITIONS = 12
MOST_PARTITIONS = 200
ANSWER_SECONDS = 15.0
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Outside:
    """Where a Kafka is, and how the topics of this installation are to be laid on it."""

    bootstrap: str
    partitions: int
    replication: int
    min_insync: int
    processes: tuple[str, ...] = ()

    def ports(self, layout: Layout) -> dict[str, int]:
        """Give no port: they are another's."""
        return {}

    def settings(self, layout: Layout) -> dict[str, str]:
        """Give the settings of use: an idempotent producer, acknowledged by all that are in sync."""
        return {
            "KEYPOST_KAFKA_BOOTSTRAP": self.bootstrap,
            "KEYPOST_KAFKA_IDEMPOTENT": "true",
            "KEYPOST_KAFKA_REPLICATION": str(self.replication),
            "KEYPOST_KAFKA_MIN_INSYNC": str(self.min_insync),
            "KEYPOST_KAFKA_PARTITIONS": str(self.partitions),
        }

    def prepare(self, layout: Layout) -> None:
        """Nothing: it is another's."""

    def command(self, layout: Layout) -> list[str]:
        """There is no process of ours."""
        raise LookupError(f"{self.bootstrap} is not a process of this instance")

    def ready(self, layout: Layout) -> bool:
        """Tell whether a Kafka answers there."""
        return look(self.bootstrap) is not None


@dataclass(frozen=True)
class Wishes:
    """What the environment says of the Kafka to use; None is what the folder has, or what fits the Kafka."""

    bootstrap: str | None = None
    partitions: int | None = None
    replication: int | None = None
    min_insync: int | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Wishes":
        """Read KAFKA_BOOTSTRAP, KAFKA_PARTITIONS, KAFKA_REPLICATION and KAFKA_MIN_INSYNC."""
        return cls(
            environment.get("KAFKA_BOOTSTRAP") or None,
            _count(environment, "KAFKA_PARTITIONS", MOST_PARTITIONS),
            _count(environment, "KAFKA_REPLICATION", MOST_COPIES),
            _count(environment, "KAFKA_MIN_INSYNC", MOST_COPIES),
        )


def choose(wishes: Wishes, remembered: Mapping[str, Any] | None) -> Outside | None:
    """Give the Kafka that an instance stands on, as wished and as its folder remembers; None is the embedded broker."""
    if wishes.bootstrap is None:
        if remembered:
            raise Refused(
                f"该数据目录的事件在 Kafka {remembered['bootstrap']} 上:"
                f"请用 KAFKA_BOOTSTRAP={remembered['bootstrap']} make run,或另选目录 DATA=/另一个/目录",
                f"The events of this data folder are on the Kafka at {remembered['bootstrap']}: "
                f"KAFKA_BOOTSTRAP={remembered['bootstrap']} make run, or another folder: DATA=/another/folder",
            )
        return None
    seen = _answering(wishes.bootstrap)
    if remembered:
        return _as_remembered(wishes, remembered)
    replication = wishes.replication or min(MOST_COPIES, seen.brokers)
    bus = Outside(
        wishes.bootstrap,
        wishes.partitions or PARTITIONS,
        replication,
        wishes.min_insync or in_sync(replication),
    )
    _check_copies(bus, seen)
    return bus


def facts(bus: Outside) -> dict[str, object]:
    """Give what a data folder remembers of its Kafka."""
    return {name: value for name, value in asdict(bus).items() if name != "processes"}


def claim(bus: Outside, installation: str) -> None:
    """Mark a Kafka as this installation's; refused where it holds the events of another one."""
    with _refusing(bus.bootstrap):
        asyncio.run(_claim(bus, installation))


def release(bootstrap: str, installation: str) -> bool:
    """Delete this installation's topics, never another's; tells whether there were any."""
    with _refusing(bootstrap):
        return asyncio.run(_release(bootstrap, installation))


def new_installation() -> str:
    """Give the name of a new installation."""
    return uuid.uuid4().hex


def _count(environment: Mapping[str, str], name: str, most: int) -> int | None:
    text = environment.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise Refused(
            f"{name}={text}:应为 1 至 {most} 的整数。", f"{name}={text}: a number from 1 to {most}."
        )
    return int(text)


def _as_remembered(wishes: Wishes, remembered: Mapping[str, Any]) -> Outside:
    """Topics are laid once: their partitions are fixed for life, their copies are the Kafka's to change."""
    bus = Outside(**remembered)
    if wishes.partitions not in (None, bus.partitions):
        raise Refused(
            f"该数据目录的主题已有 {bus.partitions} 个分区,不能再改:KAFKA_PARTITIONS={bus.partitions}",
            f"The topics of this data folder have {bus.partitions} partitions, fixed for life: "
            f"KAFKA_PARTITIONS={bus.partitions}",
        )
    return replace(bus, bootstrap=wishes.bootstrap or bus.bootstrap)


def _answering(bootstrap: str) -> Seen:
    end = time.monotonic() + ANSWER_SECONDS
    while True:
        seen = look(bootstrap)
        if seen is not None:
            return seen
        if time.monotonic() > end:
            raise _silent(bootstrap)
        time.sleep(LOOK_SECONDS)


def _silent(bootstrap: str) -> Refused:
    return Refused(
        f"KAFKA_BOOTSTRAP={bootstrap} 没有 Kafka 应答。请先启动它(本机:make kafka),或不设 KAFKA_BOOTSTRAP 以使用内嵌代理。",
        f"No Kafka answers at KAFKA_BOOTSTRAP={bootstrap}. Start it first (on this machine: make kafka), "
        "or leave KAFKA_BOOTSTRAP out for the embedded broker.",
    )


def _check_copies(bus: Outside, seen: Seen) -> None:
    if bus.replication > seen.brokers:
        raise Refused(
            f"KAFKA_REPLICATION={bus.replication},但 {bus.bootstrap} 只有 {seen.brokers} 个代理。",
            f"KAFKA_REPLICATION={bus.replication}, and {bus.bootstrap} has {seen.brokers} broker(s).",
        )
    if bus.min_insync > bus.replication:
        raise Refused(
            f"KAFKA_MIN_INSYNC={bus.min_insync} 大于副本数 {bus.replication},任何事件都写不进去。",
            f"KAFKA_MIN_INSYNC={bus.min_insync} is more than the {bus.replication} copies: no event could be written.",
        )


@contextmanager
def _refusing(bootstrap: str) -> Iterator[None]:
    try:
        yield
    except (KafkaError, OSError) as error:
        raise _silent(bootstrap) from error


async def _claim(bus: Outside, installation: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.bootstrap, request_timeout_ms=ASKING_MS)
    await admin.start()
    try:
        ours = [name for name in await admin.list_topics() if name.startswith(OURS) and name != PROBE]
        if INSTALLATION + installation in ours:
            return
        if ours:
            raise _anothers(bus.bootstrap)
        await admin.create_topics([NewTopic(INSTALLATION + installation, 1, bus.replication)])
    finally:
        await admin.close()


async def _release(bootstrap: str, installation: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=ASKING_MS)
    await admin.start()
    try:
        ours = [name for name in await admin.list_topics() if name.startswith(OURS) and name != PROBE]
        if INSTALLATION + installation not in ours:
            return False
        await admin.delete_topics(ours)
        return True
    finally:
        await admin.close()


def _anothers(bootstrap: str) -> Refused:
    return Refused(
        f"{bootstrap} 上的 Kafka 保存着另一个数据目录的事件,不能混用。请用那个数据目录(DATA=…),"
        "另启一个 Kafka(make kafka KAFKA_DATA=… KAFKA_PORT=…),或先 make reset DATA=那个目录。",
        f"The Kafka at {bootstrap} holds the events of another data folder. Use that folder (DATA=…), "
        "start another Kafka (make kafka KAFKA_DATA=… KAFKA_PORT=…), or make reset DATA=that folder first.",
    )
