"""A published review and what comes in after it: corrected through the service, as people do."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from support.reviewed import posted
from support.service import PROVINCE, PROVINCE_OFFICER, Person, ServiceUnderTest, expect
from support.tiering import Planted

LATER = "2026-03-20T10:00:00+08:00"
REASON = "补报 2025 年数据"
OTHER_DIRECTOR = Person("420000", "center-director", "陈主任")
# Hubei art. 7(2), Wuhan, yuan a year.
WUHAN = {"1": 500_000, "2": 300_000, "3": 100_000, "4": 10_000}
PREFECTURE = {"1": 200_000, "2": 100_000, "3": 50_000, "4": 10_000}
COUNTY = {"1": 100_000, "2": 50_000, "3": 30_000, "4": 10_000}


async def review_published(
    tiering: ServiceUnderTest, fees: Mapping[Planted, Mapping[str, str]], year: int = 2025
) -> dict[str, Any]:
    """Post the usage, propose the year's review and publish it; the clock stands at a later day then."""
    await posted(tiering, {customer.code: months for customer, months in fees.items()})
    return await reviewed(tiering, year)


async def reviewed(tiering: ServiceUnderTest, year: int = 2025) -> dict[str, Any]:
    """Propose the year's review and publish it; the clock stands at a later day then."""
    review = expect(await tiering.post(PROVINCE_OFFICER, "/reviews", {"year": year}), 201)
    done = expect(await tiering.post(PROVINCE, f"/reviews/{review['id']}/publish"), 200)
    tiering.set_clock(LATER)
    return dict(done)


async def filed_late(tiering: ServiceUnderTest, customer: Planted, **months: str) -> None:
    """Post months of 2025 that were missing or wrong, each by its abbreviated name (`nov="1.00"`)."""
    names = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    fees = {f"2025-{names.index(name) + 1:02d}": revenue for name, revenue in months.items()}
    await posted(tiering, {customer.code: fees})


async def table_corrected(
    tiering: ServiceUnderTest, wuhan: Mapping[str, int], recorded: str = LATER, in_force: str = "2009-01-01"
) -> None:
    """Publish the table once more, in force from the same day as the one it corrects."""
    value = {"wuhan": wuhan, "prefecture": PREFECTURE, "county": COUNTY}
    wording = {"act": "hubei", "article": "7(2)", "assumption": False, "until": None, "value": value}
    await tiering.rows(
        """INSERT INTO rule_wording (rule, in_force, recorded, wording, version)
           VALUES ('hubei.tier-thresholds', $2::text::date, $3::text::timestamptz, $1::jsonb, 1) RETURNING 1""",
        json.dumps(wording),
        in_force,
        recorded,
    )
    await tiering.runtime.directory.refresh()


async def correction_proposed(
    tiering: ServiceUnderTest, review: Mapping[str, Any], by: Person = PROVINCE_OFFICER
) -> dict[str, Any]:
    """Make the dry run."""
    answer = await tiering.post(by, f"/reviews/{review['id']}/corrections", {"reason": REASON})
    return dict(expect(answer, 201))


async def correction_approved(
    tiering: ServiceUnderTest, correction: Mapping[str, Any], by: Person = PROVINCE
) -> dict[str, Any]:
    """Let it hold."""
    return dict(expect(await tiering.post(by, f"/corrections/{correction['id']}/approve"), 200))


async def corrected_lines(
    tiering: ServiceUnderTest, correction: Mapping[str, Any], **filters: Any
) -> dict[str, dict[str, Any]]:
    """Give the lines of a correction by the customer's code."""
    answer = await tiering.get(PROVINCE, f"/corrections/{correction['id']}/lines", **filters)
    return {line["customer_code"]: line for line in expect(answer, 200)["items"]}


async def class_of(tiering: ServiceUnderTest, customer: Planted, **on: str) -> dict[str, Any]:
    """Give the class of a customer, on a day or as known at a time."""
    return dict(expect(await tiering.get(PROVINCE, f"/tiers/{customer.code}", **on), 200))


def moves(lines: Mapping[str, Mapping[str, Any]], customers: Sequence[Planted]) -> list[tuple[Any, Any]]:
    """Give the class before and after of each customer."""
    return [
        (lines[one.code]["before"]["class"], lines[one.code]["after"]["class"])
        for one in customers
        if one.code in lines
    ]
