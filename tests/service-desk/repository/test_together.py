"""Intakes at one instant go to the database together, and each is as if it had come alone."""

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis.ids import uuid7
from service_desk.repository import together
from support.facts import customer_fact
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


async def a_customer(desk: ServiceUnderTest, number: int, **facts: Any) -> str:
    customer_id = uuid7()
    keys = desk.runtime.phones.keys(f"1377000{number:04d}")
    await desk.hear(customer_fact(customer_id, phone_keys=keys, **facts))
    return str(customer_id)


async def test_in_one_group_each_has_the_customer_that_its_own_desk_may_see(
    desk: ServiceUnderTest, groups: list[int]
) -> None:
    customer_id = await a_customer(desk, 7_001)
    agents = [(AGENT, FAR_AGENT)[number % 2] for number in range(CALLS)]
    answers = await asyncio.gather(*(desk.post(agent, "/complaints", complaint(7_001)) for agent in agents))
    for agent, answer in zip(agents, answers, strict=True):
        linked = answer.json()["customer"]
        assert (linked and linked["customer_id"]) == (customer_id if agent is AGENT else None)
    assert max(groups) > 1


async def test_in_one_group_a_key_with_another_body_is_refused_and_the_others_are_written(
    desk: ServiceUnderTest, groups: list[int]
) -> None:
    bodies = [complaint(6_000 + number) for number in range(CALLS)]
    keys = [f"group-{number}" for number in range(CALLS - 1)] + ["group-7"]
    answers = await asyncio.gather(
        *(desk.post(AGENT, "/complaints", body, key=key) for body, key in zip(bodies, keys, strict=True))
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted((statuses[7], statuses[-1])) == [201, 422]
    assert statuses[:7] + statuses[8:-1] == [201] * (CALLS - 2)
    assert max(groups) > 1


async def test_phones_looked_up_at_once_show_each_desk_its_own_customers_and_their_cases(
    desk: ServiceUnderTest, groups: list[int]
) -> None:
    quiet, busy = await a_customer(desk, 7_101), await a_customer(desk, 7_102)
    case = (await desk.post(AGENT, "/complaints", complaint(7_102))).json()["case_no"]
    expected: dict[int, tuple[str | None, list[str]]] = {
        7_101: (quiet, []),
        7_102: (busy, [case]),
        7_109: (None, []),
    }
    asked = [(agent, number) for agent in (AGENT, FAR_AGENT) for number in expected] * 6
    answers = await asyncio.gather(
        *(desk.get(agent, "/callers", phone=f"1377000{number}") for agent, number in asked)
    )
    for (agent, number), answer in zip(asked, answers, strict=True):
        cards = answer.json()["cards"]
        customer, cases = expected[number] if agent is AGENT else (None, [])
        assert [card["customer"]["customer_id"] for card in cards] == ([customer] if customer else [])
        assert [one["case_no"] for card in cards for one in card["open_cases"]] == cases
        assert [one["case_no"] for card in cards for one in card["last_contacts"]] == cases
    assert max(groups) > 1
