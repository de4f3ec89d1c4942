"""What-ifs in lists: found, sorted, paged, exported, and two of them side by side."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest_asyncio

from support.instance import Databases
from support.service import PROVINCE_OFFICER, ServiceUnderTest, expect, running_service
from support.what_ifs import PRESENT, Resident, drafted, movers_of, moves, page_of, settle, tried

# Wuhan's bounds of classes 2 and 3, raised a little and a lot.
LITTLE = {**PRESENT, "wuhan": {"1": 500_000, "2": 320_000, "3": 100_000, "4": 10_000}}
MUCH = {**PRESENT, "wuhan": {"1": 500_000, "2": 400_000, "3": 330_000, "4": 10_000}}
FEES = ("310000.00", "310000.00", "325000.00", "350000.00", "150000.00", "20000.00", "600000.00")
PEOPLE = [
    Resident("wuhan", Decimal(fees), {"org_id": "420106-T02" if number == 1 else "420106-T01"})
    for number, fees in enumerate(FEES)
]
CODES = [one.planted.code for one in PEOPLE]


@dataclass
class Made:
    """Two what-ifs over the same customers."""

    tiering: ServiceUnderTest
    little: dict[str, Any]
    much: dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def made(tiering_databases: Databases) -> AsyncIterator[Made]:
    async with running_service("tiering", tiering_databases("tiering")) as running:
        await settle(running, PEOPLE)
        little = await tried(running, drafted("tier-thresholds", LITTLE), name="略微提高")
        much = await tried(running, drafted("tier-thresholds", MUCH), name="大幅提高")
        yield Made(running, little, much)


async def test_movers_come_by_revenue_and_are_found_by_class_direction_and_unit(made: Made) -> None:
    tiering, much = made.tiering, made.much
    assert moves(await movers_of(tiering, much)) == {
        CODES[0]: (2, 4),
        CODES[1]: (2, 4),
        CODES[2]: (2, 4),
        CODES[3]: (2, 3),
        CODES[4]: (3, 4),
    }
    revenues = [one["revenue"] for one in (await page_of(tiering, much))["items"]]
    assert revenues == ["350000.00", "325000.00", "310000.00", "310000.00", "150000.00"]
    backwards = [one["revenue"] for one in (await page_of(tiering, much, sort="revenue"))["items"]]
    assert backwards == revenues[::-1]
    assert set(await movers_of(tiering, much, **{"from": "2", "to": "4"})) == set(CODES[:3])
    assert set(await movers_of(tiering, much, **{"from": "3"})) == {CODES[4]}
    assert await movers_of(tiering, much, to="none") == {}
    assert await movers_of(tiering, much, direction="up") == {}
    assert len(await movers_of(tiering, much, direction="down")) == 5
    assert set(await movers_of(tiering, much, org_id="420106-T02")) == {CODES[1]}
    assert set(await movers_of(tiering, much, unlike=made.little["id"])) == set(CODES) - {*CODES[5:]}
    assert set(await movers_of(tiering, made.little, unlike=made.much["id"])) == set(CODES[:2])


async def test_movers_are_paged_without_a_gap_or_a_double(made: Made) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await page_of(made.tiering, made.much, limit=2, **cursor)
        assert (page["kind"], page["total"]) == ("what-if", 5)
        seen += [one["customer_code"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(CODES[:5])


async def test_an_export_says_in_every_row_what_it_is(made: Made) -> None:
    path = f"/what-ifs/{made.much['id']}/movers"
    answer = await made.tiering.get(PROVINCE_OFFICER, path, format="csv", direction="down")
    header, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert {"kind", "customer_code", "revenue", "from.class", "to.class", "why.zh"} <= set(header.split(","))
    assert len(rows) == 5
    assert all(row.startswith("what-if,") for row in rows)
    book = await made.tiering.get(PROVINCE_OFFICER, path, format="xlsx")
    assert (book.status_code, book.content[:2]) == (200, b"PK")


async def test_what_ifs_are_listed_by_name_year_and_what_they_move(made: Made) -> None:
    async def names(**asked: Any) -> list[str]:
        answer = expect(await made.tiering.get(PROVINCE_OFFICER, "/what-ifs", **asked), 200)
        assert answer["kind"] == "what-if"
        return [one["name"] for one in answer["items"]]

    assert await names() == ["大幅提高", "略微提高"]
    assert await names(sort="revenue_affected") == ["略微提高", "大幅提高"]
    assert await names(name="略微") == ["略微提高"]
    assert await names(year=2024) == []
    assert await names(base=made.much["id"]) == []


async def test_two_what_ifs_are_set_side_by_side(made: Made) -> None:
    path = f"/what-ifs/{made.little['id']}/comparison"
    found = expect(await made.tiering.get(PROVINCE_OFFICER, path, **{"with": made.much["id"]}), 200)
    assert found["kind"] == "what-if"
    assert (found["this"]["name"], found["other"]["name"]) == ("略微提高", "大幅提高")
    assert found["movers"] == {
        "only_this": {"customers": 0, "revenue": "0.00"},
        "only_other": {"customers": 3, "revenue": "825000.00"},
        "alike": {"customers": 0, "revenue": "0.00"},
        "unlike": {"customers": 2, "revenue": "620000.00"},
    }
    flows = {(one["from"], one["to"]): one for one in found["flows"]}
    assert flows[2, 3]["this"] == {"customers": 2, "revenue": "620000.00"}
    assert flows[2, 3]["other"] == {"customers": 1, "revenue": "350000.00"}
    assert flows[2, 3]["difference"] == {"customers": -1, "revenue": "-270000.00"}
    assert flows[2, 4]["this"] == {"customers": 0, "revenue": "0.00"}
    for side in ("this", "other"):
        assert sum(one[side]["customers"] for one in found["flows"]) == len(PEOPLE)
    assert sum(Decimal(one["difference"]["revenue"]) for one in found["flows"]) == 0
    itself = expect(await made.tiering.get(PROVINCE_OFFICER, path, **{"with": made.little["id"]}), 200)
    assert itself["movers"]["alike"] == {"customers": 2, "revenue": "620000.00"}


async def test_only_what_asks_the_same_is_compared(made: Made) -> None:
    wuhan = await tried(made.tiering, drafted("tier-thresholds", MUCH), org_id="420100", name="武汉")
    path = f"/what-ifs/{made.little['id']}/comparison"
    refused = expect(await made.tiering.get(PROVINCE_OFFICER, path, **{"with": wuhan["id"]}), 422)
    assert (refused["code"], refused["pointer"]) == ("not-comparable", "?with")
    expect(await made.tiering.get(PROVINCE_OFFICER, path), 422)
    movers = f"/what-ifs/{made.little['id']}/movers"
    refused = expect(await made.tiering.get(PROVINCE_OFFICER, movers, unlike=wuhan["id"]), 422)
    assert (refused["code"], refused["pointer"]) == ("not-comparable", "?unlike")
    gone = await made.tiering.http.delete(
        f"/v1/what-ifs/{wuhan['id']}", headers=made.tiering.headers(PROVINCE_OFFICER)
    )
    assert expect(gone, 200)["removed"] is True
    refused = expect(await made.tiering.get(PROVINCE_OFFICER, path, **{"with": wuhan["id"]}), 404)
    assert refused["pointer"] == "?with"
