"""A full disk for the database: no file of its may grow beyond a size, until room is made."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit

from deploy.instance import POSTGRES, Instance

WAL_SEGMENT_MB = 1
"""Segments of the log are written whole: their size is the least that a limit must leave."""
MOST_BYTES = WAL_SEGMENT_MB * 1024 * 1024


def shrink_segments(instance: Instance) -> None:
    """Give a cluster that does not run yet a log of small segments."""
    program = instance.postgres.programs / "pg_resetwal"
    _as_the_server(instance, [str(program), f"--wal-segsize={WAL_SEGMENT_MB}", str(instance.layout.postgres)])


def _limit(instance: Instance, most: int) -> None:
    """Set the limit of the server and of those of its processes that serve clients; the others write what is there.

    Only who is of the server's user may do so: a child becomes it for the length of one program that does nothing.
    """
    server = instance.pids()[POSTGRES]
    serving = [pid for pid in _children(server) if b"keypost_" in _command(pid)]

    def limit() -> None:
        for pid in (server, *serving):
            with suppress(ProcessLookupError):
                prlimit(pid, RLIMIT_FSIZE, (most, RLIM_INFINITY))

    _as_the_server(instance, ["true"], limit)


def _command(pid: int) -> bytes:
    """Give the command line of a process; nothing of one that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _as_the_server(
    instance: Instance, command: Sequence[str], first: Callable[[], None] | None = None
) -> None:
    owner = instance.postgres.owner
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        cwd="/",
        user=owner.uid if owner.dropped else None,
        group=owner.gid if owner.dropped else None,
        extra_groups=[] if owner.dropped else None,
        preexec_fn=first,
    )


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@asynccontextmanager
async def full(instance: Instance) -> AsyncIterator[None]:
    """Let no file of the database grow beyond the limit meanwhile."""
    await asyncio.to_thread(_limit, instance, MOST_BYTES)
    try:
        yield
    finally:
        await asyncio.to_thread(_limit, instance, RLIM_INFINITY)
