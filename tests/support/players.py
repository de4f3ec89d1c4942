"""People of the sample at work on a running instance: they declare, register, call and complain over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TypeVar

from deploy.instance import Instance
from deploy.story.calling import House, Json, Person, Reply
from deploy.story.cast import Cast, Firm, choose, invent

REGISTRY = "/api/registry/v1"
DESK = "/api/service-desk/v1"
PATIENCE_SECONDS = 300.0
"""Services that are killed start anew several times meanwhile, side by side, on a machine that may be busy."""
YEARLY_FEES = "120000.00"
T = TypeVar("T")
_numbers = count(time.time_ns())
_given: set[str] = set()
"""The phones and codes of firms that have been given: an instance may have met them."""


@dataclass(frozen=True)
class Customer:
    """A registered customer and the firm it was."""

    firm: Firm
    customer_id: str
    code: str


@dataclass
class Players:
    """One city's people."""

    cast: Cast
    rng: Random
    acknowledged: list[Json] = field(default_factory=list)

    def firm(self) -> Firm:
        """Give a firm that nobody has."""
        while True:
            firm = invent(self.rng, self.cast.first_team.org_id[:6])
            if _given.isdisjoint((firm.phone, firm.credit_code)):
                _given.update((firm.phone, firm.credit_code))
                return firm

    async def declare(self, firm: Firm, team: Person | None = None) -> Json:
        """Declare a firm and give what was answered."""
        reply = await (team or self.cast.first_team).post(f"{REGISTRY}/declarations", firm.declaration())
        assert reply.status == 201, reply
        self.acknowledged.append(reply.body)
        return reply.body

    async def register(self, firm: Firm | None = None) -> Customer:
        """Declare, file and approve, up to the code; the director answers for a full load."""
        chosen = firm or self.firm()
        declared = await self.declare(chosen)
        path = f"{REGISTRY}/declarations/{declared['id']}"
        filed = await self.cast.first_team.post(f"{path}/annex-1", chosen.form("经办人", YEARLY_FEES))
        assert filed.status == 200, filed
        approved = await self.cast.director.post(f"{path}/approve", {"override_reason": "人手不足"})
        assert approved.status == 200, approved
        return Customer(chosen, declared["customer_id"], approved.body["customer_code"])

    async def complain(self, phone: str, **more: str) -> Json:
        """Take a complaint down for a caller."""
        body: Json = {
            "channel": "hotline",
            "caller": {"phone": phone},
            "category": "delay",
            "content": "邮件迟了三天",
            **more,
        }
        reply = await self.cast.agent.post(f"{DESK}/complaints", body)
        assert reply.status == 201, reply
        self.acknowledged.append(reply.body)
        return reply.body

    async def look_up(self, phone: str, person: Person | None = None) -> Json:
        """Ask the desk who is calling."""
        reply = await (person or self.cast.agent).get(f"{DESK}/callers?phone={phone}")
        assert reply.status == 200, reply
        return reply.body


@asynccontextmanager
async def players(instance: Instance) -> AsyncIterator[Players]:
    """Give the people of a city of the instance, other firms every time."""
    house = House(instance.layout.url("console"), PATIENCE_SECONDS)
    rng = Random(next(_numbers))
    try:
        yield Players(await choose(house, rng), rng)
    finally:
        await house.close()


async def eventually(
    look: Callable[[], Awaitable[T]], ready: Callable[[T], bool], seconds: float = 90.0
) -> T:
    """Look until it is so; gives the last look, so or not."""
    end = time.monotonic() + seconds
    while True:
        found = await look()
        if ready(found) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.1)


async def done(asked: Awaitable[Reply]) -> Json:
    """What was answered to what must succeed."""
    reply = await asked
    assert reply.status < 300, reply
    return reply.body


async def once_heard(ask: Callable[[], Awaitable[Reply]]) -> Json:
    """Ask until the service has heard of the customer."""
    reply = await eventually(ask, lambda answer: answer.status < 300)
    assert reply.status < 300, reply
    return reply.body
