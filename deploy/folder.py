"""The data folder: whose it is, whether it is whole, and who is using it."""

import fcntl
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.child import start_time
from deploy.keys import write_private
from deploy.layout import Layout
from deploy.postgres import MAJOR
from deploy.refusal import Refused

PRODUCT = "keypost"
FORMAT = 1
MARKER = "keypost.json"
STOP_SECONDS = 60.0


class Broken(Refused):
    """The folder is ours, but not whole."""


def _refuse_foreign(data: Path, zh: str, en: str) -> Refused:
    return Refused(
        f"{data} {zh}。没有改动任何内容;请另选目录:make run DATA=/另一个/目录",
        f"{data} {en}. Nothing was changed; choose another folder: make run DATA=/another/folder",
    )


def _refuse_broken(data: Path, zh: str, en: str) -> Broken:
    return Broken(
        f"数据目录 {data} 已损坏:{zh}。没有改动任何内容;请从备份恢复,或用 make reset 清空重来。",
        f"The data folder {data} is broken: {en}. Nothing was changed; "
        "restore it from a backup, or begin anew with make reset.",
    )


def read_marker(data: Path) -> dict[str, Any] | None:
    """Read what says that a folder is ours; none when new or empty, refused when foreign or broken."""
    try:
        if not data.is_dir():
            if data.exists() or data.is_symlink():
                raise _refuse_foreign(data, "不是目录", "is no folder")
            return None
        entries = {path.name for path in data.iterdir()}
        if entries <= {f"{MARKER}.new"}:
            return None
        if MARKER not in entries:
            raise _refuse_foreign(data, "不是本系统的数据目录", "holds files that are not Keypost's")
        text = (data / MARKER).read_text(encoding="utf-8")
    except PermissionError as error:
        raise _refuse_foreign(data, "无权读取(属于其他用户)", "may not be read (another user's)") from error
    try:
        marker = json.loads(text)
    except ValueError:
        raise _refuse_broken(data, f"{MARKER} 无法读取", f"{MARKER} cannot be read") from None
    if not isinstance(marker, dict) or marker.get("product") != PRODUCT:
        raise _refuse_foreign(data, "不是本系统的数据目录", "belongs to something else")
    if marker.get("format") != FORMAT:
        raise _refuse_foreign(data, "由其他版本的本系统写成", "was written by another version of Keypost")
    return marker


def write_marker(data: Path, **facts: object) -> None:
    """Mark a folder as ours, with what has been done in it so far."""
    before = read_marker(data) or {"product": PRODUCT, "format": FORMAT}
    write_private(data / MARKER, json.dumps({**before, **facts}, indent=2))


def check_whole(layout: Layout, marker: Mapping[str, Any]) -> None:
    """Refuse a folder whose database has gone or is of another release."""
    if not marker.get("initialised"):
        return
    version = layout.postgres / "PG_VERSION"
    try:
        found = version.read_text().strip()
    except OSError:
        raise _refuse_broken(
            layout.data, "数据库目录 postgres/ 不完整", "its database folder postgres/ is incomplete"
        ) from None
    if found != MAJOR:
        raise _refuse_broken(
            layout.data,
            f"数据库是 PostgreSQL {found} 的",
            f"its database is of PostgreSQL {found}, not {MAJOR}",
        )
    for part in ("global/pg_control", "base", "pg_wal", "postgresql.conf"):
        if not (layout.postgres / part).exists():
            raise _refuse_broken(layout.data, f"缺少 postgres/{part}", f"postgres/{part} is missing")


