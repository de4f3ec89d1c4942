"""Becomes one process of an instance: drops the user, dies with its parent if asked to, then execs the real command.

Run as a file, with nothing but the standard library on the path, so that a restart costs milliseconds.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
QUICK_DEATH_SECONDS = 3.0
LONGEST_PAUSE_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.1
INHERITED = ("PATH", "HOME", "USER", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


def base_environment() -> dict[str, str]:
    """Give what a process may see of the caller's environment: nothing that could change its behaviour."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


def start_time(pid: int) -> str:
    """Give the kernel's start tick of a process, or nothing when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def pause_after_quick_deaths(record: Path) -> int:
    """Wait longer after each death that followed its start at once; give the number of such deaths."""
    try:
        before = json.loads(record.read_text())
        age = time.time() - record.stat().st_mtime
    except (OSError, ValueError):
        return 0
    if age > QUICK_DEATH_SECONDS + LONGEST_PAUSE_SECONDS:
        return 0
    deaths = int(before.get("quick_deaths", 0)) + 1
    time.sleep(min(FIRST_PAUSE_SECONDS * 2 ** min(deaths, 10), LONGEST_PAUSE_SECONDS))
    return deaths


def remove_stale_lock(lock: Path) -> None:
    """Remove a PostgreSQL lock file whose number now belongs to nobody or to a foreign process."""
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
        alive_here = Path(f"/proc/{pid}/cwd").readlink() == lock.parent
    except (OSError, ValueError):
        alive_here = False
    if not alive_here and Path("/proc/self").exists():
        lock.unlink(missing_ok=True)


def die_with_parent(number: int, parent: int) -> None:
    """Ask the kernel for a signal when the parent ends; it forgets that on a change of user, so last."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        sys.exit(0)


def become(spec: dict[str, Any]) -> None:
    """Turn this process into the one that the specification describes."""
    parent = os.getppid()
    record = Path(spec["record"])
    deaths = pause_after_quick_deaths(record)
    pid = os.getpid()
    text = json.dumps({"pid": pid, "start": start_time(pid), "quick_deaths": deaths})
    record.write_text(text)
    if lock := spec.get("lock"):
        remove_stale_lock(Path(lock))
    os.chdir(spec["folder"])
    if owner := spec.get("owner"):
        os.setgroups([])
        os.setgid(owner[1])
        os.setuid(owner[0])
    with contextlib.suppress(OSError):
        os.nice(spec.get("nice", 0))
    if on_parent_death := spec.get("on_parent_death"):
        die_with_parent(getattr(signal, on_parent_death), parent)
    os.execve(spec["command"][0], spec["command"], spec["environment"])  # noqa: S606 - that is its purpose


if __name__ == "__main__":
    become(json.loads(Path(sys.argv[1]).read_text()))
