"""Customers merged into others, at the desk: who calls under the old number, name or code is the survivor."""

from typing import Any
from uuid import UUID

import pytest

from chassis.ids import uuid7
from service_desk.settings import MOST_CARDS
from support.facts import customer_fact
from support.merged import merged_fact, unmerged_fact
from support.service import Person, ServiceUnderTest, expect

AGENT = Person("420100", "hotline-agent")


async def two(desk: ServiceUnderTest, phone: str, code: str) -> tuple[UUID, UUID]:
    """Let the desk hear of a survivor, and of a customer with a phone and a code."""
    survivor, merged = uuid7(), uuid7()
    keys = desk.runtime.phones.keys(phone)
    await desk.hear(
        customer_fact(survivor, name="长江水运公司"),
        customer_fact(merged, name="长江水运分公司", phone_keys=keys, customer_code=code),
    )
    return survivor, merged


async def found(desk: ServiceUnderTest, **params: str) -> list[dict[str, Any]]:
    cards: list[dict[str, Any]] = expect(await desk.get(AGENT, "/callers", **params), 200)["cards"]
    return cards


async def test_the_old_phone_code_and_id_find_the_survivor_until_the_merge_is_undone(
    desk: ServiceUnderTest,
) -> None:
    survivor, merged = await two(desk, "13971117701", "42010000770102")
    facts = {"phone_keys": desk.runtime.phones.keys("13971117701"), "customer_code": "42010000770102"}
    asked: list[dict[str, str]] = [
        {"phone": "13971117701"},
        {"code": "42010000770102"},
        {"code": str(merged)},
    ]
    await desk.hear(merged_fact(merged, survivor, **facts))
    for params in asked:
        (card,) = await found(desk, **params)
        assert card["customer"]["customer_id"] == str(survivor)
    await desk.hear(unmerged_fact(merged, survivor, **facts))
    for params in asked:
        (card,) = await found(desk, **params)
        assert card["customer"]["customer_id"] == str(merged)


async def test_names_that_were_merged_do_not_hide_that_there_are_more(desk: ServiceUnderTest) -> None:
    """Of 22 names the first two are one customer: 20 cards are given, and there is one more."""
    ids = [uuid7() for _ in range(MOST_CARDS + 2)]
    await desk.hear(
        *(customer_fact(one, name=f"汀洲木器{number:02d}") for number, one in enumerate(ids)),
    )
    await desk.hear(merged_fact(ids[0], ids[1]))
    answer = expect(await desk.get(AGENT, "/callers", q="汀洲木器"), 200)
    assert (answer["match"], answer["more"], len(answer["cards"])) == ("several", True, MOST_CARDS)


async def test_a_number_of_both_is_one_customer(desk: ServiceUnderTest) -> None:
    survivor, merged = await two(desk, "13971117702", "42010000770200")
    keys = desk.runtime.phones.keys("13971117702")
    await desk.hear(customer_fact(survivor, 2, kind="changed", phone_keys=keys))
    assert len(await found(desk, phone="13971117702")) == 2
    await desk.hear(merged_fact(merged, survivor, phone_keys=keys))
    assert len(await found(desk, phone="13971117702")) == 1


async def test_a_complaint_under_the_old_name_is_on_the_survivors_card(desk: ServiceUnderTest) -> None:
    survivor, merged = await two(desk, "13971117703", "42010000770307")
    body = {"channel": "hotline", "category": "delay", "content": "迟延", "caller": {"phone": "13971117703"}}
    before = expect(await desk.post(AGENT, "/complaints", body), 201)
    await desk.hear(merged_fact(merged, survivor, phone_keys=desk.runtime.phones.keys("13971117703")))
    after = expect(await desk.post(AGENT, "/complaints", {**body, "category": "loss"}), 201)
    rows = await desk.rows(
        "SELECT case_no, customer_id FROM complaint WHERE case_no = ANY ($1)",
        [before["case_no"], after["case_no"]],
    )
    assert {row["case_no"]: row["customer_id"] for row in rows} == {
        before["case_no"]: merged,
        after["case_no"]: survivor,
    }
    (card,) = await found(desk, code=str(survivor))
    assert {one["case_no"] for one in card["open_cases"]} == {before["case_no"], after["case_no"]}
    listed = expect(await desk.get(AGENT, "/complaints", customer_id=str(survivor)), 200)
    assert {one["case_no"] for one in listed["items"]} == {before["case_no"], after["case_no"]}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_merge_of_customers_never_heard_of_is_kept_whatever_comes_first(
    desk: ServiceUnderTest, order: tuple[int, int]
) -> None:
    survivor, merged = uuid7(), uuid7()
    events = [merged_fact(merged, survivor), unmerged_fact(merged, survivor)]
    for place in order:
        await desk.hear(events[place])
    (row,) = await desk.rows("SELECT survivor_id, version FROM customer_alias WHERE customer_id = $1", merged)
    assert (row["survivor_id"], row["version"]) == (None, 3)


async def test_two_that_lead_to_each_other_for_a_moment_lead_nowhere(desk: ServiceUnderTest) -> None:
    one, other = uuid7(), uuid7()
    await desk.hear(merged_fact(one, other), merged_fact(other, one, 4))
    rows = await desk.rows("SELECT survivor_of($1) AS one, survivor_of($2) AS other", one, other)
    assert rows == [{"one": one, "other": other}]
    await desk.hear(unmerged_fact(one, other))
    rows = await desk.rows("SELECT survivor_of($1) AS one, survivor_of($2) AS other", one, other)
    assert rows == [{"one": one, "other": one}]
