"""Two processes of the desk, many who pay for one item at the same instant: it is paid once."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import uuid4

import asyncpg
import httpx
import pytest_asyncio

from support.claims import Json, handled, item
from support.instance import Databases, FreshDatabase, free_base_port
from support.service import FINANCE, OFFICER, Client, Person, environment, expect, issuer_key, plant

PAYERS = tuple(Person("420100", "finance", f"会计{number}") for number in range(10))


@contextmanager
def process(database: FreshDatabase, port: int) -> Iterator[None]:
    """Run one process of the desk."""
    command = [sys.executable, "-m", "uvicorn", "service_desk.app:create", "--factory", "--port", str(port)]
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    settings = {**os.environ, **environment(database), "KEYPOST_LOG_LEVEL": "error"}
    with subprocess.Popen([*command, *options], env=settings) as running:
        try:
            yield
        finally:
            running.terminate()


async def ready(http: httpx.AsyncClient) -> None:
    for _ in range(900):
        try:
            if (await http.get("/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("the desk does not come up")


@pytest_asyncio.fixture
async def pair(desk_databases: Databases) -> AsyncIterator[tuple[FreshDatabase, list[Client]]]:
    """Two processes on one database, tree and staff as heard."""
    database, port = desk_databases("service-desk"), free_base_port()
    await plant(database)
    with process(database, port), process(database, port + 1):
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as one,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port + 1}", timeout=60) as two,
        ):
            await asyncio.gather(ready(one), ready(two))
            key = issuer_key(database)
            yield database, [Client(one, key), Client(two, key)]


async def pay(client: Client, person: Person, claim: Json, amount: str) -> httpx.Response:
    path = f"/compensations/{claim['case_no']}/pay"
    body = {"amount": amount, "reference": "付字"}
    return await client.post(person, path, body, version=claim["version"], key=str(uuid4()))


async def paid_rows(database: FreshDatabase, mail_no: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database.url("worker"))
    try:
        return list(await connection.fetch("SELECT * FROM compensation_payment WHERE mail_no = $1", mail_no))
    finally:
        await connection.close()


async def test_of_all_who_pay_at_once_one_wins(pair: tuple[FreshDatabase, list[Client]]) -> None:
    database, clients = pair
    # One case, many payers.
    claim = await handled(clients[0], "100")
    answers = await asyncio.gather(
        *(pay(clients[turn % 2], person, claim, "100") for turn, person in enumerate(PAYERS))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 200 and set(codes[1:]) <= {409, 412}, codes
    # Two cases for one item and cause, one payer each, through either process.
    for _ in range(10):
        mail_no = item()
        claims = [await handled(client, "70", mail_no=mail_no) for client in clients]
        both = await asyncio.gather(
            pay(clients[0], PAYERS[0], claims[0], "70"), pay(clients[1], PAYERS[1], claims[1], "70")
        )
        assert sorted(answer.status_code for answer in both) == [200, 409]
        lost = next(answer for answer in both if answer.status_code == 409)
        assert lost.json()["code"] == "already-paid"
        assert len(await paid_rows(database, mail_no)) == 1
        states = [
            expect(await clients[0].get(OFFICER, f"/compensations/{claim['case_no']}"), 200)["state"]
            for claim in claims
        ]
        assert sorted(states) == ["handled", "paid"]
    # The same request twice is the same payment.
    claim, key = await handled(clients[0], "5"), str(uuid4())
    path, body = f"/compensations/{claim['case_no']}/pay", {"amount": "5", "reference": "付字"}
    twice = await asyncio.gather(
        *(client.post(FINANCE, path, body, version=claim["version"], key=key) for client in clients)
    )
    assert [answer.status_code for answer in twice] == [200, 200] and twice[0].content == twice[1].content
