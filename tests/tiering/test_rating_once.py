"""One truth of a class: rated alone, among a province, in a review or as known by now, a customer is what it is."""

import json
import random
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest_asyncio

from support.drawn_customers import ADOPTED, drawn_mass
from support.instance import Databases
from support.reviewed import adopted, on_record
from support.service import ServiceUnderTest, running_service
from support.tiering import planted
from tiering.handlers.law import reviewed_law
from tiering.policies.sheets import sheet

RATED = """
SELECT * FROM rating($1::jsonb, $2::date, $3::date, $4::integer, $5::date, $6::date, $7::uuid[], $8::timestamptz)
"""
# Equal fees share a rank in the law of everybody drawn.
ALONE = """
SELECT rank_by_fees($1, true, ARRAY(
  SELECT o.org_id FROM organisation o JOIN organisation b ON o.orgpath = b.orgpath OR o.orgpath ^@ (b.orgpath || '.')
  WHERE b.org_id = $2), $3::date, $4::date) AS rank
"""
YEAR = (date(2025, 1, 1), date(2025, 12, 1), 2025, date(2025, 12, 31), date(2026, 3, 2))
ROLLING = (date(2025, 2, 1), date(2026, 1, 1), 2025, date(2026, 3, 2), None)
DECIDED = (
    "eligible",
    "table_class",
    "class",
    "scheme",
    "tier",
    "fees",
    "months",
    "last_year_fees",
    "agreement",
)


@pytest_asyncio.fixture(scope="module")
async def mass(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering with drawn customers on record."""
    async with running_service("tiering", tiering_databases("tiering")) as tiering:
        await adopted(tiering, ADOPTED)
        await on_record(tiering, random.Random(3).sample(drawn_mass(), 120))
        yield tiering


async def rating(
    tiering: ServiceUnderTest, period: tuple[Any, ...], *narrowed: Any
) -> Mapping[Any, Mapping[str, Any]]:
    found = reviewed_law(tiering.runtime.directory.current, "420000", date(2026, 1, 1))
    law = json.dumps(sheet(found.units, found.laws))
    rows = await tiering.rows(RATED, law, *period, *(narrowed or (None, None)))
    return {row["customer_id"]: row for row in rows}


async def test_rated_alone_a_customer_is_what_it_is_among_all_where_no_rank_is_asked(
    mass: ServiceUnderTest,
) -> None:
    for period in (YEAR, ROLLING):
        everybody = await rating(mass, period)
        alone = await rating(mass, period, list(everybody), None)
        assert alone.keys() == everybody.keys()
        for customer_id, row in everybody.items():
            assert alone[customer_id]["asks_rank"] == row["asks_rank"]
            if not row["asks_rank"]:
                assert [alone[customer_id][name] for name in DECIDED] == [row[name] for name in DECIDED]
        assert {row["asks_rank"] for row in everybody.values()} == {True, False}


async def test_the_rank_of_one_customer_asked_alone_is_the_one_among_all(mass: ServiceUnderTest) -> None:
    await mass.rows(
        """INSERT INTO customer_alias (customer_id, survivor_id, version)
           SELECT c.customer_id, c.next, 1 FROM (
             SELECT customer_id, row_number() OVER w AS number, lead(customer_id) OVER w AS next
             FROM customer WHERE state = 'registered' WINDOW w AS (PARTITION BY responsible_org_id ORDER BY customer_id)) c
           WHERE c.next IS NOT NULL AND c.number % 4 < 2 RETURNING 1"""
    )
    for period in (YEAR, ROLLING):
        everybody = await rating(mass, period)
        ranked = [row for row in everybody.values() if row["rank"] is not None]
        assert len(ranked) > 1
        for row in ranked:
            [alone] = await mass.rows(ALONE, row["fees"], row["bureau"], *period[:2])
            assert alone["rank"] == row["rank"]
    await mass.rows("DELETE FROM customer_alias RETURNING 1")


async def test_as_known_by_now_everybody_is_rated_as_by_the_sums(mass: ServiceUnderTest) -> None:
    for period in (YEAR, ROLLING):
        assert await rating(mass, period, None, datetime.now(UTC)) == await rating(mass, period)


async def test_of_two_years_the_months_in_a_row_are_taken(mass: ServiceUnderTest) -> None:
    customer = await planted(mass)
    await mass.rows(
        """INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
           SELECT $1, 'domestic-express', m, 1, extract(month FROM m) + 100 * (extract(year FROM m) - 2025), 1, 1, '420106', m
           FROM generate_series(date '2025-01-01', date '2026-02-01', '1 month') AS m RETURNING 1""",
        customer.customer_id,
    )
    for known in (None, datetime.now(UTC)):
        row = (await rating(mass, ROLLING, [customer.customer_id], known))[customer.customer_id]
        # February to December 2025, then January 2026
        assert row["months"] == [Decimal(number) for number in (*range(2, 13), 101)]
        assert (row["fees"], row["month_fees"], row["last_year_fees"]) == (178, 101, 78)
        assert row["prior_fees"] is None
    earlier = datetime(2025, 12, 15, tzinfo=UTC)
    row = (await rating(mass, ROLLING, [customer.customer_id], earlier))[customer.customer_id]
    assert (row["fees"], row["month_fees"]) == (77, 0)
