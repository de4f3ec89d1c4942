"""One embedded instance as a library: whole under `make run`, in parts for tests and benches."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy import child
from deploy.broker import BROKER, Bus, Embedded
from deploy.child import base_environment
from deploy.databases import accepts, make_databases
from deploy.keys import Keys, make_keys, read_keys, write_private
from deploy.layout import SERVICES, Layout
from deploy.postgres import Postgres
from deploy.probes import answers, wait_until
from deploy.refusal import Refused

# The embedded broker lets a new group wait for half of its session time-out before the first assignment.
SESSION_TIMEOUT_MS = 6_000
ISSUER = "keypost-development"
POSTGRES = "postgres"
PROCESSES = (POSTGRES, BROKER, *SERVICES)
STOP_SIGNALS = {POSTGRES: "SIGINT"}
SHUTDOWN_SECONDS = 3
GIVE_UP_SECONDS = 90.0
COME_UP_SECONDS = 300.0


class Instance:
    """The processes, secrets and databases that belong to one data folder and one base port, and the bus they use."""

    def __init__(
        self,
        data: Path,
        port: int,
        *,
        settings: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        bus: Bus | None = None,
    ) -> None:
        self.layout = Layout(data.resolve(), port)
        self.bus: Bus = bus or Embedded()
        self.postgres = Postgres(self.layout, settings)
        self.extra = dict(extra or {})
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def processes(self) -> tuple[str, ...]:
        """The names of the instance's processes, in the order of their start."""
        return (POSTGRES, *self.bus.processes, *SERVICES)

    @property
    def ports(self) -> dict[str, int]:
        """Give every TCP port of the instance by what listens on it."""
        services = {name: self.layout.ports[name] for name in SERVICES}
        return {**services, **self.bus.ports(self.layout)}

    @property
    def bootstrap(self) -> str:
        """Give the address that the services know their bus by."""
        return self.bus.settings(self.layout)["KEYPOST_KAFKA_BOOTSTRAP"]

    @cached_property
    def keys(self) -> Keys:
        return read_keys(self.layout)

    def prepare(self) -> None:
        """Make the folders, secrets and database cluster of a new instance; complete those of an old one."""
        self.layout.data.mkdir(parents=True, exist_ok=True)
        for folder in (self.layout.logs, self.layout.run):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not (self.layout.keys / "secrets.json").exists() and not self.postgres.initialised:
            make_keys(self.layout)
        self.postgres.prepare(self.keys)
        self.bus.prepare(self.layout)
        for name in self.processes:
            self.write_spec(name)

    def database_url(self, service: str, role: str, database: str | None = None) -> str:
        """Give the address of a service's database for one of its roles: owner, app or worker."""
        home = SERVICES[service].database
        full = f"{home}_{role}"
        return self.postgres.url(full, self.keys.roles[full], database or home)

    def environment(
        self, service: str, *, owner: bool = False, database: str | None = None
    ) -> dict[str, str]:
        """Give the settings of a service's process; the owner's address only where migrations are to run."""
        layout = self.layout
        settings = {
            "KEYPOST_SERVICE": service,
            "KEYPOST_PROFILE": "development",
            "KEYPOST_DATABASE_URL": self.database_url(service, "app", database),
            "KEYPOST_WORKER_URL": self.database_url(service, "worker", database),
            **self.bus.settings(layout),
            "KEYPOST_SESSION_TIMEOUT_MS": str(SESSION_TIMEOUT_MS),
            "KEYPOST_ISSUER": ISSUER,
            "KEYPOST_JWKS": str(layout.keys / "jwks.json"),
            "KEYPOST_CLOCK_FILE": str(layout.clock),
            "KEYPOST_PHONE_KEY": self.keys.phone,
            "KEYPOST_FILE_KEY": self.keys.file,
            "KEYPOST_SERVICES": json.dumps({name: layout.url(name) for name in SERVICES}),
            "KEYPOST_LOG_LEVEL": "info",
        }
        if service == "console":
            settings["KEYPOST_ISSUER_KEY"] = str(layout.keys / "issuer.json")
        if owner:
            settings["KEYPOST_OWNER_URL"] = self.database_url(service, "owner", database)
        return {**base_environment(), **settings, **self.extra}

    def command(self, name: str) -> list[str]:
        """Give the command line of one process of the instance."""
        if name == POSTGRES:
            return self.postgres.command
        if name == BROKER:
            return self.bus.command(self.layout)
        return [
            *(sys.executable, "-m", "chassis.serving", f"{SERVICES[name].package}.app:create", "--factory"),
            *("--host", "127.0.0.1", "--port", str(self.layout.ports[name])),
            *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
            *("--timeout-graceful-shutdown", str(SHUTDOWN_SECONDS)),
        ]

    def write_spec(self, name: str) -> Path:
        """Write what the process wrapper needs to become one process, readable by us alone."""
        spec: dict[str, Any] = {
            "record": str(self.layout.run / f"{name}.pid"),
            "folder": str(self.layout.postgres if name == POSTGRES else self.layout.data),
            "on_parent_death": STOP_SIGNALS.get(name, "SIGTERM"),
            "command": self.command(name),
            "environment": self.environment(name) if name in SERVICES else base_environment(),
        }
        if name == POSTGRES:
            spec["lock"] = str(self.layout.postgres / "postmaster.pid")
            owner = self.postgres.owner
            spec["owner"] = [owner.uid, owner.gid] if owner.dropped else None
        return self.write_record(name, spec)

    def write_record(self, name: str, spec: Mapping[str, Any]) -> Path:
        """Write one process wrapper's specification for our eyes only, and give its path."""
        path = self.layout.run / f"{name}.json"
        write_private(path, json.dumps(spec))
        return path

    def wrapped(self, name: str) -> list[str]:
        """Give the command that starts a process through the wrapper, after `write_spec`."""
        return [sys.executable, "-I", "-S", child.__file__, str(self.layout.run / f"{name}.json")]

    # -- without a supervisor ------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start one process as a child of this one; it ends when this process (its main thread) does."""
        if name == BROKER:
            self.bus.prepare(self.layout)
        self.write_spec(name)
        (self.layout.run / f"{name}.pid").unlink(missing_ok=True)
        with (self.layout.logs / f"{name}.log").open("ab") as log:
            self._started[name] = subprocess.Popen(
                self.wrapped(name), stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
            )

    def stop(self, name: str) -> None:
        """Stop one process that `start` started, in order, or the hard way when it does not obey."""
        process = self._started.pop(name, None)
        if process is None:
            return
        process.send_signal(getattr(signal, STOP_SIGNALS.get(name, "SIGTERM")))
        try:
            process.wait(GIVE_UP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @contextmanager
    def running(self, *names: str) -> Iterator["Instance"]:
        """Start processes in this order, each ready before the next kind, and stop them in reverse."""
        with ExitStack() as stack:
            for name in names:
                stack.callback(self.stop, name)
                self.start(name)
                if name not in SERVICES:
                    self.wait_for(name)
            for name in names:
                self.wait_for(name)
            yield self

    # -- any instance of this data folder ------------------------------------------------------

    def pids(self) -> dict[str, int]:
        """Give the living processes of the instance by name, whoever started them."""
        records = {name: self._record(name) for name in self.processes}
        return {
            name: int(record["pid"])
            for name, record in records.items()
            if record and child.start_time(record["pid"]) == record["start"]
        }

    def quick_deaths(self, name: str) -> int:
        """Give how often in a row a process has died at once."""
        return int(self._record(name).get("quick_deaths", 0))

    def _record(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.layout.run / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal to one process of the instance and give its pid; raises when it is not running."""
        pid = self.pids().get(name)
        if pid is None:
            raise ProcessLookupError(name)
        os.kill(pid, number)
        process = self._started.get(name)
        if process is not None and number == signal.SIGKILL:
            process.wait()
        return pid

    def ready(self, name: str) -> bool:
        """Tell whether one process does its work."""
        if name == POSTGRES:
            return accepts(self.postgres)
        if name == BROKER:
            return self.bus.ready(self.layout)
        return answers(f"{self.layout.url(name)}/readyz")

    def wait_for(self, name: str, seconds: float = COME_UP_SECONDS) -> None:
        """Wait until one process does its work; says where its log is when it does not."""
        try:
            wait_until(lambda: self._ended(name) or self.ready(name), seconds, name)
        except TimeoutError as error:
            raise self.never_came(name) from error
        if self._ended(name):
            raise self.never_came(name)

    def _ended(self, name: str) -> bool:
        process = self._started.get(name)
        return process is not None and process.poll() is not None

    def never_came(self, name: str) -> Refused:
        """Give the refusal that names a process that did not come up, with the end of its log."""
        log = self.layout.logs / f"{name}.log"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""
        return Refused(f"{name} 没有启动成功,日志:{log}", f"{name} did not come up; its log: {log}", tail)

    # -- databases -----------------------------------------------------------------------------

    def make_databases(self) -> None:
        """Make the roles, databases and extensions of all services where they are missing."""
        make_databases(self.postgres, self.keys)

    def migrate(self, services: Iterable[str] = tuple(SERVICES), database: str | None = None) -> None:
        """Bring databases of services up to date, side by side; refuses with the output of a failure."""
        running = [
            (
                name,
                subprocess.Popen(
                    [sys.executable, "-m", "chassis.migrate"],
                    env=self.environment(name, owner=True, database=database),
                    process_group=0,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                ),
            )
            for name in services
        ]
        outputs = {name: process.communicate()[0] for name, process in running}
        for name, process in running:
            if process.returncode:
                raise Refused(
                    f"{name} 的数据库升级失败(见上)。",
                    f"Migrating the database of {name} failed (see above).",
                    outputs[name],
                )
