"""What the chapters of the day share, and what they leave for those after them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contracts.envelope import Event
from deploy.story.calling import House, Json, Person, Reply
from deploy.story.cast import Cast
from deploy.story.hearing import Ear
from deploy.story.telling import StoryBroken, Teller
from deploy.story.watching import Watcher

REGISTRY = "/api/registry/v1"
DESK = "/api/service-desk/v1"
PAST = timedelta(minutes=1)
SECONDS_PATIENT = 90.0


@dataclass
class Day:
    """The people, what they say, hear and see, and the records that come about."""

    house: House
    cast: Cast
    tell: Teller
    ear: Ear
    watcher: Watcher
    records: dict[str, Any] = field(default_factory=dict)

    async def until(self, moment: datetime) -> None:
        """Move business time to just past a moment, never back."""
        now, _ = await self.house.clock()
        if now < moment + PAST:
            await self.house.set_clock(moment + PAST)

    async def told(self, event_type: str, aggregate: str, count: int = 1) -> list[Event]:
        """Wait for events of a type about a record."""
        return await self.ear.wait(
            lambda event: event.type == event_type and event.aggregate == aggregate, count
        )


def expect(reply: Reply, status: int, doing: str) -> Json:
    """Give the body of an answer that must have this status; raises StoryBroken."""
    if reply.status != status:
        raise StoryBroken(f"{doing}: {reply.status} {reply.body}")
    return reply.body


def articles(because: Json | None) -> set[tuple[str, str]]:
    """Give (act, article) of everything that an answer cites."""
    return {(reason["act"], reason["article"]) for reason in (because or {}).get("reasons", [])}


def moment(text: str) -> datetime:
    """Read a time of an answer."""
    return datetime.fromisoformat(text)


async def deadline_of(person: Person, service: str, subject: str, kind: str) -> Json:
    """Give one deadline of a record; raises StoryBroken where there is none."""
    reply = await person.get(f"{service}/deadlines?subject={subject}&kind={kind}")
    items = expect(reply, 200, f"deadlines of {subject}")["items"]
    if len(items) != 1:
        raise StoryBroken(f"{len(items)} deadlines {kind} of {subject}")
    found: Json = items[0]
    return found
