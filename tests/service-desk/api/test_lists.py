"""Lists of the desk: sorted both ways, paged in that order, exported whole with the same filters."""

import csv
import io
from typing import Any

import pytest

from deploy.api_pages import document
from support.claims import AGENT, a_customer
from support.service import FAR_OFFICER, OFFICER, ServiceUnderTest, expect

MARK = "\ufeff"
NAMES = ("received_at", "case_no", "state", "customer")
SHOWN = {"received_at": "received_at", "case_no": "case_no", "state": "state", "customer": "customer_name"}
LISTS = ("/complaints", "/compensations", "/service-requests")
OPERATORS = {"/v1/dead-letters", "/v1/rebuilds", "/v1/replays"}
WITH_A_SHEET_OF_THEIR_OWN = {"/v1/settlements", "/v1/settlements/balances"}
DOCUMENT = document("service-desk")


async def cases(desk: ServiceUnderTest) -> str:
    """Make three cases of every kind for a customer; gives the customer."""
    customer = await a_customer(desk, initial_class=1)
    for number, day in enumerate(("2026-02-26", "2026-02-24", "2026-02-25"), 1):
        common = {
            "channel": "hotline",
            "caller": {"customer_id": customer},
            "received_at": f"{day}T10:00:00+08:00",
        }
        expect(await desk.post(AGENT, "/complaints", {**common, "category": "delay", "content": "迟"}), 201)
        claim = {**common, "cause": "damage", "mail_no": f"EA92000000{number}CN", "amount_claimed": "100.00"}
        expect(await desk.post(AGENT, "/compensations", claim), 201)
        request = {**common, "kind": "priority", "priority": "pick-up", "content": "揽收"}
        expect(await desk.post(AGENT, "/service-requests", request), 201)
    return customer


async def walked(desk: ServiceUnderTest, path: str, **asked: Any) -> list[dict[str, Any]]:
    """Give all items of a list, page by page."""
    found, cursor = [], None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        body = expect(await desk.get(OFFICER, path, limit=2, **asked, **more), 200)
        found += body["items"]
        cursor = body["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("path", LISTS)
async def test_cases_are_sorted_both_ways_and_paged_in_that_order(desk: ServiceUnderTest, path: str) -> None:
    customer = await cases(desk)
    newest = await walked(desk, path, customer_id=customer)
    assert [one["received_at"][:10] for one in newest] == ["2026-02-26", "2026-02-25", "2026-02-24"]
    for name in NAMES:
        for sign in ("", "-"):
            items = await walked(desk, path, customer_id=customer, sort=f"{sign}{name}")
            keys = [one[SHOWN[name]] for one in items]
            assert len(keys) == 3 and keys == sorted(keys, reverse=bool(sign))
            assert {one["id"] for one in items} == {one["id"] for one in newest}
            assert all("sorted_customer" not in one for one in items)
    expect(await desk.get(OFFICER, path, sort="content"), 422)


@pytest.mark.parametrize("path", LISTS)
async def test_cases_are_exported_with_the_filters_and_the_order_asked_for(
    desk: ServiceUnderTest, path: str
) -> None:
    customer = await cases(desk)
    asked = {"customer_id": customer, "sort": "received_at", "limit": 1}
    answer = await desk.get(OFFICER, path, format="csv", **asked)
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(MARK))))
    listed = await walked(desk, path, customer_id=customer, sort="received_at")
    assert [row["case_no"] for row in rows] == [one["case_no"] for one in listed]
    assert (await desk.get(OFFICER, path, format="xlsx", **asked)).content.startswith(b"PK")
    far = await desk.get(FAR_OFFICER, path, format="csv", customer_id=customer)
    assert not list(csv.DictReader(io.StringIO(far.text.removeprefix(MARK))))


def test_every_list_of_the_desk_that_people_keep_is_exported() -> None:
    lists = {
        path: operation
        for path, methods in DOCUMENT["paths"].items()
        for operation in methods.values()
        if operation["operationId"].startswith("list_")
    }
    without = {
        path
        for path, operation in lists.items()
        if "format" not in {parameter["name"] for parameter in operation.get("parameters", ())}
    }
    assert without == OPERATORS | {"/v1/deadlines"} | WITH_A_SHEET_OF_THEIR_OWN
