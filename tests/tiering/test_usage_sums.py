"""Fees added up by customer and year: always what the current rows of usage add up to, whoever writes them."""

import asyncio
from typing import Any

import asyncpg
import pytest

from support.facts import customer_fact
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    OFFICER,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    expect,
    orgpath,
)
from support.usage_filing import LOOK_EVERY_SECONDS, PATIENCE_SECONDS, code, customer, filed, id_of, row
from support.usage_sums import sums_hold, sums_of

AS_SEEN_BY = "SELECT set_config('keypost.scope', $1, false)"
ROW_OF_JANUARY = """
INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
VALUES ($1, 'ceremonial', '2026-01-01', 1, 2, 1, 1, '420106', now())
"""
WAITS = "SELECT cardinality(pg_blocking_pids($1)) > 0 AS waits"


def sent(customer_code: str, revenue: str, month: str = "2026-02", **more: Any) -> dict[str, Any]:
    line = more.pop("line", "ceremonial")
    return {
        "month": month,
        "rows": [{"customer": customer_code, "line": line, "revenue": revenue, "pieces": 1}],
        **more,
    }


async def test_lines_and_months_add_up_by_year(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    for month, line, revenue in (
        ("2025-12", "ceremonial", "0.01"),
        ("2026-01", "ceremonial", "10.10"),
        ("2026-01", "domestic-express", "20.20"),
        ("2026-02", "ceremonial", "0"),
    ):
        expect(await tiering.post(OFFICER, "/usage", sent(made, revenue, month, line=line)), 201)
    assert await sums_of(tiering, made) == {2025: {12: "0.01"}, 2026: {1: "30.30"}}
    assert await sums_hold(tiering)


async def test_a_corrected_figure_takes_the_place_of_the_old_one(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", sent(made, "100.00")), 201)
    body = sent(made, "70.01", reason="inaccuracy")
    expect(await tiering.post(DIRECTOR, "/usage/corrections", body), 201)
    assert await sums_of(tiering, made) == {2026: {2: "70.01"}}
    expect(await tiering.post(DIRECTOR, "/usage/corrections", sent(made, "0", reason="source")), 201)
    assert await sums_of(tiering, made) == {2026: {}} and await sums_hold(tiering)


async def test_a_file_counts_by_what_was_taken_of_it(tiering: ServiceUnderTest) -> None:
    first, second = await customer(tiering), await customer(tiering)
    await filed(tiering, OFFICER, [row(first, "5.00"), row(first, "1.00", line="礼仪")], month="2025-09")
    rows = [row(first, "7.00"), row(second, "3.00"), row(second, "-1", line="礼仪"), row(code()), row(first)]
    file = await filed(tiering, OFFICER, rows, month="2025-09")
    assert (file["loaded_rows"], file["refused_rows"]) == (2, 3)
    assert await sums_of(tiering, first) == {2025: {9: "8.00"}}
    assert await sums_of(tiering, second) == {2025: {9: "3.00"}}
    assert await sums_hold(tiering)


async def test_the_largest_figures_of_all_lines_still_add_up(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    lines = ["国内异地速递", "同城速递", "国际速递", "礼仪", "一体化物流", "中邮快货", "国际货代"]
    rows = [row(made, "9999999999999.99", line=line) for line in lines]
    file = await filed(tiering, OFFICER, rows, month="2025-08")
    assert file["loaded_rows"] == 7 and await sums_of(tiering, made) == {2025: {8: "69999999999999.93"}}


async def test_two_who_write_lines_of_one_customer_s_month_at_once_both_count(
    tiering: ServiceUnderTest,
) -> None:
    made = [await customer(tiering) for _ in range(10)]
    posts = [
        tiering.post(person, "/usage", sent(one, revenue, "2025-07", line=line))
        for one in made
        for person, revenue, line in (
            (OFFICER, "1.00", "ceremonial"),
            (PROVINCE_OFFICER, "2.00", "domestic-express"),
        )
    ]
    for answer in await asyncio.gather(*posts):
        expect(answer, 201)
    assert [await sums_of(tiering, one) for one in made] == [{2025: {7: "3.00"}}] * 10


async def test_a_late_month_writes_the_sums_of_its_customers_alone(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering) for _ in range(6)]
    await filed(tiering, OFFICER, [row(one, "10.00") for one in codes], month="2025-06")
    await filed(tiering, OFFICER, [row(one, "11.00") for one in codes], month="2025-05")
    before = await written_by(tiering)
    late = [row(codes[0], "12.00", line="礼仪"), row(codes[1], "11.00")]
    file = await filed(tiering, OFFICER, late, month="2025-05")
    assert (file["loaded_rows"], file["unchanged_rows"]) == (1, 1)
    after = await written_by(tiering)
    touched = {key for key in after if after[key] != before.get(key)}
    assert touched == {(await id_of(tiering, codes[0]), 2025)}
    assert await sums_of(tiering, codes[0]) == {2025: {5: "23.00", 6: "10.00"}}


async def written_by(tiering: ServiceUnderTest) -> dict[tuple[Any, int], str]:
    """Give the transaction that wrote each sum last."""
    rows = await tiering.rows("SELECT customer_id, year, xmin::text AS xmin FROM usage_sum")
    return {(one["customer_id"], one["year"]): one["xmin"] for one in rows}


async def test_sums_are_seen_where_the_customer_is(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    made_id = await id_of(tiering, made)
    expect(await tiering.post(OFFICER, "/usage", sent(made, "1.00", "2025-12")), 201)
    expect(await tiering.post(PROVINCE_OFFICER, "/usage", sent(made, "2.00")), 201)
    assert await years_seen(tiering, made_id, "420106") == [2025, 2026]
    await tiering.hear(
        customer_fact(made_id, 2, kind="changed", org_id="420525", customer_code=made),
    )
    assert await years_seen(tiering, made_id, "420106") == []
    expect(await tiering.post(FAR_OFFICER, "/usage", sent(made, "3.00", "2026-01")), 201)
    assert await years_seen(tiering, made_id, "420525") == [2025, 2026]
    assert await sums_of(tiering, made) == {2025: {12: "1.00"}, 2026: {1: "3.00", 2: "2.00"}}


async def test_a_sum_stays_where_its_customer_moved_while_a_row_came_in(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    made_id = await id_of(tiering, made)
    expect(await tiering.post(OFFICER, "/usage", sent(made, "1.00")), 201)
    mover, writer = [await asyncpg.connect(tiering.database.url("worker")) for _ in range(2)]
    try:
        move = mover.transaction()
        await move.start()
        await mover.execute(
            "UPDATE customer SET responsible_org_id = '420525' WHERE customer_id = $1", made_id
        )
        # It sees the customer before its move, and waits for the sum.
        writing = asyncio.create_task(writer.execute(ROW_OF_JANUARY, made_id))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (await tiering.rows(WAITS, writer.get_server_pid()))[0]["waits"]:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        await move.commit()
        await writing
    finally:
        await mover.close()
        await writer.close()
    assert await sums_of(tiering, made) == {2026: {1: "2.00", 2: "1.00"}}
    assert await years_seen(tiering, made_id, "420525") == [2026]
    assert await years_seen(tiering, made_id, "420106") == []


async def years_seen(tiering: ServiceUnderTest, customer_id: object, org_id: str) -> list[int]:
    """Give the years of a customer's sums that the application sees in the scope of a unit."""
    connection = await asyncpg.connect(tiering.database.url("app"))
    try:
        await connection.execute(AS_SEEN_BY, orgpath(org_id))
        rows = await connection.fetch(
            "SELECT year FROM usage_sum WHERE customer_id = $1 ORDER BY year", customer_id
        )
        return [one["year"] for one in rows]
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE usage_sum SET fees = 0",
        "DELETE FROM usage_sum",
        "INSERT INTO usage_sum VALUES (uuidv7(), 2026, '420100', 0, '{0}')",
        "SELECT sum_anew()",
    ],
)
async def test_the_application_never_writes_a_sum(tiering: ServiceUnderTest, statement: str) -> None:
    connection = await asyncpg.connect(tiering.database.url("app"))
    try:
        await connection.execute(AS_SEEN_BY, "CN")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_sums_made_anew_are_those_that_were_kept(tiering: ServiceUnderTest) -> None:
    made = [await customer(tiering) for _ in range(3)]
    await filed(tiering, OFFICER, [row(one, "10.00") for one in made], month="2025-04")
    assert await tiering.rows("SELECT sum_anew() AS differing") == [{"differing": 0}]
    await tiering.rows(
        "UPDATE usage_sum SET fees = 99 WHERE customer_id = $1 RETURNING 1", await id_of(tiering, made[0])
    )
    await tiering.rows(
        "DELETE FROM usage_sum WHERE customer_id = $1 RETURNING 1", await id_of(tiering, made[1])
    )
    assert await tiering.rows("SELECT sum_anew() AS differing") == [{"differing": 2}]
    assert await sums_hold(tiering)
