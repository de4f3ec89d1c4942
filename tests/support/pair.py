"""Two processes of the registry on one database."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg
import httpx

from support.instance import FreshDatabase, free_base_port
from support.registry import plant
from support.service import OFFICER, Client, environment, issuer_key

PATIENCE_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.1


@dataclass
class Pair:
    """Two processes of the registry on one database."""

    clients: tuple[Client, Client]
    database: FreshDatabase

    async def rows(self, sql: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database.url("worker"))
        try:
            return list(await connection.fetch(sql))
        finally:
            await connection.close()


@contextmanager
def process(database: FreshDatabase, port: int) -> Iterator[None]:
    """Run one process of the registry."""
    command = [sys.executable, "-m", "uvicorn", "registry.app:create", "--factory", "--port", str(port)]
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    settings = {**os.environ, **environment(database), "KEYPOST_LOG_LEVEL": "error"}
    with subprocess.Popen([*command, *options], env=settings) as running:
        try:
            yield
        finally:
            running.terminate()


async def ready(http: httpx.AsyncClient) -> None:
    """Wait until a process answers."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            if (await http.get("/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    raise AssertionError("the registry does not come up")


@asynccontextmanager
async def two_registries(database: FreshDatabase) -> AsyncIterator[Pair]:
    """Run two processes, the tree and staff planted through the first."""
    port = free_base_port()
    limits = httpx.Limits(max_connections=None)
    with process(database, port), process(database, port + 1):
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as one,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port + 1}", limits=limits, timeout=60) as two,
        ):
            await asyncio.gather(ready(one), ready(two))
            key = issuer_key(database)
            clients = (Client(one, key), Client(two, key))
            await plant(clients[0])
            await known_to(clients[1])
            yield Pair(clients, database)


async def known_to(client: Client) -> None:
    """Wait until the other process has read the staff."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        answer = await client.get(OFFICER, "/rules", org_id="420106-T01")
        if answer.status_code == 200 and answer.json()["total"] > 0:
            return
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    raise AssertionError("the second process does not see the tree")
