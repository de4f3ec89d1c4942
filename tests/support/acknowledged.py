"""Writers that remember what was acknowledged, and the check that all of it is there, once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg

from deploy.instance import Instance
from deploy.story.calling import Json
from deploy.verify.everything import verify
from deploy.verify.reading import opened
from support.players import Players, players

Write = Callable[[Players, "Acknowledged"], Awaitable[None]]
WRITERS = 6
PAUSE_SECONDS = 0.05
SETTLED_SECONDS = 300.0
WRITTEN_SECONDS = 240.0
TWICE_COMPLAINED = """
    SELECT mail_no, count(*) FROM complaint WHERE mail_no = ANY($1) GROUP BY mail_no HAVING count(*) > 1
"""
TWICE_DECLARED = """
    SELECT customer_id, count(*) FROM declaration WHERE customer_id = ANY($1) GROUP BY customer_id HAVING count(*) > 1
"""


@dataclass
class Acknowledged:
    """The answers to declarations and complaints, as they came."""

    declarations: list[Json] = field(default_factory=list)
    complaints: list[Json] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    """What each complaint was about, acknowledged or not: one complaint each, however often it was sent."""

    @property
    def count(self) -> int:
        """How many writes were acknowledged."""
        return len(self.declarations) + len(self.complaints)

    def mail(self) -> str:
        """Give a mail that nobody has complained about."""
        self.mails.append(f"EA{uuid4().hex[:16].upper()}")
        return self.mails[-1]

    async def until(self, more: int) -> None:
        """Wait until so many more writes were acknowledged."""
        wanted = self.count + more
        async with asyncio.timeout(WRITTEN_SECONDS):
            while True:
                if self.count >= wanted:
                    return
                await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def writing(instance: Instance) -> AsyncIterator[Acknowledged]:
    """Declare and complain all the while, patient with every outage; the writers end their last call before it ends."""
    acknowledged = Acknowledged()
    enough = asyncio.Event()
    async with players(instance) as people, asyncio.TaskGroup() as group:
        for number in range(WRITERS):
            write = _declare if number % 2 else _complain
            group.create_task(_write(write, people, acknowledged, enough))
        try:
            yield acknowledged
        finally:
            enough.set()


async def _write(write: Write, people: Players, acknowledged: Acknowledged, enough: asyncio.Event) -> None:
    while not enough.is_set():
        await write(people, acknowledged)
        await asyncio.sleep(PAUSE_SECONDS)


async def _declare(people: Players, acknowledged: Acknowledged) -> None:
    acknowledged.declarations.append(await people.declare(people.firm()))


async def _complain(people: Players, acknowledged: Acknowledged) -> None:
    mail_no = acknowledged.mail()
    acknowledged.complaints.append(await people.complain(people.firm().phone, mail_no=mail_no))


async def assert_all_there(instance: Instance, acknowledged: Acknowledged) -> None:
    """Every acknowledged write is in its table, and every log, inbox and projection is in order."""
    verified = await verify(instance, SETTLED_SECONDS)
    found = [str(finding) for outcome in verified.outcomes for finding in outcome.findings]
    assert not found, f"settled {verified.settled}\n" + "\n".join(found)[:4_000]
    assert verified.settled
    for service, table, key, answers in (
        ("registry", "declaration", "declaration_id", acknowledged.declarations),
        ("service-desk", "complaint", "id", acknowledged.complaints),
    ):
        ids = {UUID(answer["id"]) for answer in answers}
        assert len(ids) == len(answers), "an answer came for two writes"
        kept = {row[0] for row in await rows(instance, service, f"SELECT {key} FROM {table}")}
        assert ids <= kept, f"lost: {ids - kept}"
    assert not await rows(instance, "service-desk", TWICE_COMPLAINED, acknowledged.mails)
    # One that is held for the center, for its name is like another's, names no customer yet.
    declared = [
        UUID(answer["customer_id"]) for answer in acknowledged.declarations if "customer_id" in answer
    ]
    assert not await rows(instance, "registry", TWICE_DECLARED, declared)


async def rows(instance: Instance, service: str, sql: str, *arguments: object) -> list[asyncpg.Record]:
    """Give what a service's database holds."""
    connection = await asyncpg.connect(instance.database_url(service, "worker"))
    try:
        return list(await connection.fetch(sql, *arguments))
    finally:
        await connection.close()


async def settled(instance: Instance) -> None:
    """Wait until every event is published and heard by everybody who shall hear it."""
    async with opened(instance) as reader:
        assert (await reader.settle(SETTLED_SECONDS))[0]
