"""A line has one open tariff request at a time, and it is closed once: answered or withdrawn."""

import asyncio
from uuid import uuid4

from deploy.story.figures import tells
from support.pricing import SECOND_HEAD, a_customer, asked, move, supported_by, tariff, told
from support.service import FAR_HEAD, HEAD, MANAGER, Person, ServiceUnderTest, expect


async def test_a_closed_request_moves_no_more(pricing: ServiceUnderTest) -> None:
    request = await asked(pricing, MANAGER, await a_customer(pricing, 3))
    await move(pricing, HEAD, request, "refuse")
    for step in ("approve", "refuse", "send-up"):
        assert (await move(pricing, HEAD, request, step, 409))["code"] == "tariff-request-closed"
    assert (await move(pricing, MANAGER, request, "withdraw", 409))["code"] == "tariff-request-closed"
    assert await told(pricing, f"tariff-request:{request['id']}") == ["requested", "refused"]


async def test_the_asker_or_the_head_of_that_unit_withdraws_and_nobody_else(
    pricing: ServiceUnderTest,
) -> None:
    team_head = Person("420106-T01", "unit-head", "班长")
    colleague = Person("420106-T01", "account-manager", "同事")
    customer = await a_customer(pricing, 3)
    request = await asked(pricing, MANAGER, customer)
    for person in (HEAD, colleague):
        assert (await move(pricing, person, request, "withdraw", 403))["code"] == "not-the-asker"
    assert (await move(pricing, MANAGER, request, "withdraw"))["state"] == "withdrawn"
    [deadline] = await pricing.rows("SELECT state FROM deadline WHERE subject_id = $1", request["id"])
    assert deadline["state"] == "cancelled"
    again = await asked(pricing, MANAGER, customer)
    assert (await move(pricing, team_head, again, "withdraw"))["state"] == "withdrawn"


async def test_a_second_open_request_for_the_line_is_refused_and_names_the_unit_only(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await supported_by(pricing, customer, "420106-T01", "420525")
    request = await asked(pricing, MANAGER, customer, "0.10", "domestic-express", "ceremonial")
    body = tariff(customer, "0.07", "ceremonial", "integrated-logistics")
    refused = expect(await pricing.post(FAR_HEAD, "/tariff-requests", body), 409)
    assert (refused["code"], refused["org_id"], refused["lines"]) == (
        "tariff-request-open",
        "420106-T01",
        ["ceremonial"],
    )
    assert not tells(refused, "0.10") and request["id"] not in str(refused)
    other_line = await asked(pricing, FAR_HEAD, customer, "0.05", "integrated-logistics")
    assert other_line["org_id"] == "420525"
    await move(pricing, HEAD, request, "refuse")
    assert (await asked(pricing, FAR_HEAD, customer, "0.05", "ceremonial"))["state"] == "open"


async def test_of_two_requests_for_one_line_at_one_instant_one_is_taken(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    answers = await asyncio.gather(
        *(pricing.post(MANAGER, "/tariff-requests", tariff(customer)) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"tariff-request-open"}


async def test_of_two_deciders_at_one_instant_one_wins(pricing: ServiceUnderTest) -> None:
    for _ in range(5):
        request = await asked(pricing, MANAGER, await a_customer(pricing, 3))
        path = f"/tariff-requests/{request['id']}"
        answers = await asyncio.gather(
            pricing.post(HEAD, f"{path}/approve", {}),
            pricing.post(SECOND_HEAD, f"{path}/refuse", {"reason": "不同意"}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        won = next(answer.json()["state"] for answer in answers if answer.status_code == 200)
        assert await told(pricing, f"tariff-request:{request['id']}") == ["requested", won]


async def test_the_same_request_twice_has_one_effect(pricing: ServiceUnderTest) -> None:
    customer, key = await a_customer(pricing, 3), str(uuid4())
    first = expect(await pricing.post(MANAGER, "/tariff-requests", tariff(customer), key=key), 201)
    second = expect(await pricing.post(MANAGER, "/tariff-requests", tariff(customer), key=key), 201)
    assert first == second
