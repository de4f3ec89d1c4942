"""Intakes at one instant go to the database together, and each is as if it had come alone."""

import asyncio
from typing import Any

import asyncpg
import pytest

from service_desk.repository import together
from support.service import Person, ServiceUnderTest

AGENT = Person("420100", "hotline-agent")
PROVINCE_AGENT = Person("420000", "hotline-agent")
FAR_AGENT = Person("420500", "hotline-agent")
CALLS = 40


def complaint(number: int, **facts: Any) -> dict[str, Any]:
    caller = {"phone": f"1377000{number:04d}"}
    return {"channel": "hotline", "category": "delay", "content": f"第{number}件", "caller": caller, **facts}


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were sent."""
    sizes: list[int] = []
    given = together._given

    def counted(group: Any) -> list[tuple[object, ...]]:
        sizes.append(len(group))
        return given(group)

    monkeypatch.setattr(together, "_given", counted)
    return sizes


async def test_of_many_at_once_each_has_its_own_case_clocks_event_and_desk(
    desk: ServiceUnderTest, groups: list[int]
) -> None:
    agents = [(AGENT, PROVINCE_AGENT, FAR_AGENT)[number % 3] for number in range(CALLS)]
    answers = await asyncio.gather(
        *(desk.post(agent, "/complaints", complaint(number)) for number, agent in enumerate(agents))
    )
    assert [answer.status_code for answer in answers] == [201] * CALLS
    assert max(groups) > 1
    for number, (agent, answer) in enumerate(zip(agents, answers, strict=True)):
        body = answer.json()
        kept = (await desk.get(agent, f"/complaints/{body['case_no']}")).json()
        assert (kept["content"], len(kept["deadlines"])) == (f"第{number}件", 2)
        (row,) = await desk.rows(
            "SELECT desk_org_id, recorded_by FROM complaint WHERE case_no = $1", body["case_no"]
        )
        assert (row["desk_org_id"], row["recorded_by"]) == (agent.org_id, str(agent.staff_id))
        (event,) = await desk.events(f"complaint:{body['id']}")
        assert event["payload"]["case_no"] == body["case_no"]
    assert len({answer.json()["case_no"] for answer in answers}) == CALLS


async def test_equal_requests_in_one_group_have_one_effect_and_one_answer(
    desk: ServiceUnderTest, groups: list[int]
) -> None:
    answers = await asyncio.gather(
        *(desk.post(AGENT, "/complaints", complaint(9_000), key="together-1") for _ in range(CALLS))
    )
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert max(groups) > 1


async def test_one_that_cannot_be_written_takes_no_other_along(
    desk: ServiceUnderTest, groups: list[int]
) -> None:
    """The database is made to refuse one text, as it refuses an event that is too large to be told."""
    owner = await asyncpg.connect(desk.database.superuser_url)
    await owner.execute(
        "ALTER TABLE complaint ADD CONSTRAINT outbox_event_size CHECK (mail_no <> 'EZ000000000CN')"
    )
    try:
        wanted = [complaint(5_000 + number) for number in range(CALLS)]
        wanted[CALLS // 2]["mail_no"] = "EZ000000000CN"
        answers = await asyncio.gather(*(desk.post(AGENT, "/complaints", body) for body in wanted))
    finally:
        await owner.execute("ALTER TABLE complaint DROP CONSTRAINT outbox_event_size")
        await owner.close()
    assert [number for number, answer in enumerate(answers) if answer.status_code != 201] == [CALLS // 2]
    assert answers[CALLS // 2].json()["code"] == "event-too-large"
    assert max(groups) > 1
