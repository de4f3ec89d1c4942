"""The supervisor of an instance: its configuration, its start and what is said to it."""

import shlex
import subprocess
import sys
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from deploy import child
from deploy.child import base_environment
from deploy.instance import POSTGRES, STOP_SIGNALS, Instance
from deploy.layout import SERVICES

GROUP = "services"
LOG_BYTES = "10MB"
LOG_BACKUPS = 3
USUAL_STOP_SECONDS = 15
STOP_SECONDS = {POSTGRES: 60}

HEAD = """\
[supervisord]
nodaemon=true
silent=true
logfile={logs}/supervisor.log
logfile_maxbytes={size}
logfile_backups={backups}
pidfile={run}/supervisord.pid
childlogdir={logs}

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[group:{group}]
programs={services}
priority=30
"""

PROGRAM = """
[program:{name}]
command={command}
priority={priority}
autostart=false
autorestart=true
startsecs=0
stopsignal={signal}
stopwaitsecs={wait}
redirect_stderr=true
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes={size}
stdout_logfile_backups={backups}
"""


def _literal(text: object) -> str:
    """Protect a value from the supervisor's own interpolation."""
    return str(text).replace("%", "%%")


def configuration(instance: Instance) -> str:
    """Give the supervisor's configuration; no secret stands in it."""
    layout = instance.layout
    common = {"logs": _literal(layout.logs), "size": LOG_BYTES, "backups": LOG_BACKUPS}
    parts = [
        HEAD.format(
            **common,
            run=_literal(layout.run),
            socket=_literal(layout.supervisor_socket),
            group=GROUP,
            services=",".join(SERVICES),
        )
    ]
    for priority, name in enumerate(instance.processes, start=10):
        parts.append(
            PROGRAM.format(
                **common,
                name=name,
                command=_literal(shlex.join(instance.wrapped(name))),
                priority=priority,
                signal=STOP_SIGNALS.get(name, "SIGTERM").removeprefix("SIG"),
                wait=STOP_SECONDS.get(name, USUAL_STOP_SECONDS),
            )
        )
    return "".join(parts)


class Supervisor:
    """The running supervisor of an instance; it restarts what dies until it is told to end."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start the supervisor with none of its programs yet; it ends when this process does."""
        layout = self.instance.layout
        config = layout.run / "supervisord.conf"
        config.write_text(configuration(self.instance), encoding="utf-8")
        layout.supervisor_socket.unlink(missing_ok=True)
        for record in layout.run.glob("*.pid"):
            record.unlink()
        spec = {
            "record": str(layout.run / "supervisor.pid"),
            "folder": str(layout.data),
            "on_parent_death": "SIGTERM",
            "command": [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
            "environment": base_environment(),
        }
        path = self.instance.write_record("supervisor", spec)
        with (layout.logs / "supervisor.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", child.__file__, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def start(self, name: str) -> None:
        """Start one program, or with the group's name all six services."""
        if name == GROUP:
            self._call("startProcessGroup", GROUP, False)
            return
        try:
            self._call("startProcess", name, False)
        except Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def answering(self) -> bool:
        """Tell whether the supervisor takes commands."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (OSError, Fault):
            return False

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self, seconds: float) -> None:
        """Stop every program in order and then the supervisor."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.instance.layout.supervisor_socket}")
        with ServerProxy("http://localhost", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)