def claim(layout: Layout) -> dict[str, Any]:
    """Make or accept the data folder and give its marker; nothing is written into one that is not ours."""
    marker = read_marker(layout.data)
    if marker is None:
        try:
            layout.data.mkdir(parents=True, exist_ok=True)
            write_marker(layout.data)
        except OSError as error:
            raise Refused(
                f"无法建立数据目录 {layout.data}:{error.strerror}。请换一个:make run DATA=/另一个/目录",
                f"Cannot make the data folder {layout.data}: {error.strerror}. "
                "Choose another: make run DATA=/another/folder",
            ) from error
        return {}
    if not os.access(layout.data, os.W_OK) or layout.data.stat().st_uid not in (os.geteuid(),):
        raise _refuse_foreign(layout.data, "属于其他用户", "belongs to another user")
    check_whole(layout, marker)
    return marker


def check_ports(layout: Layout, ports: Mapping[str, int] | None = None) -> None:
    """Refuse to start where a port is taken, naming the port, its use and the setting."""
    wanted = layout.ports if ports is None else ports
    taken = [(name, port) for name, port in wanted.items() if not free(port)]
    if not taken:
        return
    list_zh = "、".join(f"{port}({name})" for name, port in taken)
    list_en = ", ".join(f"{port} ({name})" for name, port in taken)
    raise Refused(
        f"端口已被占用:{list_zh}。请停掉占用它的程序,或换一组端口:make run PORT={other_base(layout.port)}",
        f"Port taken: {list_en}. Stop what uses it, or choose other ports: "
        f"make run PORT={other_base(layout.port)}",
    )


def other_base(port: int) -> int:
    """Give a base port whose range does not touch that of the given one."""
    return port + 1000 if port + 1000 < 60000 else port - 1000


def free(port: int) -> bool:
    """Tell whether a port of this machine can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def held(layout: Layout) -> Iterator[None]:
    """Hold the folder for one running instance; refused while another one runs on it."""
    layout.run.mkdir(mode=0o700, exist_ok=True)
    with (layout.run / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"{layout.data} 上已有一个实例在运行;停止它:make stop",
                f"An instance is already running on {layout.data}; stop it with make stop",
            ) from None
        pid = os.getpid()
        lock.truncate(0)
        lock.write(json.dumps({"pid": pid, "start": start_time(pid)}))
        lock.flush()
        yield


def holder(layout: Layout) -> int | None:
    """Give the pid of the instance that runs on this folder, if there is one."""
    try:
        with (layout.run / "lock").open("r", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                record = json.loads(lock.read())
                return int(record["pid"])
    except (FileNotFoundError, ValueError):
        return None
    return None


def stop(layout: Layout) -> bool:
    """Stop the instance that runs on this folder and wait for its end; false when none runs."""
    pid = holder(layout)
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError as error:
        raise Refused(f"进程 {pid} 属于其他用户。", f"Process {pid} is another user's.") from error
    end = time.monotonic() + STOP_SECONDS
    while holder(layout) is not None:
        if time.monotonic() > end:
            raise Refused(
                f"进程 {pid} 在 {STOP_SECONDS:g} 秒内没有停止。",
                f"Process {pid} did not stop within {STOP_SECONDS:g} s.",
            )
        time.sleep(0.1)
    return True


def check_removable(data: Path) -> bool:
    """Tell whether there is a folder of ours, be it broken; refused for a foreign one."""
    try:
        return read_marker(data) is not None
    except Broken:
        if not _holds_only_ours(data):
            raise
        return True


def remove(layout: Layout) -> bool:
    """Remove our data folder, never a foreign one; false when there is none."""
    if not check_removable(layout.data):
        return False
    if layout.sockets.parent != layout.data:
        shutil.rmtree(layout.sockets, ignore_errors=True)
    for path in layout.data.iterdir():
        if path.name == MARKER:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (layout.data / MARKER).unlink()
    if not layout.data.is_symlink():
        layout.data.rmdir()
    return True


def _holds_only_ours(data: Path) -> bool:
    """Tell whether a folder holds nothing but what we make."""
    ours = {
        MARKER,
        f"{MARKER}.new",
        "postgres",
        "postgres.new",
        "keys",
        "logs",
        "run",
        "sockets",
        "clock.json",
    }
    return {path.name for path in data.iterdir()} <= ours
