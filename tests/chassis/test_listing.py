"""Lists: page after page gives every row once, in the order of the keys, whichever way each of them runs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from asyncpg import Record

from chassis.database import Database
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging, encode_cursor
from chassis.transaction import unscoped
from contracts.refusals import InvalidValue
from support.backbone import moment

ROWS = """(SELECT date '2026-01-01' + n % 3 AS day, 'line ' || n % 2 AS line, n AS number
FROM generate_series(1, 12) n) r"""
DAY = Key("r.day", date.fromisoformat)
NEWEST_DAY = Key("r.day", date.fromisoformat, newest_first=True)
LINE = Key("r.line", str)
LAST_LINE = Key("r.line", str, newest_first=True)
NUMBER = Key("r.number", int)
LAST_NUMBER = Key("r.number", int, newest_first=True)
EXACT_TO = 100


def number(row: Record) -> dict[str, Any]:
    return {"number": row["number"]}


async def walked(pools: Database, listing: Listing, limit: int) -> tuple[list[int], set[int]]:
    """Give the numbers of all pages in their order, and every total that was told."""
    numbers, totals, cursor = [], set(), None
    async with unscoped(pools.worker, moment()) as tx:
        while True:
            body = await listed(tx, listing, Paging(cursor, limit, EXACT_TO), number)
            numbers += [item["number"] for item in body["items"]]
            totals.add(body["total"])
            cursor = body["next_cursor"]
            if cursor is None:
                return numbers, totals


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 12, 13])
@pytest.mark.parametrize(
    ("keys", "by"),
    [
        ((NUMBER,), lambda n: n),
        ((LAST_NUMBER,), lambda n: -n),
        ((DAY, NUMBER), lambda n: (n % 3, n)),
        ((NEWEST_DAY, LAST_NUMBER), lambda n: (-(n % 3), -n)),
        ((NEWEST_DAY, LINE, NUMBER), lambda n: (-(n % 3), n % 2, n)),
        ((DAY, LAST_LINE, NUMBER), lambda n: (n % 3, -(n % 2), n)),
        ((LINE, NEWEST_DAY, LAST_NUMBER), lambda n: (n % 2, -(n % 3), -n)),
    ],
)
async def test_every_row_stands_on_one_page_in_the_order_of_the_keys(
    pools: Database, keys: tuple[Key, ...], by: Any, limit: int
) -> None:
    numbers, totals = await walked(pools, Listing(ROWS, keys, {}), limit)
    assert numbers == sorted(range(1, 13), key=by)
    assert totals == {12}


async def test_conditions_hold_where_they_have_a_value_and_what_always_holds_holds_too(
    pools: Database,
) -> None:
    conditions = {"r.line = {}": "line 1", "r.number > {0} AND r.number <> {0} + 1": 4, "r.day = {}": None}
    numbers, totals = await walked(
        pools, Listing(ROWS, (NUMBER,), conditions, "r.number", "r.number < 11"), 2
    )
    assert (numbers, totals) == ([7, 9], {2})


async def test_given_values_are_the_first_ones_of_the_source(pools: Database) -> None:
    source = "(SELECT n AS number FROM generate_series(1, $1::int) n) r"
    listing = Listing(source, (NUMBER,), {"r.number % {}::int = 0": 3}, given=(10,))
    assert await walked(pools, listing, 2) == ([3, 6, 9], {3})


async def test_the_total_is_counted_as_far_as_it_is_exact_and_where_the_listing_says(pools: Database) -> None:
    async with unscoped(pools.worker, moment()) as tx:
        body = await listed(tx, Listing(ROWS, (NUMBER,), {}), Paging(None, 5, 7), number)
        assert body["total"] == 7
        listing = Listing(ROWS, (NUMBER,), {}, counted="(SELECT FROM generate_series(1, 3)) x")
        assert (await listed(tx, listing, Paging(None, 5, 7), number))["total"] == 3


async def test_a_cursor_whose_figure_is_none_is_refused(pools: Database) -> None:
    async with unscoped(pools.worker, moment()) as tx:
        with pytest.raises(InvalidValue):
            sums = Key("r.number", Decimal)
            await listed(tx, Listing(ROWS, (sums,), {}), Paging(encode_cursor("x"), 5, EXACT_TO), number)


@pytest.mark.parametrize(
    "cursor", ["!", "é", encode_cursor(1), encode_cursor("2026-13-01", 1), encode_cursor("2026-01-01", "x")]
)
async def test_a_cursor_of_no_list_of_ours_is_refused(pools: Database, cursor: str) -> None:
    async with unscoped(pools.worker, moment()) as tx:
        with pytest.raises(InvalidValue):
            await listed(tx, Listing(ROWS, (DAY, NUMBER), {}), Paging(cursor, 5, EXACT_TO), number)
