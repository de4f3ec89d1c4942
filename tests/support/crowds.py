"""Two hundred callers at once over HTTP, each of whom asks again under the same key until there is an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Self
from uuid import uuid4

import httpx

from deploy.instance import Instance
from deploy.seed.credit_codes import credit_code
from deploy.story.calling import AWAY, IN_PROGRESS, Json, Person
from support.acknowledged import Acknowledged
from support.players import players

CALLERS = 200
PATIENCE_SECONDS = 240.0
PAUSE_SECONDS = 0.3
FIRST_SERIAL = 100_000
"""Below the serials and numbers that the story's people draw."""
_serials = count(FIRST_SERIAL)


@dataclass
class Crowd:
    """Callers of the desk and of the registry, half and half, straight to the services."""

    http: httpx.AsyncClient
    instance: Instance
    agent: Person
    team: Person
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    unanswered: int = 0

    @classmethod
    @asynccontextmanager
    async def on(cls, instance: Instance) -> AsyncIterator[Self]:
        """Give a crowd that has not begun."""
        limits = httpx.Limits(max_connections=CALLERS, max_keepalive_connections=CALLERS)
        async with (
            players(instance) as people,
            httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as http,
        ):
            yield cls(http, instance, people.cast.agent, people.cast.first_team)

    @asynccontextmanager
    async def writing(self, times: int) -> AsyncIterator[None]:
        """Let every caller write so many times; ends when all have their answers."""
        async with asyncio.TaskGroup() as group:
            for number in range(CALLERS):
                group.create_task(self._write(times, self._declare if number % 2 else self._complain))
            yield

    async def _write(self, times: int, write: Callable[[], Awaitable[None]]) -> None:
        for _ in range(times):
            await write()

    async def _complain(self) -> None:
        body = {
            "channel": "hotline",
            "caller": {"phone": f"139{next(_serials):08d}"},
            "category": "delay",
            "content": "邮件迟了三天",
            "mail_no": self.acknowledged.mail(),
        }
        url = f"{self.instance.layout.url('service-desk')}/v1/complaints"
        self.acknowledged.complaints.append(await self._insist(url, body, self.agent))

    async def _declare(self) -> None:
        serial = next(_serials)
        division = self.team.org_id[:6]
        customer = {
            "name": f"众{serial}商贸有限公司",
            "credit_code": credit_code("91", division, serial),
            "phones": [f"139{serial:08d}"],
            "division": division,
            "address": f"{division}示例路{serial}号",
            "nature": "organisation",
        }
        url = f"{self.instance.layout.url('registry')}/v1/declarations"
        body = {"customer": customer, "lines": ["domestic-express"]}
        self.acknowledged.declarations.append(await self._insist(url, body, self.team))

    async def _insist(self, url: str, body: Json, person: Person) -> Json:
        headers = {"Authorization": person.authorization, "Idempotency-Key": str(uuid4())}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer = await self.http.post(url, json=body, headers=headers)
                except httpx.TransportError:
                    self.unanswered += 1
                else:
                    if answer.status_code == httpx.codes.CREATED:
                        made: Json = answer.json()
                        return made
                    problem = answer.json()
                    assert answer.status_code in AWAY or problem["code"] == IN_PROGRESS, problem
                    self.unanswered += answer.status_code in AWAY
                await asyncio.sleep(PAUSE_SECONDS)
