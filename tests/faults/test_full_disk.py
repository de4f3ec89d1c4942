"""No room left in the database: a write is refused in words and wholly, reading goes on, and with room all goes on.

The server's files may not grow beyond a limit meanwhile, which it reports as it does a full disk.
"""

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest

from deploy.story.calling import IN_PROGRESS, Json
from support.acknowledged import Acknowledged, assert_all_there, rows
from support.crashing import Mortal
from support.players import DESK, PATIENCE_SECONDS, Players, eventually, players
from support.storage import full

pytestmark = pytest.mark.timeout(1_200)

AT_ONCE = 20
MOST_WRITES = 6_000
REFUSALS = 30
LONG_TEXT = "邮件迟了三天，" * 250
KEPT = "SELECT mail_no FROM complaint WHERE mail_no = ANY($1)"


@dataclass
class Desk:
    """Complaints as one who does not insist sends them: what was acknowledged, what refused, each under its key."""

    http: httpx.AsyncClient
    people: Players
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    refused: dict[str, Json] = field(default_factory=dict)
    problems: list[httpx.Response] = field(default_factory=list)

    async def complain(self) -> None:
        body = {
            "channel": "hotline",
            "caller": {"phone": self.people.firm().phone},
            "category": "delay",
            "content": LONG_TEXT,
            "mail_no": self.acknowledged.mail(),
        }
        await self.send(str(uuid4()), body)

    async def send(self, key: str, body: Json) -> None:
        headers = {"Authorization": self.people.cast.agent.authorization, "Idempotency-Key": key}
        answer = await self.http.post(f"{DESK}/complaints", json=body, headers=headers)
        if answer.status_code == httpx.codes.CREATED:
            self.acknowledged.complaints.append(answer.json())
            self.refused.pop(key, None)
        else:
            assert answer.json()["code"] != IN_PROGRESS
            self.problems.append(answer)
            self.refused[key] = body

    async def until_refused(self) -> None:
        """Write until there is no room for any more."""
        while len(self.problems) < REFUSALS:
            assert len(self.acknowledged.mails) < MOST_WRITES, "the disk does not get full"
            await asyncio.gather(*(self.complain() for _ in range(AT_ONCE)))


async def test_without_room_writes_are_refused_wholly_and_go_on_under_their_keys_when_there_is_room(
    mortal: Mortal,
) -> None:
    base = mortal.layout.url("console")
    async with (
        players(mortal) as people,
        httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as http,
    ):
        desk = Desk(http, people)
        await desk.complain()
        assert desk.acknowledged.count == 1, desk.problems
        async with full(mortal):
            await desk.until_refused()
            for answer in desk.problems:
                _assert_it_says_so(answer)
            lost = [body["mail_no"] for body in desk.refused.values()]
            assert await rows(mortal, "service-desk", KEPT, lost) == []
            case = desk.acknowledged.complaints[0]
            read = await people.cast.officer.get(f"{DESK}/complaints?limit=5")
            assert (read.status, bool(read.body["items"])) == (200, True)
            shown = await http.get(
                f"{DESK}/complaints/{case['case_no']}",
                headers={"Authorization": people.cast.agent.authorization},
            )
            assert shown.status_code in (200, 503), shown.text  # a look at a caller is on record, or refused

        async def again() -> int:
            for key, body in list(desk.refused.items()):
                await desk.send(key, body)
            return len(desk.refused)

        assert await eventually(again, lambda left: left == 0, PATIENCE_SECONDS) == 0
    await assert_all_there(mortal, desk.acknowledged)
    assert len(desk.acknowledged.mails) == desk.acknowledged.count


def _assert_it_says_so(answer: httpx.Response) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "storage-full"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert problem["zh"]["detail"] != problem["en"]["detail"]
