"""A service that is killed in the middle of an approval: the correction holds whole, or not at all."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from support import dying
from support.corrections import corrected_lines, correction_proposed, filed_late, review_published
from support.instance import Databases, FreshDatabase, free_base_port
from support.service import PROVINCE, ServiceUnderTest, environment, expect, running_service
from support.tiering import planted

pytestmark = pytest.mark.timeout(900)
CUSTOMERS = 5
PATIENCE_SECONDS = 120.0
KEY = "approve-once"


@contextmanager
def another_process(database: FreshDatabase, at: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the service once more, in a process that ends itself at a point; gives its address."""
    port = free_base_port()
    command = [sys.executable, "-P", dying.__file__, "tiering.app:create", "--factory", "--port", str(port)]
    process = subprocess.Popen(command, env={**environment(database), dying.POINT: at})
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


async def serving(http: httpx.AsyncClient) -> None:
    """Wait until a process answers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await http.get("/healthz")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def standing(tiering: ServiceUnderTest, correction: dict[str, Any]) -> tuple[str, int, int]:
    """Give how the correction stands, its classes, and how often anything was told of it and them."""
    state = expect(await tiering.get(PROVINCE, f"/corrections/{correction['id']}"), 200)["state"]
    classes = await tiering.rows("SELECT FROM tier WHERE basis = 'correction'")
    told = await tiering.rows(
        "SELECT FROM outbox WHERE payload ->> 'basis' = 'correction' OR aggregate ^@ 'review-correction:'"
    )
    return state, len(classes), len(told)


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ("write.before-commit", ("proposed", 0, 0)),
        ("write.after-commit", ("approved", CUSTOMERS, CUSTOMERS + 1)),
    ],
)
async def test_a_killed_approval_holds_whole_or_not_at_all_and_once_when_it_is_repeated(
    tiering_databases: Databases, at: str, left: tuple[str, int, int]
) -> None:
    database = tiering_databases("tiering")
    async with running_service("tiering", database) as tiering:
        customers = [await planted(tiering) for _ in range(CUSTOMERS)]
        review = await review_published(tiering, {one: {"2025-03": "99999.99"} for one in customers})
        for one in customers:
            await filed_late(tiering, one, nov="0.01")
        correction = await correction_proposed(tiering, review)
        path = f"/corrections/{correction['id']}/approve"
        with another_process(database, at) as (address, process):
            async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as http:
                await serving(http)
                headers = {**tiering.headers(PROVINCE), "Idempotency-Key": KEY}
                with pytest.raises(httpx.TransportError):
                    await http.post(f"/v1{path}", headers=headers)
            assert await asyncio.to_thread(process.wait, PATIENCE_SECONDS) == dying.EXIT_CODE
        assert await standing(tiering, correction) == left
        done = expect(await tiering.post(PROVINCE, path, key=KEY), 200)
        assert done["state"] == "approved" and done["changed"] == CUSTOMERS
        assert await standing(tiering, correction) == ("approved", CUSTOMERS, CUSTOMERS + 1)
        assert len(await corrected_lines(tiering, correction)) == CUSTOMERS
