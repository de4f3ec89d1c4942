"""The nodes of Apache Kafka of one data folder: one broker, or several that are one cluster."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import child
from deploy.child import base_environment
from deploy.kafka.node import HOST, Node, Ports
from deploy.kafka.readiness import ready
from deploy.keys import write_private
from deploy.probes import listens
from deploy.refusal import Refused

BROKERS_AT, CONTROLLERS_AT = 10, 20
READY_SECONDS = 120.0
STOP_SECONDS = 30.0
LOOK_SECONDS = 0.2
TAIL_LINES = 12
OLD_LOG_BYTES = 10 * 1024 * 1024
# Unlike a test's node it runs for long: the Java compiler may take its time.
FOR_LONG = ("-Xms256m", "-Xmx768m", "-XX:+UseG1GC", "-XX:-UsePerfData")


@dataclass(frozen=True)
class Cluster:
    """The nodes that belong to one data folder; the first listens for clients on `port`, the others beside it."""

    data: Path
    port: int
    brokers: int
    name: str
    log_level: str = "warn"
    jvm: tuple[str, ...] = FOR_LONG
    attached: bool = False
    advertised: Mapping[int, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> range:
        """The numbers of the nodes."""
        return range(1, self.brokers + 1)

    @property
    def bootstrap(self) -> str:
        """Give the addresses that clients begin at."""
        return ",".join(self.advertised.get(n) or self.node(n).address for n in self.numbers)

    def ports_of(self, number: int) -> dict[str, int]:
        """Give the ports of one node by what listens on them."""
        ports = self.node(number).ports
        return {
            f"broker {number}": ports.clients,
            f"broker {number} for brokers": ports.brokers,
            f"controller {number}": ports.controllers,
        }

    def node(self, number: int) -> Node:
        """Give one node."""
        port = self.port + number - 1
        return Node(
            number=number,
            folder=self.data / f"node-{number}",
            ports=Ports(port, port + BROKERS_AT, port + CONTROLLERS_AT),
            voters={n: f"{HOST}:{self.port + CONTROLLERS_AT + n - 1}" for n in self.numbers},
            cluster=self.name,
            advertised=self.advertised.get(number, ""),
            log_level=self.log_level,
            jvm=self.jvm,
            also=self.also,
        )

    def start(self, *numbers: int) -> None:
        """Start nodes in the background; they go on when this process ends, unless attached."""
        with ThreadPoolExecutor() as side_by_side:
            list(side_by_side.map(lambda number: self.node(number).prepare(), numbers))
        for number in numbers:
            self._start(number)

    def _start(self, number: int) -> None:
        node = self.node(number)
        record = self._record(number)
        record.unlink(missing_ok=True)
        spec: dict[str, Any] = {
            "record": str(record),
            "folder": str(node.folder),
            "command": node.command,
            "environment": base_environment(),
            "on_parent_death": "SIGTERM" if self.attached else None,
        }
        path = node.folder / "process.json"
        write_private(path, json.dumps(spec))
        log = self.log(number)
        if log.exists() and log.stat().st_size > OLD_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            subprocess.Popen(
                [sys.executable, "-I", "-S", child.__file__, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        _within(STOP_SECONDS, lambda: record.exists())

    def log(self, number: int) -> Path:
        """Give where a node's log is."""
        return self.data / f"node-{number}.log"

    def pids(self) -> dict[int, int]:
        """Give the living nodes."""
        found = {number: _living(self._record(number)) for number in self.numbers}
        return {number: pid for number, pid in found.items() if pid is not None}

    def wait(self, seconds: float = READY_SECONDS) -> None:
        """Wait until every node does its work; refused with the end of the log of one that does not."""
        end = time.monotonic() + seconds
        while not self.ready():
            missing = [number for number in self.numbers if number not in self.pids()]
            if missing or time.monotonic() > end:
                raise self._never_came((missing or [1])[0])
            time.sleep(LOOK_SECONDS)

    def ready(self) -> bool:
        """Tell whether topics can be made with a copy on every broker, asked where no proxy stands before it."""
        nodes = [self.node(number).ports for number in self.numbers]
        if not all(listens(ports.clients) for ports in nodes):
            return False
        return ready(",".join(f"{HOST}:{ports.brokers}" for ports in nodes), self.brokers)

    def stop(self) -> list[int]:
        """Stop every node in order, or the hard way where it does not obey; give which were running."""
        pids = self.pids()
        for pid in pids.values():
            os.kill(pid, signal.SIGTERM)
        if not _within(STOP_SECONDS, lambda: not self.pids()):
            for pid in self.pids().values():
                os.kill(pid, signal.SIGKILL)
            _within(STOP_SECONDS, lambda: not self.pids())
        return sorted(pids)

    def kill(self, number: int, how: int = signal.SIGKILL) -> None:
        """Send a signal to one node, and after SIGKILL wait for its end."""
        os.kill(self.pids()[number], how)
        if how == signal.SIGKILL:
            _within(STOP_SECONDS, lambda: number not in self.pids())

    def _record(self, number: int) -> Path:
        return self.data / f"node-{number}.pid"

    def _never_came(self, number: int) -> Refused:
        log = self.log(number)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:]) if log.exists() else ""
        return Refused(
            f"Kafka 节点 {number} 没有启动成功,日志:{log}",
            f"Kafka node {number} did not come up; its log: {log}",
            tail,
        )


def _living(record: Path) -> int | None:
    """Give the pid that a record names, where that process still runs."""
    try:
        told = json.loads(record.read_text())
        state = Path(f"/proc/{told['pid']}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return None
    return int(told["pid"]) if state != "Z" and child.start_time(told["pid"]) == told["start"] else None


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Wait for a condition; tell whether it came about."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_SECONDS)
    return True
