"""A second process of a service beside the instance's own: another port, the same database, the same group."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from chassis.relay import OWNERSHIP
from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.probes import answers
from support.crashing import PATIENCE_SECONDS, armed_command

RELAYING = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = $1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
LEFT_OPEN = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND state = 'idle in transaction' AND state_change < clock_timestamp() - interval '2 s'
"""

GOES_ON_SECONDS = 20.0


@dataclass
class Companion:
    """One process beside."""

    instance: Instance
    service: str
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """Where it answers itself."""
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Wait until it does its work."""
        self._until(lambda: answers(f"{self.url}/readyz"), "is not ready")

    def wait_for_standstill(self) -> None:
        """Wait until it stands still, where it was told to."""
        self._until(lambda: _state(self.process.pid) == "T", "does not stand still")

    def stop(self) -> None:
        """Let it stand still wherever it is."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.wait_for_standstill()

    def go_on(self) -> None:
        """Let it go on from where it stands."""
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it, in order or not."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_SECONDS)

    def wait_for_end(self) -> int | None:
        """Wait until it ends of its own, and give its exit code; None where it is at work and goes on."""
        working_since: float | None = None
        while working_since is None or time.monotonic() - working_since < GOES_ON_SECONDS:
            if (code := self.process.poll()) is not None:
                return code
            if working_since is None and answers(f"{self.url}/readyz"):
                working_since = time.monotonic()
            time.sleep(0.05)
        return None

    def _until(self, condition: Callable[[], bool], trouble: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert self.process.poll() is None, f"{self.service} beside ended with {self.process.returncode}"
            assert time.monotonic() < end, f"{self.service} beside {trouble}"
            time.sleep(0.05)


@contextmanager
def beside(instance: Instance, service: str, told: Mapping[str, str] | None = None) -> Iterator[Companion]:
    """Run one more process of a service; it may be told what to do at which point, by the variables of `dying`."""
    port = _free_port()
    label = f"{service}-{port}"
    usual = instance.command(service)
    command = [str(port) if one == str(instance.layout.ports[service]) else one for one in usual]
    environment = instance.environment(service)
    if told:
        command = armed_command(command)
        environment |= told
    instance.write_record(
        label,
        {
            "record": str(instance.layout.run / f"{label}.pid"),
            "folder": str(instance.layout.data),
            "on_parent_death": "SIGKILL",
            "command": command,
            "environment": environment,
        },
    )
    with Path(instance.layout.logs / f"{label}.log").open("ab") as log:
        process = subprocess.Popen(
            instance.wrapped(label), stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
        )
    try:
        yield Companion(instance, service, port, process)
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def session_that_relays(instance: Instance, service: str) -> int | None:
    """Give the database session that relays for a service, where there is one."""
    async with superuser(instance, service) as connection:
        pid: int | None = await connection.fetchval(RELAYING, OWNERSHIP)
    return pid


async def end_session(instance: Instance, service: str, pid: int) -> None:
    """Let the server end a session, if it has not done so of its own, as it does with one whose client is gone."""
    async with superuser(instance, service) as connection:
        await connection.fetchval("SELECT pg_terminate_backend($1, 10000)", pid)


async def end_transactions_left_open(instance: Instance, service: str) -> int:
    """Let the server end the sessions whose transaction nobody goes on with; gives how many."""
    async with superuser(instance, service) as connection:
        left = [row["pid"] for row in await connection.fetch(LEFT_OPEN)]
        for pid in left:
            await connection.execute("SELECT pg_terminate_backend($1, 10000)", pid)
    return len(left)


@asynccontextmanager
async def superuser(instance: Instance, service: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Connect to a service's database as the one who may end sessions."""
    url = instance.postgres.superuser_url(instance.keys, SERVICES[service].database)
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close(timeout=5)
