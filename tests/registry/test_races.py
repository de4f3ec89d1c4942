"""Two hundred declarations at one instant against two processes: one holder of each customer and line."""

import asyncio
import itertools
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from support.declarations import credit_code
from support.instance import Databases
from support.pair import Pair, two_registries
from support.registry import RIVAL, SECOND, expect
from support.service import ADMINISTRATOR, MANAGER

DECLARATIONS = 200
CUSTOMERS = 20
LINES = ("domestic-express", "intra-city-express", "ceremonial", "integrated-logistics")
TEAMS = (MANAGER, SECOND, RIVAL)
WORDS = (
    *("鑫源", "宏达", "长江", "楚天", "金桥", "东湖", "汉正", "荆楚", "江城", "黄鹤"),
    *("珞珈", "梅岭", "沙湖", "南望", "喻家", "磨山", "龟蛇", "知音", "归元", "晴川"),
)
TRADITIONAL = str.maketrans("长桥东龟归华", "長橋東龜歸華")


@pytest_asyncio.fixture
async def pair(registry_databases: Databases) -> AsyncIterator[Pair]:
    """Two processes on a database of their own."""
    async with two_registries(registry_databases("registry")) as running:
        yield running


def spellings(name: str) -> tuple[str, ...]:
    """Give ways in which teams write one name, all the same once normalised."""
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in name)
    return (
        name,
        wide,
        name.translate(TRADITIONAL),
        name.replace("有限公司", "有限责任公司"),
        f" {name[:2]} {name[2:]} ",
        name.replace("贸易", "（贸易）"),
        name.replace("贸易", "(貿易)"),
    )


def declarations(count: int, *, coded: bool) -> list[tuple[int, dict[str, Any]]]:
    """Give declarations of the same few customers, names spelt and lines chosen differently."""
    rng = random.Random(20260302)
    codes = [credit_code(800_000 + number) for number in range(CUSTOMERS)]
    made = []
    for turn in range(count):
        number = turn % CUSTOMERS
        name = rng.choice(spellings(f"武汉{WORDS[number]}A{number}贸易有限公司"))
        customer: dict[str, Any] = {"name": name, "division": "420106", "nature": "organisation"}
        customer |= {"credit_code": codes[number]} if coded else {"phones": [f"027-6{number:07d}"]}
        lines = rng.sample(LINES, rng.randint(1, 3))
        made.append((number, {"customer": customer, "lines": lines}))
    rng.shuffle(made)
    return made


async def declare_all(pair: Pair, asked: list[tuple[int, dict[str, Any]]]) -> dict[int, list[dict[str, Any]]]:
    """Send everything at once, by turns to both processes and from three teams."""
    clients, teams = itertools.cycle(pair.clients), itertools.cycle(TEAMS)
    calls = [expect(next(clients).post(next(teams), "/declarations", body), 201) for _, body in asked]
    answers = await asyncio.gather(*calls)
    by_customer = defaultdict(list)
    for (number, _), answer in zip(asked, answers, strict=True):
        by_customer[number].append(answer)
    return by_customer


async def check(pair: Pair, answers: dict[int, list[dict[str, Any]]]) -> None:
    """Judge the outcome by what was answered and by what the database holds."""
    assert len(answers) == CUSTOMERS
    for asked in answers.values():
        owners = {one["customer_id"] for one in asked if one["state"] == "protected"}
        assert len(owners) == 1, [(one["state"], one["lines"]) for one in asked]
        units = {one["org_id"] for one in asked if one["state"] == "protected"}
        assert len(units) == 1
        assert {one["state"] for one in asked} <= {"protected", "refused", "held"}
        for one in asked:
            if one["state"] == "refused":
                assert one["refusal"]["holder"]["org_id"] in units
    doubled = await pair.rows(
        "SELECT customer_id, line FROM claim WHERE state = 'live' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert doubled == []
    held = await pair.rows(
        "SELECT customer_id FROM claim WHERE state = 'live' GROUP BY 1 HAVING count(DISTINCT org_id) > 1"
    )
    assert held == []
    gaps = await pair.rows(
        "SELECT aggregate FROM (SELECT aggregate, version FROM outbox UNION ALL SELECT aggregate, version FROM event_log)"
        " told GROUP BY 1 HAVING max(version) <> count(*) OR min(version) <> 1"
    )
    assert gaps == []


async def test_exactly_one_unit_holds_each_customer_of_one_credit_code(pair: Pair) -> None:
    answers = await declare_all(pair, declarations(DECLARATIONS, coded=True))
    await check(pair, answers)
    [customers] = await pair.rows("SELECT count(*) AS n FROM customer")
    assert customers["n"] == CUSTOMERS


async def test_exactly_one_unit_holds_each_customer_of_one_name_and_phone(pair: Pair) -> None:
    answers = await declare_all(pair, declarations(DECLARATIONS, coded=False))
    await check(pair, answers)
    [customers] = await pair.rows("SELECT count(*) AS n FROM customer")
    assert customers["n"] == CUSTOMERS


async def test_of_merely_similar_names_at_one_instant_the_later_are_held(pair: Pair) -> None:
    forms = (
        "武汉鑫源贸易有限公司",
        "鑫源(武汉)贸易有限公司",
        "武汉市鑫源贸易有限公司",
        "武汉鑫元贸易有限公司",
    )
    asked = [
        (
            0,
            {
                "customer": {"name": name, "division": "420106", "nature": "organisation"},
                "lines": ["ceremonial"],
            },
        )
        for name in forms * 10
    ]
    answers = (await declare_all(pair, asked))[0]
    states = sorted(one["state"] for one in answers)
    assert states == ["held"] * (len(asked) - 1) + ["protected"]
    [first] = await pair.rows("SELECT customer_id FROM customer ORDER BY seq LIMIT 1")
    [winner] = [one for one in answers if one["state"] == "protected"]
    assert str(first["customer_id"]) == winner["customer_id"]


async def test_one_customer_declared_fifty_times_under_one_key_is_one_declaration(pair: Pair) -> None:
    body = declarations(1, coded=True)[0][1]
    clients = itertools.cycle(pair.clients)
    answers = await asyncio.gather(
        *(next(clients).post(MANAGER, "/declarations", body, key="one-and-the-same") for _ in range(50))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    [count] = await pair.rows("SELECT count(*) AS n FROM declaration")
    assert count["n"] == 1


async def test_two_administrators_cannot_close_a_loop_of_deputies(pair: Pair) -> None:
    one, two = pair.clients
    answers = await asyncio.gather(
        one.patch(ADMINISTRATOR, f"/staff/{MANAGER.staff_id}", {"deputy_id": str(SECOND.staff_id)}, 1),
        two.patch(ADMINISTRATOR, f"/staff/{SECOND.staff_id}", {"deputy_id": str(MANAGER.staff_id)}, 1),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
