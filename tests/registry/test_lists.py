"""Every list of the registry filters, sorts, pages and is exported, by what its OpenAPI document says and by what it does."""

import csv
import io
from typing import Any

import pytest

from chassis.spreadsheets.exporting import MARK
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import read_workbook
from support.declarations import customer, declaration, declared
from support.registry import RIVAL, expect
from support.service import MANAGER, OFFICER, ServiceUnderTest

PAGES = frozenset({"cursor", "limit", "sort", "format"})
# What a declaration is compared with, and what a node has adopted, is one answer and read whole.
WHOLE = frozenset({"list_candidates", "list_earlier_leads", "list_adoptions"})


def limits(registry: ServiceUnderTest) -> Limits:
    return Limits.of(registry.runtime.settings)


def lists(registry: ServiceUnderTest) -> dict[str, set[str]]:
    """Give every list of the registry's own with the parameters that it takes."""
    found = {}
    for path, operations in registry.app.openapi()["paths"].items():
        operation = operations.get("get", {})
        names = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        own = not any(tag in path for tag in ("/deadlines", "/dead-letters", "/rebuilds", "/replays"))
        if own and "cursor" in names:
            found[operation["operationId"]] = names
    return found


async def test_every_list_offers_filters_an_order_pages_and_an_export(registry: ServiceUnderTest) -> None:
    lacking = {
        name: sorted(PAGES - asked) or ["a filter"]
        for name, asked in lists(registry).items()
        if not asked >= PAGES or asked == PAGES
    }
    assert lacking == {}


async def test_what_answers_items_is_a_list_or_is_named_as_a_whole(registry: ServiceUnderTest) -> None:
    named = {
        operations["get"]["operationId"]
        for path, operations in registry.app.openapi()["paths"].items()
        if "get" in operations and operations["get"]["operationId"].startswith("list_")
    }
    chassis = {"list_deadlines", "list_dead_letters", "list_rebuilds", "list_replays", "list_deadline_ledger"}
    assert named - set(lists(registry)) - WHOLE - chassis == set()


async def three(registry: ServiceUnderTest) -> list[str]:
    """Declare three customers of one word, and give their names in the order in which they sort."""
    word = customer()["name"][2:6]
    names = [f"武汉{word}{letter}贸易有限公司" for letter in "丙甲乙"]
    for name in names:
        await declared(registry, MANAGER, declaration(name=name, phones=[]))
    return sorted(names)


@pytest.mark.parametrize("sort", ["name", "-name"])
async def test_a_sorted_list_pages_in_its_order(registry: ServiceUnderTest, sort: str) -> None:
    names = await three(registry)
    word = names[0][2:6]
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await expect(registry.get(OFFICER, "/customers", q=word, sort=sort, limit=2, **cursor), 200)
        found += [one["name"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == (names if sort == "name" else names[::-1])


async def test_a_cursor_of_another_order_is_refused(registry: ServiceUnderTest) -> None:
    word = (await three(registry))[0][2:6]
    page = await expect(registry.get(OFFICER, "/customers", q=word, sort="name", limit=1), 200)
    body = await expect(
        registry.get(OFFICER, "/customers", q=word, sort="-name", limit=1, cursor=page["next_cursor"]), 422
    )
    assert body["pointer"] == "?cursor"


async def test_an_order_that_the_list_has_not_is_refused(registry: ServiceUnderTest) -> None:
    await expect(registry.get(OFFICER, "/customers", sort="phones"), 422)


async def test_an_export_holds_what_the_list_holds_by_filter_and_order(registry: ServiceUnderTest) -> None:
    names = await three(registry)
    word = names[0][2:6]
    answer = await registry.get(OFFICER, "/customers", q=word, sort="name", limit=1, format="csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith(MARK)
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(MARK))))
    assert [row["name"] for row in rows] == names
    listed = await expect(registry.get(OFFICER, "/customers", q=word, sort="name"), 200)
    assert [row["customer_id"] for row in rows] == [one["customer_id"] for one in listed["items"]]


async def test_an_export_shows_no_more_than_the_list(registry: ServiceUnderTest) -> None:
    known = customer()
    await declared(registry, MANAGER, declaration(name=known["name"], phones=["027-81234567"]))
    word = known["name"][2:7]
    answer = await registry.get(OFFICER, "/customers", q=word, format="csv")
    assert "81234567" not in answer.text
    beyond = await registry.get(RIVAL, "/customers", q=word, format="csv")
    assert known["name"] not in beyond.text


async def test_a_workbook_of_a_list_is_inert(registry: ServiceUnderTest) -> None:
    name = f"=SUM(1){customer()['name']}"
    await declared(registry, MANAGER, declaration(name=name, phones=[]))
    answer = await registry.get(OFFICER, "/declarations", q=name[7:], format="xlsx")
    assert answer.status_code == 200, answer.text
    sheet = read_workbook(answer.content, limits(registry)).sheets[0]
    assert name in {cell.text for place in range(sheet.height) for cell in sheet.row(place)}
    text = (await registry.get(OFFICER, "/declarations", q=name[7:], format="csv")).text
    assert f"'{name}" in text


async def test_an_export_of_more_than_its_rows_is_refused_and_says_how_many(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = (await three(registry))[0][2:6]
    monkeypatch.setattr(registry.app.state.settings, "export_most", 2)
    body = await expect(registry.get(OFFICER, "/customers", q=word, format="csv"), 422)
    assert body["pointer"] == "?format"
    assert "2" in body["en"]["detail"]
