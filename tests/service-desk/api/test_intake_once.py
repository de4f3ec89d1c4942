"""What is received counts once, from whoever may receive it: a key that comes again has the answer it had."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from support.claims import AGENT, a_customer
from support.intake import claim, complaint
from support.service import MORNING, Person, ServiceUnderTest


async def test_fifty_equal_requests_at_once_make_one_complaint_and_one_answer(desk: ServiceUnderTest) -> None:
    key, mail_no = str(uuid4()), "FIFTY0000001CN"
    body = complaint(mail_no=mail_no, caller={"phone": "13800005050"})
    answers = await asyncio.gather(*(desk.post(AGENT, "/complaints", body, key=key) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] + answer.headers["location"] for answer in answers}) == 1
    rows = await desk.rows("SELECT id FROM complaint WHERE mail_no = $1", mail_no)
    assert len(rows) == 1
    assert len(await desk.events(f"complaint:{rows[0]['id']}")) == 1
    assert len(await desk.rows("SELECT FROM deadline WHERE subject_id = $1", str(rows[0]["id"]))) == 2


@pytest.mark.parametrize(("path", "body"), [("/complaints", complaint()), ("/compensations", claim())])
async def test_the_kept_answer_of_an_intake_is_sealed_and_opened_when_it_comes_again(
    desk: ServiceUnderTest, path: str, body: dict[str, Any]
) -> None:
    key, name = str(uuid4()), "汉口大酒店有限公司"
    customer_id = await a_customer(desk, name=name)
    asked = {**body, "caller": {"customer_id": customer_id}}
    first = await desk.post(AGENT, path, asked, key=key)
    assert first.json()["customer"]["name"] == name
    (kept,) = await desk.rows("SELECT * FROM idempotency WHERE key = $1", key)
    in_the_clear = [text.encode() for text in (name, customer_id, first.json()["case_no"], '"state"')]
    assert [text for text in in_the_clear if text in kept["body"]] == []
    assert name not in str({**kept, "body": None})
    again = await desk.post(AGENT, path, asked, key=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)


async def test_an_answer_that_comes_again_is_the_first_one_to_the_byte(desk: ServiceUnderTest) -> None:
    for path, body in (("/complaints", complaint()), ("/compensations", claim(amount_claimed="9000"))):
        key = str(uuid4())
        first = await desk.post(AGENT, path, body, key=key)
        desk.set_clock("2026-03-09T09:00:00+08:00")
        again = await desk.post(AGENT, path, body, key=key)
        desk.set_clock(MORNING)
        assert first.json()["because"]["reasons"]
        assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])


async def test_a_key_that_came_with_another_request_is_refused(desk: ServiceUnderTest) -> None:
    key = str(uuid4())
    await desk.post(AGENT, "/complaints", complaint(), key=key)
    for path, body in (("/complaints", complaint(content="另一件事")), ("/compensations", claim())):
        answer = await desk.post(AGENT, path, body, key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_two_people_may_use_one_key(desk: ServiceUnderTest) -> None:
    key = str(uuid4())
    first = await desk.post(AGENT, "/complaints", complaint(), key=key)
    second = await desk.post(Person("420100", "hotline-agent"), "/complaints", complaint(), key=key)
    assert first.json()["case_no"] != second.json()["case_no"]


async def test_two_hundred_simultaneous_complaints_have_numbers_of_their_own(desk: ServiceUnderTest) -> None:
    answers = await asyncio.gather(*(desk.post(AGENT, "/complaints", complaint()) for _ in range(200)))
    assert len({answer.json()["case_no"] for answer in answers}) == 200


@pytest.mark.parametrize("path", ["/complaints", "/compensations"])
@pytest.mark.parametrize("role", ["observer", "inspector", "finance", "administrator", "system"])
async def test_who_only_reads_receives_nothing(desk: ServiceUnderTest, path: str, role: str) -> None:
    body = complaint() if path == "/complaints" else claim()
    answer = await desk.post(Person("420100", role), path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
