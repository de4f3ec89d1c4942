"""Apache Kafka as the bus of one instance: a single node, its data in the instance's folder."""

from dataclasses import dataclass

from deploy.broker import BROKER, PARTITIONS
from deploy.kafka.node import HOST, Node, Ports, new_cluster
from deploy.kafka.readiness import ready
from deploy.layout import Layout
from deploy.probes import listens


@dataclass(frozen=True)
class OwnKafka:
    """One node in place of the embedded broker, with the producer of use: idempotent, acknowledged by all."""

    advertised: str | None = None
    partitions: int = PARTITIONS
    log_level: str = "warn"
    processes: tuple[str, ...] = (BROKER,)

    def ports(self, layout: Layout) -> dict[str, int]:
        """Give the ports for clients, for the node itself and for its controller."""
        port = layout.broker_port
        return {BROKER: port, "broker's own": port + 1, "controller": port + 2}

    def settings(self, layout: Layout) -> dict[str, str]:
        """Give the settings of use, for one broker."""
        return {
            "KEYPOST_KAFKA_BOOTSTRAP": self.advertised or layout.bootstrap,
            "KEYPOST_KAFKA_IDEMPOTENT": "true",
            "KEYPOST_KAFKA_REPLICATION": "1",
            "KEYPOST_KAFKA_MIN_INSYNC": "1",
            "KEYPOST_KAFKA_PARTITIONS": str(self.partitions),
        }

    def prepare(self, layout: Layout) -> None:
        """Bring the jars, write the settings, format the storage: each where it is missing."""
        self._node(layout).prepare()

    def command(self, layout: Layout) -> list[str]:
        """Give the command line of the node."""
        return self._node(layout).command

    def ready(self, layout: Layout) -> bool:
        """Tell whether topics can be made and all have their leaders; asked where no proxy stands before it."""
        return listens(layout.broker_port) and ready(f"{HOST}:{layout.broker_port + 1}", 1)

    def _node(self, layout: Layout) -> Node:
        port = layout.broker_port
        return Node(
            number=1,
            folder=layout.data / "kafka",
            ports=Ports(port, port + 1, port + 2),
            voters={1: f"{HOST}:{port + 2}"},
            cluster=new_cluster(),
            advertised=self.advertised or "",
            log_level=self.log_level,
        )
