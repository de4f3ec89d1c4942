"""A seat as its own process, before a desk that listens on a port; and one that dies where a test wants it to."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from contracts.values import check_digit_mod_11_10
from support import seat_that_dies
from support.service import Person

SEATED = Person("420100", "hotline-agent", "樊坐席", "42010077")


class _Server(uvicorn.Server):
    """A server that leaves the signals of the test's process alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """Let an application that runs already listen on a port; gives its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, lifespan="off", log_level="error", access_log=False)
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@dataclass(frozen=True)
class Ran:
    """How a command of a seat ended: its exit status, negative for a signal, and what it said."""

    status: int
    said: str
    errors: str

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL


@dataclass(frozen=True)
class SeatProcess:
    """One seat: its file, and the token of its person."""

    file: Path
    token: str

    async def run(self, *arguments: str, lines: Sequence[Mapping[str, Any]] = (), die_at: str = "") -> Ran:
        """Run one command to its end."""
        process = await self.start(*arguments, die_at=die_at)
        sent = "".join(json.dumps(line) + "\n" for line in lines).encode()
        said, errors = await process.communicate(sent)
        return Ran(process.returncode or 0, said.decode(), errors.decode())

    async def start(self, *arguments: str, die_at: str = "") -> asyncio.subprocess.Process:
        """Start a command; with `die_at` in a process that kills itself there."""
        module = ("-m", "seat") if not die_at else (seat_that_dies.__file__,)
        environment = {**os.environ, "KEYPOST_SEAT_TOKEN": self.token, seat_that_dies.POINT: die_at}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *module,
            *("--file", str(self.file), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )


def number_of(day: date, seat: int, serial: int) -> str:
    """Give a case number as a seat makes it."""
    digits = f"{day:%y%m%d}{seat:03d}{serial:05d}"
    return digits + check_digit_mod_11_10(digits)
