"""Throw-away instances for tests: free ports, folders that vanish, databases copied from a migrated one."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.broker import Bus, Embedded
from deploy.databases import DATABASE_SHAPE, furnish_script, sql
from deploy.instance import Instance
from deploy.kafka.own import OwnKafka
from deploy.layout import ROOT, SERVICES, SHORT_FOLDER, Layout

LOWEST_PORT = 18_000
HIGHEST_PORT = 31_000
PORTS_APART = 100

# Without these a power cut could lose data; tests of durability ask for the real settings.
FAST: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}
# Which broker the instances of this run stand on: "embedded", or "kafka" with the settings of use.
BROKER_KIND = os.environ.get("KEYPOST_TEST_BROKER") or "embedded"
BUSES: Mapping[str, type[Embedded] | type[OwnKafka]] = {"embedded": Embedded, "kafka": OwnKafka}
# A node of Kafka listens on this many ports from the broker's on.
BROKER_PORTS = 3
_numbers = itertools.count(1)


def chosen_bus(advertised: str | None = None) -> Bus:
    """Give the bus that this run is on; `advertised` is the address of a proxy before it."""
    return BUSES[BROKER_KIND](advertised)


def free_base_port() -> int:
    """Give a base port whose whole range is free, and stays reserved for this test process."""
    for base in range(LOWEST_PORT, HIGHEST_PORT, PORTS_APART):
        reservation = _reserved(base + PORTS_APART - 1)
        if reservation is None:
            continue
        layout = Layout(Path(), base)
        broker = range(layout.broker_port, layout.broker_port + BROKER_PORTS)
        if all(_free(port) for port in (*layout.ports.values(), *broker)):
            _reservations.append(reservation)
            return base
        reservation.close()
    raise RuntimeError("no free range of ports")


_reservations: list[socket.socket] = []


def _reserved(port: int) -> socket.socket | None:
    """Hold a port that no instance uses, which is held by one test process at most; None where another has it."""
    holder = socket.socket()
    try:
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        return None
    return holder


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """Give an empty folder with a short path that vanishes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="keypost-test-", dir=SHORT_FOLDER))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throwaway_instance(
    *,
    settings: Mapping[str, str] | None = None,
    extra: Mapping[str, str] | None = None,
    bus: Bus | None = None,
) -> Iterator[Instance]:
    """Give a prepared instance with nothing running yet; `settings={}` keeps data as safe as in use."""
    with throwaway_folder() as folder:
        chosen = FAST if settings is None else settings
        instance = Instance(
            folder / "data", free_base_port(), settings=chosen, extra=extra, bus=bus or chosen_bus()
        )
        instance.prepare()
        yield instance


@contextmanager
def whole_instance(
    *,
    settings: Mapping[str, str] | None = None,
    extra: Mapping[str, str] | None = None,
    bus: Bus | None = None,
) -> Iterator[Instance]:
    """Give an instance with all six services running and ready, without any data."""
    with (
        throwaway_instance(settings=settings, extra=extra, bus=bus) as instance,
        instance.running("postgres", *instance.bus.processes),
    ):
        instance.make_databases()
        instance.migrate()
        with instance.running(*SERVICES):
            yield instance


def load_sample(instance: Instance, customers: int) -> None:
    """Load the sample organisations and staff, and this many customers, through the console."""
    command = [sys.executable, "-m", "deploy.seed", "--base", instance.layout.url("console")]
    subprocess.run([*command, "--customers", str(customers)], cwd=ROOT, check=True)


@dataclass(frozen=True)
class FreshDatabase:
    """A migrated, empty database of one service, and the settings of a process that uses it."""

    service: str
    name: str
    instance: Instance

    @property
    def environment(self) -> dict[str, str]:
        return self.instance.environment(self.service, owner=True, database=self.name)

    def url(self, role: str) -> str:
        """Give the address for a role: owner, app or worker."""
        return self.instance.database_url(self.service, role, self.name)

    @property
    def superuser_url(self) -> str:
        return self.instance.postgres.superuser_url(self.instance.keys, self.name)


class Databases:
    """Makes fresh databases by copying one that was migrated once for the whole test run."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._templates: dict[str, str] = {}
        self._made: list[str] = []

    def __call__(self, service: str) -> FreshDatabase:
        """Give a new database of a service."""
        template = self._templates.get(service) or self._make_template(service)
        name = f"{SERVICES[service].database}_t{next(_numbers)}"
        owner = f"{SERVICES[service].database}_owner"
        self._sql(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} STRATEGY file_copy")
        self._made.append(name)
        return FreshDatabase(service, name, self.instance)

    def drop_all(self) -> None:
        """Drop what was made since the last time, whoever is still connected."""
        while self._made:
            self._sql(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def _make_template(self, service: str) -> str:
        chosen = SERVICES[service]
        name = f"{chosen.database}_template{next(_numbers)}"
        self._sql(f"CREATE DATABASE {name} OWNER {chosen.database}_owner {DATABASE_SHAPE}")
        self._sql(furnish_script(name, chosen), name)
        self.instance.migrate([service], database=name)
        self._templates[service] = name
        return name

    def _sql(self, script: str, database: str = "postgres") -> list[str]:
        return sql(self.instance.postgres, self.instance.keys, script, database)


@contextmanager
def supervised(data: Path, port: int, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `python -m deploy run` as a person would, and stop it afterwards if it still runs."""
    command = [sys.executable, "-m", "deploy", "run", "--data", str(data), "--port", str(port), *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=60)
