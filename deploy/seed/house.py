"""What every part of the loading has at hand: the API, the plan, the codes issued so far, and what was done."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from deploy.seed.client import Client
from deploy.seed.irregularities import Irregularities
from deploy.seed.ledger import Ledger
from deploy.seed.plan import Plan

T = TypeVar("T")
OFFICER, DIRECTOR, FINANCE = "center-officer", "center-director", "finance"


@dataclass
class House:
    client: Client
    plan: Plan
    ledger: Ledger
    wrong: Irregularities
    made: Counter[str] = field(default_factory=Counter)
    milliseconds: Counter[str] = field(default_factory=Counter)

    def account(self, org_id: str, role: str) -> str:
        """The account of the first person of a role at a node."""
        return self.plan.first(org_id, role).staff_no

    async def in_each_city(self, work: Callable[[str], Awaitable[None]]) -> None:
        """Do something in all cities side by side; the client sends no more than its share at once."""
        await together(work(city) for city in self.plan.cities)

    @asynccontextmanager
    async def part(self, name: str) -> AsyncIterator[None]:
        """Count the time that a part of the loading takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.milliseconds[name] += round((time.monotonic() - begun) * 1000)


async def together(works: Iterable[Awaitable[None]]) -> None:
    """Wait for all; the first failure cancels the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(_done(work))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _done(work: Awaitable[None]) -> None:
    await work


def batches(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """Cut into lists of a size; the last may be shorter."""
    running = iter(items)
    while batch := list(islice(running, size)):
        yield batch
