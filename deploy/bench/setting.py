"""A throw-away instance for the benches; where services run, with the sample's organisations, staff and some customers."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from chassis.database import Connection
from chassis.settings import Settings
from deploy.broker import Bus, Embedded
from deploy.child import base_environment
from deploy.instance import Instance
from deploy.kafka.own import OwnKafka
from deploy.layout import ROOT, SERVICES, SHORT_FOLDER
from deploy.probes import answers, wait_until

BASE_PORT = 27_000
BUSES: Mapping[str, type[Embedded] | type[OwnKafka]] = {"embedded": Embedded, "kafka": OwnKafka}
CUSTOMERS = 60


class Bench:
    """A throw-away instance with the settings of use (fsync on), of which each bench starts as much as it needs."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder = folder
        self._bus: Bus = BUSES[broker](None)
        self._running: set[str] = set()
        self._tokens: dict[tuple[str, str], str] = {}
        self._stack = ExitStack()

    @cached_property
    def instance(self) -> Instance:
        """The instance: database and broker run from the first use on, services when a bench asks for them."""
        instance = Instance(self.folder / "data", BASE_PORT, bus=self._bus)
        instance.prepare()
        self._stack.enter_context(instance.running("postgres", *self._bus.processes))
        instance.make_databases()
        instance.migrate()
        return instance

    @cached_property
    def console(self) -> str:
        """The address of the console, with all services running and the sample loaded."""
        url = self.instance.layout.url("console")
        self._start(SERVICES)
        load = [sys.executable, "-m", "deploy.seed", "--base", url]
        subprocess.run([*load, "--customers", str(CUSTOMERS)], cwd=ROOT, check=True)
        return url

    def leave_running(self, *services: str) -> None:
        """Let these services run, on the sample where any does, and no others: their work is not what is measured."""
        if services and self.console:
            self._start(services)
        for name in self._running - set(services):
            self.instance.stop(name)
        self._running &= set(services)

    def settings(self, service: str, /, **changed: object) -> Settings:
        """Give the settings of a process on a service's database; with another `service` it has topics of its own."""
        environment = self.instance.environment(service)
        values = {
            name.removeprefix("KEYPOST_").lower(): value
            for name, value in environment.items()
            if name.startswith("KEYPOST_") and name != "KEYPOST_SERVICES"
        }
        return Settings.model_validate({**values, **changed})

    @asynccontextmanager
    async def superuser(self, service: str) -> AsyncIterator[Connection]:
        """Connect to a service's database as the one who may prepare everything."""
        database = SERVICES[service].database
        connection = await asyncpg.connect(self.instance.postgres.superuser_url(self.instance.keys, database))
        try:
            yield connection
        finally:
            await connection.close()

    def token(self, role: str, org_id: str) -> str:
        """Give a token of somebody with this role at this organisation, the same at every asking."""
        if (role, org_id) not in self._tokens:
            self._tokens[role, org_id] = self._new_token(role, org_id)
        return self._tokens[role, org_id]

    def _new_token(self, role: str, org_id: str) -> str:
        url = self.console
        # A console that was stopped with other services does not come up again without them.
        self._start(SERVICES)
        accounts: Any = httpx.get(f"{url}/dev/accounts").json()
        for account in accounts["items"] if isinstance(accounts, dict) else accounts:
            if role in account["roles"] and account["organisation"]["org_id"] == org_id:
                answer = httpx.post(f"{url}/dev/token", json={"account": account["account"]})
                token: str = answer.json()["access_token"]
                return token
        raise LookupError(f"the sample has no {role} at {org_id}")

    def close(self) -> None:
        """Stop whatever runs."""
        for name in self._running:
            self.instance.stop(name)
        self._stack.close()

    def _start(self, services: Iterable[str]) -> None:
        fresh = [name for name in services if name not in self._running]
        for name in fresh:
            self._running.add(name)
            self.instance.start(name)
        for name in fresh:
            self.instance.wait_for(name)


@contextmanager
def bench_setting(broker: str) -> Iterator[Bench]:
    """Give a bench whose processes and data are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="keypost-bench-", dir=SHORT_FOLDER))
    bench = Bench(folder, broker)
    try:
        yield bench
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def floor_server(bench: Bench) -> Iterator[int]:
    """Run the bare handler beside ours, on the same PostgreSQL; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    url = bench.instance.database_url("service-desk", "owner")
    command = [
        *(sys.executable, "-m", "uvicorn", "deploy.bench.floor:create", "--factory", "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    ]
    environment = {**base_environment(), "FLOOR_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}/openapi.json"), 20, "the floor")
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
