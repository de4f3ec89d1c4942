"""One node of Apache Kafka in KRaft mode, broker and controller in one: its settings, its storage, its command line."""

import base64
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.child import base_environment
from deploy.kafka.jars import jars
from deploy.kafka.java import java
from deploy.refusal import Refused

HOST = "127.0.0.1"
LARGEST_RECORD_BYTES = 8 * 1024 * 1024
# A batch is its records and their frame; a follower must be able to fetch the largest.
LARGEST_BATCH_BYTES = LARGEST_RECORD_BYTES + 1024 * 1024
MOST_COPIES = 3
SOON_READY = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
LOG_LEVELS = ("trace", "debug", "info", "warn", "error")

PROPERTIES = """\
process.roles=broker,controller
node.id={number}
controller.quorum.voters={voters}
listeners=CLIENTS://{host}:{ports.clients},BROKERS://{host}:{ports.brokers},CONTROLLERS://{host}:{ports.controllers}
advertised.listeners=CLIENTS://{advertised},BROKERS://{host}:{ports.brokers}
controller.listener.names=CONTROLLERS
inter.broker.listener.name=BROKERS
listener.security.protocol.map=CLIENTS:PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLERS:PLAINTEXT
log.dirs={storage}

auto.create.topics.enable=false
unclean.leader.election.enable=false
default.replication.factor={copies}
min.insync.replicas={in_sync}
num.partitions=12
message.max.bytes={largest}
replica.fetch.max.bytes={largest}
replica.fetch.response.max.bytes={largest}

offsets.topic.replication.factor={copies}
offsets.topic.num.partitions=8
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms={rebalance_delay_ms}

num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""

LOGGING = """\
rootLogger.level={level}
rootLogger.appenderRef.stdout.ref=STDOUT
appender.stdout.type=Console
appender.stdout.name=STDOUT
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d{{ISO8601}} %p %c{{1}} %m%n
"""


@dataclass(frozen=True)
class Ports:
    """Where a node listens: for clients, for other brokers, for other controllers."""

    clients: int
    brokers: int
    controllers: int


@dataclass(frozen=True)
class Node:
    """One node and what it must know of the whole: `voters` are the controllers' addresses by node number.

    `also` are settings of Kafka beside those written here.
    """

    number: int
    folder: Path
    ports: Ports
    voters: dict[int, str]
    cluster: str
    advertised: str = ""
    log_level: str = "warn"
    rebalance_delay_ms: int = 0
    jvm: tuple[str, ...] = SOON_READY
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    @property
    def settings(self) -> Path:
        return self.folder / "server.properties"

    @property
    def address(self) -> str:
        """Where it listens for clients, whatever it tells them."""
        return f"{HOST}:{self.ports.clients}"

    @property
    def formatted(self) -> bool:
        return (self.storage / "meta.properties").exists()

    def prepare(self) -> None:
        """Write the settings, and format the storage where that has not been done; refused with what Kafka said."""
        self.storage.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(self._properties(), encoding="utf-8")
        (self.folder / "log4j2.properties").write_text(LOGGING.format(level=self.log_level), encoding="utf-8")
        if self.formatted:
            return
        done = subprocess.run(
            self._java(
                SOON_READY,
                *("kafka.tools.StorageTool", "format", "-c", str(self.settings)),
                f"--cluster-id={self.cluster}",  # which may begin with a dash
            ),
            env=base_environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Refused(
                f"Apache Kafka 的存储目录 {self.storage} 无法格式化(见上)。",
                f"The storage folder {self.storage} of Apache Kafka could not be formatted (see above).",
                done.stdout + done.stderr,
            )

    @property
    def command(self) -> list[str]:
        """Give the command line of the node; its log goes to its output."""
        return self._java(self.jvm, "kafka.Kafka", str(self.settings))

    def _java(self, options: Sequence[str], *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [java(), "-cp", f"{jars()}/*", *options, logging, *arguments]

    def _properties(self) -> str:
        copies = min(MOST_COPIES, len(self.voters))
        written = PROPERTIES.format(
            number=self.number,
            voters=",".join(f"{number}@{address}" for number, address in self.voters.items()),
            host=HOST,
            ports=self.ports,
            advertised=self.advertised or self.address,
            storage=self.storage,
            copies=copies,
            in_sync=in_sync(copies),
            largest=LARGEST_BATCH_BYTES,
            rebalance_delay_ms=self.rebalance_delay_ms,
        )
        return written + "".join(f"{name}={value}\n" for name, value in self.also.items())


def in_sync(copies: int) -> int:
    """Give how many copies must hold a record before it is acknowledged: one broker of three may be lost."""
    return max(1, copies - 1)


def new_cluster() -> str:
    """Give the name of a new cluster, as Kafka writes them."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
