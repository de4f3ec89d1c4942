"""Agreements: drafted, signed by another, reminded of, ended; those of before taken over."""

from typing import Any
from uuid import uuid4

import pytest

from deploy.story.figures import tells
from support.pricing import Known, a_customer, asked, move, swept, told
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)

SYSTEM = Person("420000", "system", "对接系统")
TERMS = {"discounts", "penalty_rate", "end_reason"}


def agreement(customer: Known, **changed: Any) -> dict[str, Any]:
    return {
        "customer": customer.code,
        "lines": ["domestic-express"],
        "settlement_days": 30,
        "penalty_rate": "0.0005",
        "starts_on": "2026-03-01",
        **changed,
    }


async def drafted(pricing: ServiceUnderTest, customer: Known, **changed: Any) -> dict[str, Any]:
    answer = await pricing.post(MANAGER, "/agreements", agreement(customer, **changed))
    body: dict[str, Any] = expect(answer, 201)
    return body


async def signed(pricing: ServiceUnderTest, customer: Known, **changed: Any) -> dict[str, Any]:
    draft = await drafted(pricing, customer, **changed)
    body: dict[str, Any] = expect(await pricing.post(HEAD, f"/agreements/{draft['id']}/sign", {}), 200)
    return body


async def test_a_draft_tells_nothing_and_its_signature_tells_days_and_term(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    draft = await drafted(pricing, customer, ends_on="2026-12-31")
    assert (draft["state"], await told(pricing, f"agreement:{draft['id']}")) == ("draft", [])
    body = expect(
        await pricing.post(HEAD, f"/agreements/{draft['id']}/sign", {"signed_on": "2026-03-01"}), 200
    )
    assert (body["state"], body["signed_on"]) == ("signed", "2026-03-01")
    [event] = await pricing.events(f"agreement:{draft['id']}")
    assert (event["type"], event["version"]) == ("pricing.agreement.signed.v1", 1)
    fact = event["payload"]
    assert (fact["settlement_days"], fact["starts_on"], fact["ends_on"], fact["org_id"]) == (
        30,
        "2026-03-01",
        "2026-12-31",
        "420106-T01",
    )
    assert fact["because"]["reasons"][0]["article"] == "25"


async def test_nobody_signs_what_they_drafted(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    own = expect(await pricing.post(HEAD, "/agreements", agreement(customer)), 201)
    refused = expect(await pricing.post(HEAD, f"/agreements/{own['id']}/sign", {}), 403)
    assert refused["code"] == "maker-is-checker"
    expect(await pricing.post(DIRECTOR, f"/agreements/{own['id']}/sign", {}), 200)


async def test_an_agreement_moves_only_as_its_state_allows(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    draft = await drafted(pricing, customer)
    path = f"/agreements/{draft['id']}"
    assert expect(await pricing.post(HEAD, f"{path}/end", {"reason": "早"}), 409)["code"] == "agreement-state"
    expect(await pricing.post(HEAD, f"{path}/sign", {}), 200)
    expect(await pricing.post(HEAD, f"{path}/sign", {}), 409)
    ended = expect(await pricing.post(HEAD, f"{path}/end", {"reason": "客户迁移"}), 200)
    assert (ended["state"], ended["ended_on"]) == ("ended", "2026-03-02")
    expect(await pricing.post(HEAD, f"{path}/end", {"reason": "再"}), 409)
    assert await told(pricing, f"agreement:{draft['id']}") == ["signed", "ended"]


async def test_a_credit_agreement_without_its_penalty_is_not_signed(pricing: ServiceUnderTest) -> None:
    draft = await drafted(pricing, await a_customer(pricing, 3), penalty_rate=None)
    refused = expect(await pricing.post(HEAD, f"/agreements/{draft['id']}/sign", {}), 409)
    assert (refused["code"], refused["because"]["reasons"][0]["article"]) == ("term-missing", "25")


async def test_what_is_over_by_now_is_not_signed(pricing: ServiceUnderTest) -> None:
    term = {"starts_on": "2026-01-01", "ends_on": "2026-03-01"}
    draft = await drafted(pricing, await a_customer(pricing, 3), **term)
    path = f"/agreements/{draft['id']}/sign"
    for body in ({}, {"signed_on": "2026-02-01"}):
        assert expect(await pricing.post(HEAD, path, body), 422)["code"] == "term-reversed"
    today = await drafted(pricing, await a_customer(pricing, 3), starts_on="2026-01-01", ends_on="2026-03-02")
    expect(await pricing.post(HEAD, f"/agreements/{today['id']}/sign", {}), 200)


async def test_a_discount_that_was_not_approved_is_not_signed(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    draft = await drafted(pricing, customer, discounts={"domestic-express": "0.10"})
    path = f"/agreements/{draft['id']}/sign"
    refused = expect(await pricing.post(HEAD, path, {}), 409)
    assert refused["code"] == "discount-not-approved" and not tells(refused, "0.10")
    request = await asked(pricing, MANAGER, customer, "0.10")
    expect(await pricing.post(HEAD, path, {}), 409)
    await move(pricing, HEAD, request, "approve")
    expect(await pricing.post(HEAD, path, {}), 200)


async def test_discounts_are_for_unit_heads_directors_and_inspectors_and_each_look_is_recorded(
    pricing: ServiceUnderTest,
) -> None:
    draft = await drafted(pricing, await a_customer(pricing, 3), discounts={"domestic-express": "0.0813"})
    path = f"/agreements/{draft['id']}"
    for person in (MANAGER, HEAD, DIRECTOR, INSPECTOR):
        body = expect(await pricing.get(person, path), 200)
        assert body["discounts"] == {"domestic-express": "0.0813"} and body["penalty_rate"] == "0.0005"
    for person in (OFFICER, FINANCE):
        answer = await pricing.get(person, path)
        assert TERMS.isdisjoint(expect(answer, 200)) and not tells(answer.json(), "0.0813")
    expect(await pricing.get(FAR_OFFICER, path), 404)
    rows = await pricing.rows(
        "SELECT actor FROM audit_entry WHERE kind = 'agreement-terms' AND subject = $1 ORDER BY id",
        f"agreement:{draft['id']}",
    )
    lookers = (MANAGER, MANAGER, HEAD, DIRECTOR, INSPECTOR)
    assert [row["actor"] for row in rows] == [str(person.staff_id) for person in lookers]
    listed = await pricing.get(HEAD, "/agreements?state=draft&org_id=420106")
    assert draft["id"] in [item["id"] for item in listed.json()["items"]]
    assert not tells(listed.json(), "0.0813")


async def test_reminders_go_out_60_30_and_7_days_before_the_end_and_then_it_ends(
    alone: ServiceUnderTest,
) -> None:
    customer = await a_customer(alone, 3)
    body = await signed(alone, customer, ends_on="2026-06-30")
    subject = f"agreement:{body['id']}"
    expected = ["signed"]
    for before, after, word in (
        ("2026-05-01T23:59:50+08:00", "2026-05-02T00:00:00+08:00", "expiring"),
        ("2026-05-31T23:59:50+08:00", "2026-06-01T00:00:00+08:00", "expiring"),
        ("2026-06-23T23:59:50+08:00", "2026-06-24T00:00:00+08:00", "expiring"),
        ("2026-06-30T23:59:50+08:00", "2026-07-01T00:00:00+08:00", "ended"),
    ):
        alone.set_clock(before)
        await swept(alone)
        assert await told(alone, subject) == expected
        alone.set_clock(after)
        await swept(alone)
        expected.append(word)
        assert await told(alone, subject) == expected
    shown = expect(await alone.get(HEAD, f"/agreements/{body['id']}"), 200)
    assert (shown["state"], shown["ended_on"]) == ("ended", "2026-06-30")
    assert [event["version"] for event in await alone.events(subject)] == [1, 2, 3, 4, 5]


async def test_what_ended_before_its_time_is_reminded_of_no_more(alone: ServiceUnderTest) -> None:
    body = await signed(alone, await a_customer(alone, 3), ends_on="2026-06-30")
    expect(await alone.post(HEAD, f"/agreements/{body['id']}/end", {"reason": "客户迁移"}), 200)
    alone.set_clock("2026-07-02T09:00:00+08:00")
    await swept(alone)
    assert await told(alone, f"agreement:{body['id']}") == ["signed", "ended"]


async def test_agreements_of_before_are_taken_over_as_signed_or_as_ended(pricing: ServiceUnderTest) -> None:
    one, other = await a_customer(pricing, 3), await a_customer(pricing, 2)
    items = [
        agreement(one, starts_on="2024-01-01", ends_on="2026-12-31", discounts={"domestic-express": "0.30"}),
        agreement(other, starts_on="2024-01-01", ends_on="2026-03-01", penalty_rate=None),
        agreement(other, starts_on="2024-01-01", ends_on="2026-03-02", signed_on="2024-01-05"),
        agreement(other, starts_on="2026-07-01"),
    ]
    loaded = expect(await pricing.post(SYSTEM, "/agreements/import", {"items": items}), 201)["items"]
    assert [item["state"] for item in loaded] == ["signed", "ended", "signed", "signed"]
    assert [await told(pricing, f"agreement:{item['id']}") for item in loaded] == [
        ["signed"],
        ["signed", "ended"],
        ["signed"],
        ["signed"],
    ]


async def test_who_loads_agreements_by_hand_does_not_go_round_the_approval_of_discounts(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    items = [agreement(customer, discounts={"domestic-express": "0.10"})]
    refused = expect(await pricing.post(HEAD, "/agreements/import", {"items": items}), 409)
    assert refused["code"] == "discount-not-approved" and refused["because"]
    request = await asked(pricing, MANAGER, customer, "0.10")
    await move(pricing, HEAD, request, "approve")
    expect(await pricing.post(HEAD, "/agreements/import", {"items": items}), 201)
    own = [agreement(await a_customer(pricing, 3, manager_id=HEAD.staff_id))]
    assert expect(await pricing.post(HEAD, "/agreements/import", {"items": own}), 403)["code"] == (
        "maker-is-checker"
    )


async def test_a_batch_with_one_mistake_changes_nothing_and_names_its_place(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    good = agreement(customer)
    for bad, code, pointer in (
        ({**good, "customer": str(uuid4())}, "unknown-customer", "/items/1/customer"),
        ({**good, "lines": ["telegrams"]}, "unknown-line", "/items/1/lines/0"),
        ({**good, "discounts": {"ceremonial": "0.1"}}, "unknown-line", "/items/1/discounts"),
        ({**good, "signed_on": "2026-03-03"}, "in-future", "/items/1/signed_on"),
        ({**good, "ends_on": "2026-02-28"}, "term-reversed", "/ends_on"),
    ):
        refused = expect(await pricing.post(SYSTEM, "/agreements/import", {"items": [good, bad]}), 422)
        assert (refused["code"], refused["pointer"]) == (code, pointer)
    rows = await pricing.rows("SELECT FROM agreement WHERE customer_id = $1", customer.customer_id)
    assert rows == []


@pytest.mark.parametrize("person", [FINANCE, INSPECTOR, OFFICER], ids=lambda one: one.role)
async def test_loading_is_for_unit_heads_centers_and_systems(
    pricing: ServiceUnderTest, person: Person
) -> None:
    items = [agreement(await a_customer(pricing, 3))]
    status = 201 if person is OFFICER else 403
    expect(await pricing.post(person, "/agreements/import", {"items": items}), status)
