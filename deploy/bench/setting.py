"""A throw-away instance for the benches, with the sample's organisations, staff and some customers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.instance import Instance, base_environment
from deploy.layout import ROOT, SERVICES, SHORT_FOLDER
from deploy.probes import answers, wait_until

BASE_PORT = 27_000
CUSTOMERS = 60


class Bench:
    """The running instance, its floor, and tokens of the sample's staff."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.console = instance.layout.url("console")
        self._accounts: Any = httpx.get(f"{self.console}/dev/accounts").json()

    def leave_running(self, *services: str) -> None:
        """Stop the other services for the rest of the run: their work is not what is measured."""
        for name in SERVICES:
            if name not in services:
                self.instance.stop(name)

    def token(self, role: str, org_id: str) -> str:
        """Give a token of somebody with this role at this organisation."""
        accounts = self._accounts["items"] if isinstance(self._accounts, dict) else self._accounts
        for account in accounts:
            if role in account["roles"] and account["organisation"]["org_id"] == org_id:
                answer = httpx.post(f"{self.console}/dev/token", json={"account": account["account"]})
                token: str = answer.json()["access_token"]
                return token
        raise LookupError(f"the sample has no {role} at {org_id}")


@contextmanager
def bench_instance() -> Iterator[Bench]:
    """Start everything with the settings of use (fsync on), load the sample, and stop it all afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="keypost-bench-", dir=SHORT_FOLDER))
    instance = Instance(folder / "data", BASE_PORT)
    try:
        instance.prepare()
        with instance.running("postgres", "broker"):
            instance.make_databases()
            instance.migrate()
            with instance.running(*SERVICES):
                load = [sys.executable, "-m", "deploy.seed", "--base", instance.layout.url("console")]
                subprocess.run([*load, "--customers", str(CUSTOMERS)], cwd=ROOT, check=True)
                yield Bench(instance)
    finally:
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


def cores() -> str:
    """Say on what the figures were taken."""
    return f"{os.cpu_count()} cores"
