"""Where everything of one instance lives: ports, folders, sockets, names."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
BROKER_OFFSET = 92

# Neither TMPDIR nor a user's run-time folder: both may be long, and may differ from shell to shell.
SHORT_FOLDER = Path("/tmp")  # noqa: S108


@dataclass(frozen=True)
class Service:
    """One of the six processes: its folder name, import package and distance from the base port."""

    name: str
    package: str
    offset: int

    @property
    def database(self) -> str:
        return f"keypost_{self.package}"


SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("console", "console", 0),
        Service("registry", "registry", 1),
        Service("tiering", "tiering", 2),
        Service("pricing", "pricing", 3),
        Service("service-desk", "service_desk", 4),
        Service("scoring", "scoring", 5),
    )
}


@dataclass(frozen=True)
class Layout:
    """The paths and ports that follow from a data folder and a base port."""

    data: Path
    port: int

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def clock(self) -> Path:
        return self.data / "clock.json"

    @property
    def sockets(self) -> Path:
        """Give the folder of the control sockets, outside the data folder where that path is too long."""
        inside = self.data / "sockets"
        if len(os.fsencode(inside / "pg" / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return SHORT_FOLDER / f"keypost-{os.geteuid()}-{digest}"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / "pg"

    @property
    def supervisor_socket(self) -> Path:
        return self.sockets / "supervisor"

    @property
    def broker_port(self) -> int:
        return self.port + BROKER_OFFSET

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.broker_port}"

    @property
    def ports(self) -> dict[str, int]:
        """Give every TCP port of the instance by the name of the process that listens on it."""
        services = {name: self.port + service.offset for name, service in SERVICES.items()}
        return {**services, "broker": self.broker_port}

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"
