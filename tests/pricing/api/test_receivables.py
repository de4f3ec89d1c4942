"""Bills, settlements, arrears by age, and what they do to credit."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from chassis.transaction import Moment, unscoped
from contracts.refusals import UnknownCustomer
from pricing.handlers.receivables import credit_bound_is_reached
from pricing.repository.desks import desk_over
from support.facts import assignment_fact
from support.pricing import Known, a_customer, swept, told
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


def bill(customer: Known, month: str, amount: str = "1000.00", due_on: str | None = None) -> dict[str, Any]:
    return {"customer": customer.code, "month": month, "amount": amount, "due_on": due_on}


def payment(customer: Known, month: str, amount: str, paid_on: str = "2026-03-01") -> dict[str, Any]:
    return {"customer": customer.code, "month": month, "amount": amount, "paid_on": paid_on}


async def billed(pricing: ServiceUnderTest, *items: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = expect(await pricing.post(FINANCE, "/receivables", {"items": items}), 201)
    return body


async def paid(pricing: ServiceUnderTest, *items: dict[str, Any]) -> None:
    expect(await pricing.post(FINANCE, "/settlements", {"items": items}), 201)


async def oldest(pricing: ServiceUnderTest, customer: Known) -> list[str | None]:
    """Give what was told of the oldest open bill, in order."""
    events = await pricing.events(f"arrears:{customer.customer_id}")
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    return [event["payload"]["oldest_due_on"] for event in events]


async def test_the_due_date_of_the_oldest_open_bill_is_told_whenever_it_changes(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await billed(pricing, bill(customer, "2026-01", due_on="2026-02-28"))
    assert await oldest(pricing, customer) == ["2026-02-28"]
    await billed(pricing, bill(customer, "2026-02", due_on="2026-03-31"))
    assert await oldest(pricing, customer) == ["2026-02-28"]
    await paid(pricing, payment(customer, "2026-01", "999.99"))
    assert await oldest(pricing, customer) == ["2026-02-28"]
    await paid(pricing, payment(customer, "2026-01", "0.01"))
    assert await oldest(pricing, customer) == ["2026-02-28", "2026-03-31"]
    await paid(pricing, payment(customer, "2026-02", "400.00"), payment(customer, "2026-02", "600.00"))
    assert await oldest(pricing, customer) == ["2026-02-28", "2026-03-31", None]
    await billed(pricing, bill(customer, "2025-12", due_on="2026-01-31"))
    assert await oldest(pricing, customer) == ["2026-02-28", "2026-03-31", None, "2026-01-31"]


async def test_a_bill_without_a_date_is_due_by_the_agreement_of_its_month(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    refused = expect(await pricing.post(FINANCE, "/receivables", {"items": [bill(customer, "2026-01")]}), 422)
    assert (refused["code"], refused["pointer"]) == ("no-due-date", "/items/0/due_on")
    assert refused["because"]["reasons"][0]["article"] == "25"
    terms = {"customer": customer.code, "lines": ["domestic-express"]}
    items = [
        {**terms, "settlement_days": 30, "starts_on": "2024-01-01", "ends_on": "2025-12-31"},
        {**terms, "settlement_days": 10, "starts_on": "2026-01-01"},
    ]
    expect(await pricing.post(OFFICER, "/agreements/import", {"items": items}), 201)
    await billed(pricing, bill(customer, "2025-12"), bill(customer, "2026-01"))
    rows = await pricing.rows(
        "SELECT month, due_on::text FROM bill WHERE customer_id = $1 ORDER BY month", customer.customer_id
    )
    assert [(row["month"], row["due_on"]) for row in rows] == [
        ("2025-12", "2026-01-30"),
        ("2026-01", "2026-02-10"),
    ]


async def test_a_bill_comes_once_and_alike_again_changes_nothing(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    one = bill(customer, "2026-01", "10.00", "2026-02-28")
    assert await billed(pricing, one) == {"recorded": 1, "unchanged": 0}
    assert await billed(pricing, one) == {"recorded": 0, "unchanged": 1}
    for other in (
        bill(customer, "2026-01", "10.01", "2026-02-28"),
        bill(customer, "2026-01", "10.00", "2026-03-01"),
    ):
        refused = expect(await pricing.post(FINANCE, "/receivables", {"items": [other]}), 409)
        assert (refused["code"], refused["pointer"]) == ("bill-exists", "/items/0")
    twice = expect(
        await pricing.post(
            FINANCE, "/receivables", {"items": [bill(customer, "2026-02"), bill(customer, "2026-02")]}
        ),
        422,
    )
    assert (twice["code"], twice["pointer"]) == ("bill-twice", "/items/1")
    assert await oldest(pricing, customer) == ["2026-02-28"]


@pytest.mark.parametrize(
    ("item", "status", "code", "pointer"),
    [
        ({"amount": "100.01"}, 409, "overpaid", "/items/1/amount"),
        ({"month": "2025-11"}, 422, "no-bill", "/items/1/month"),
        ({"paid_on": "2026-03-03"}, 422, "in-future", "/items/1/paid_on"),
        ({"customer": str(uuid4())}, 422, "unknown-customer", "/items/1/customer"),
    ],
)
async def test_a_wrong_settlement_is_refused_by_its_place_with_all_of_its_batch(
    pricing: ServiceUnderTest, item: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    customer = await a_customer(pricing, 3)
    months = ("2025-12", "2026-01")
    await billed(pricing, *(bill(customer, month, "100.00", "2026-02-28") for month in months))
    batch = [payment(customer, "2025-12", "60.00"), {**payment(customer, "2026-01", "60.00"), **item}]
    refused = expect(await pricing.post(FINANCE, "/settlements", {"items": batch}), status)
    assert (refused["code"], refused["pointer"]) == (code, pointer)
    assert await pricing.rows("SELECT FROM settlement WHERE customer_id = $1", customer.customer_id) == []


async def test_parts_of_one_batch_do_not_add_up_to_more_than_the_bill(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    await billed(pricing, bill(customer, "2026-01", "100.00", "2026-02-28"))
    parts = [payment(customer, "2026-01", "60.00"), payment(customer, "2026-01", "40.01")]
    refused = expect(await pricing.post(FINANCE, "/settlements", {"items": parts}), 409)
    assert (refused["code"], refused["pointer"]) == ("overpaid", "/items/1/amount")


async def test_payments_at_one_instant_do_not_settle_more_than_the_bill(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    await billed(pricing, bill(customer, "2026-01", "100.00", "2026-02-28"))
    body = {"items": [payment(customer, "2026-01", "60.00")]}
    answers = await asyncio.gather(*(pricing.post(FINANCE, "/settlements", body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    shown = expect(await pricing.get(FINANCE, f"/arrears/{customer.code}"), 200)
    assert (shown["open"], len(shown["settlements"])) == ("40.00", 1)


async def test_bills_at_one_instant_count_their_events_without_a_gap(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    months = [f"2025-{month:02d}" for month in range(1, 9)]
    answers = await asyncio.gather(
        *(
            pricing.post(FINANCE, "/receivables", {"items": [bill(customer, month, due_on=f"{month}-28")]})
            for month in reversed(months)
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    dates = await oldest(pricing, customer)
    assert dates[-1] == "2025-01-28" and dates == sorted(dates, reverse=True)


async def test_arrears_are_shown_by_age_at_the_bounds_of_the_pack(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    # 2 March 2026: 0, 1, 29, 30, 59, 60, 89 and 90 days overdue, one power of two each.
    due = ("03-02", "03-01", "02-01", "01-31", "01-02", "01-01")
    bills = [
        bill(customer, f"2025-{month:02d}", f"{2**place}.00", f"2026-{day}")
        for place, (month, day) in enumerate(zip(range(1, 7), due, strict=True))
    ]
    bills.append(bill(customer, "2025-07", "64.00", "2025-12-03"))
    bills.append(bill(customer, "2025-08", "128.00", "2025-12-02"))
    await billed(pricing, *bills)
    shown = expect(await pricing.get(FINANCE, f"/arrears/{customer.code}"), 200)
    assert [(age["from_days"], age["to_days"], age["amount"]) for age in shown["ages"]] == [
        (1, 29, "6.00"),
        (30, 59, "24.00"),
        (60, 89, "96.00"),
        (90, None, "128.00"),
    ]
    assert (shown["open"], shown["overdue"], shown["overdue_days"]) == ("255.00", "254.00", 90)
    assert [one["overdue_days"] for one in shown["bills"]] == [90, 89, 60, 59, 30, 29, 1, 0]


async def test_the_list_holds_who_is_overdue_for_more_than_so_many_days(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    await billed(pricing, bill(customer, "2025-11", due_on="2025-12-02"))

    async def listed(person: Person, query: str) -> list[str]:
        page = expect(await pricing.get(person, f"/arrears?limit=200&{query}"), 200)
        return [item["customer_id"] for item in page["items"]]

    found = str(customer.customer_id)
    for person in (FINANCE, HEAD, OFFICER, DIRECTOR, INSPECTOR):
        assert found in await listed(person, "over_days=89")
    assert found not in await listed(FINANCE, "over_days=90")
    assert found in await listed(FINANCE, "org_id=420106")
    assert found not in await listed(FINANCE, "org_id=420500")
    assert found not in await listed(FAR_OFFICER, "over_days=0")
    expect(await pricing.get(FAR_OFFICER, f"/arrears/{customer.code}"), 404)
    expect(await pricing.get(MANAGER, "/arrears"), 403)


async def test_pages_of_arrears_follow_each_other_the_longest_overdue_first(
    pricing: ServiceUnderTest,
) -> None:
    dates = ("2024-01-02", "2024-01-01", "2024-01-01")
    customers = [await a_customer(pricing, 3) for _ in dates]
    await billed(
        pricing, *(bill(one, "2023-11", due_on=day) for one, day in zip(customers, dates, strict=True))
    )
    cursor, seen = "", []
    for _ in dates:
        page = expect(await pricing.get(FINANCE, f"/arrears?limit=1&over_days=700{cursor}"), 200)
        seen += [(item["oldest_due_on"], item["customer_id"]) for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert len(set(seen)) == len(dates) and seen == sorted(seen)


@pytest.mark.parametrize("person", [MANAGER, HEAD, OFFICER, DIRECTOR, INSPECTOR], ids=lambda one: one.role)
async def test_only_finance_and_systems_keep_bills(pricing: ServiceUnderTest, person: Person) -> None:
    customer = await a_customer(pricing, 3)
    items = {"items": [bill(customer, "2026-01", due_on="2026-02-28")]}
    expect(await pricing.post(person, "/receivables", items), 403)
    expect(await pricing.post(person, "/settlements", {"items": [payment(customer, "2026-01", "1.00")]}), 403)
    expect(await pricing.post(SYSTEM, "/receivables", items), 201)


async def test_credit_is_warned_at_30_and_60_days_stopped_at_90_and_restored_on_payment(
    alone: ServiceUnderTest,
) -> None:
    customer = await a_customer(alone, 3)
    await billed(alone, bill(customer, "2026-02", due_on="2026-03-31"))
    subject = f"credit:{customer.customer_id}"
    expected: list[str] = []
    for before, after, words in (
        ("2026-04-29T23:59:50+08:00", "2026-04-30T00:00:00+08:00", ["warned"]),
        ("2026-05-29T23:59:50+08:00", "2026-05-30T00:00:00+08:00", ["warned"]),
        ("2026-06-28T23:59:50+08:00", "2026-06-29T00:00:00+08:00", ["warned", "stopped"]),
    ):
        alone.set_clock(before)
        await swept(alone)
        assert await told(alone, subject) == expected
        alone.set_clock(after)
        await swept(alone)
        expected += words
        assert await told(alone, subject) == expected
    assert [event["payload"]["overdue_days"] for event in await alone.events(subject)] == [30, 60, 90, 90]
    assert expect(await alone.get(FINANCE, f"/arrears/{customer.code}"), 200)["credit"] == "stopped"
    await paid(alone, payment(customer, "2026-02", "999.99"))
    assert await told(alone, subject) == expected
    await paid(alone, payment(customer, "2026-02", "0.01"))
    assert await told(alone, subject) == [*expected, "restored"]
    assert (await alone.events(subject))[-1]["payload"]["state"] == "normal"


async def test_a_bound_is_not_passed_over_while_the_customer_s_unit_is_unknown(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await billed(pricing, bill(customer, "2025-12", due_on="2026-01-30"))
    await pricing.hear(assignment_fact(customer.customer_id, "420106-T09"))
    runtime = pricing.runtime
    moment = Moment("pricing", runtime.clock.now(), "system:pricing", str(uuid4()))
    async with unscoped(runtime.database.worker, moment) as tx:
        desk = desk_over(tx, runtime.directory.current, runtime.vault)
        with pytest.raises(UnknownCustomer):
            await credit_bound_is_reached(customer.customer_id, desk)


async def test_a_bill_settled_before_its_bound_warns_nobody(alone: ServiceUnderTest) -> None:
    customer = await a_customer(alone, 3)
    await billed(alone, bill(customer, "2026-02", due_on="2026-03-31"))
    await paid(alone, payment(customer, "2026-02", "1000.00"))
    alone.set_clock("2026-07-01T09:00:00+08:00")
    await swept(alone)
    assert await told(alone, f"credit:{customer.customer_id}") == []


async def test_five_hundred_bills_and_payments_go_in_one_batch(pricing: ServiceUnderTest) -> None:
    customers = [await a_customer(pricing, 3) for _ in range(25)]
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 11)]
    items = [bill(one, month, due_on="2026-03-31") for one in customers for month in months]
    assert (await billed(pricing, *items))["recorded"] == 500
    await paid(pricing, *(payment(one, month, "1000.00") for one in customers for month in months))
    assert await oldest(pricing, customers[0]) == ["2026-03-31", None]
    more = [*items, bill(customers[0], "2026-01", due_on="2026-03-31")]
    expect(await pricing.post(FINANCE, "/receivables", {"items": more}), 422)
