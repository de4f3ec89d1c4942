"""The same file once more: nothing changes but for the rows that were refused of it, whatever was corrected since."""

from typing import Any

from chassis.ids import uuid7
from support.facts import customer_fact
from support.service import OFFICER, ServiceUnderTest
from support.usage_filing import code, corrected, customer, filed, on_record, refusals, row


async def revenues(tiering: ServiceUnderTest, made: str, month: str) -> list[str]:
    """Give the revenue of each version of a customer's month."""
    return [str(one["revenue"]) for one in await on_record(tiering, made, month)]


def counts(file: Any) -> tuple[int, int, int]:
    """Give how many rows were loaded, on record alike and refused."""
    return file["loaded_rows"], file["unchanged_rows"], file["refused_rows"]


async def test_a_row_that_the_file_loaded_before_leaves_a_later_correction_alone(
    tiering: ServiceUnderTest,
) -> None:
    month, good, missing = "2025-03", await customer(tiering), code()
    rows = [row(good, "1600.00"), row(missing, "7.00"), row(good, "-1", line="礼仪")]
    assert counts(await filed(tiering, OFFICER, rows, month=month)) == (1, 0, 2)
    await corrected(tiering, good, "1700.00", month)
    assert counts(await filed(tiering, OFFICER, rows, month=month)) == (0, 1, 2)
    await tiering.hear(customer_fact(uuid7(), org_id="420106-T01", customer_code=missing))
    taken = await filed(tiering, OFFICER, rows, month=month)
    assert (*counts(taken), taken["corrected_rows"]) == (1, 1, 1, 0)
    assert await refusals(tiering, OFFICER, taken["id"]) == {4: "revenue-negative"}
    # What one of the earlier loadings took is on record, though another one refused it.
    await corrected(tiering, missing, "8.00", month)
    assert counts(await filed(tiering, OFFICER, rows, month=month)) == (0, 2, 1)
    assert await revenues(tiering, good, month) == ["1600.00", "1700.00"]
    assert await revenues(tiering, missing, month) == ["7.00", "8.00"]


async def test_another_file_with_the_same_figures_puts_them_once_more(tiering: ServiceUnderTest) -> None:
    month, made = "2025-04", await customer(tiering)
    rows = [row(made, "1600.00"), row(code(), "7.00")]
    await filed(tiering, OFFICER, rows, month=month)
    await corrected(tiering, made, "1700.00", month)
    other = await filed(tiering, OFFICER, [*rows, row(code(), "8.00")], month=month)
    assert (other["corrected_rows"], other["refused_rows"]) == (1, 2)
    assert await revenues(tiering, made, month) == ["1600.00", "1700.00", "1600.00"]
