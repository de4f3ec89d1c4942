"""A correction of a published review: complete explanations before and after, and the classes that a fresh review gives."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from support.class_checker import recomputed
from support.drawn_customers import ADOPTED, drawn_mass, total
from support.instance import Databases
from support.reviewed import LINE, LINES_A_PAGE, MONTHS, Line, Subject, adopted, on_record, proposed_lines
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect, running_service
from support.tiering import Planted

Reviewed = Callable[[Sequence[Subject]], Awaitable[Mapping[str, Line]]]
CUSTOMERS = 120
MONTH = MONTHS[6]
EVERY = 4
"""One in so many of the customers gets other figures after the publication."""


def some() -> list[Subject]:
    """The first of the drawn customers, under names of their own; each has a figure in the month that is corrected."""
    return [
        replace(one, planted=Planted(), fees={MONTH: "1.00", **one.fees}) for one in drawn_mass()[:CUSTOMERS]
    ]


async def corrected_usage(tiering: ServiceUnderTest, fees: Mapping[str, Decimal]) -> None:
    """Correct a month's figures of customers."""
    rows = [
        {"customer": code, "line": LINE, "revenue": str(revenue), "pieces": 1, "weight_kg": "1"}
        for code, revenue in fees.items()
    ]
    body = {"month": MONTH, "reason": "inaccuracy", "rows": rows}
    expect(await tiering.post(PROVINCE, "/usage/corrections", body), 201)


async def all_lines(tiering: ServiceUnderTest, correction_id: str) -> dict[str, Any]:
    path = f"/corrections/{correction_id}/lines"
    found = expect(await tiering.get(PROVINCE, path, limit=LINES_A_PAGE), 200)
    assert found["next_cursor"] is None
    return {line["customer_code"]: line for line in found["items"]}


async def test_corrected_classes_are_explained_and_are_those_of_a_fresh_review(
    tiering_databases: Databases, reviewed_apart: Reviewed
) -> None:
    """Before is what was published, after follows from its own reasons; whoever is not in it would be rated as published."""
    random = Random(3)
    before = some()
    after = [
        replace(one, fees={**one.fees, MONTH: total(random, one.org_id)}) if number % EVERY == 0 else one
        for number, one in enumerate(before)
    ]
    async with running_service("tiering", tiering_databases("tiering")) as tiering:
        await adopted(tiering, ADOPTED)
        await on_record(tiering, before)
        published = await proposed_lines(tiering)
        [review] = expect(await tiering.get(PROVINCE, "/reviews", year=2025), 200)["items"]
        path = f"/reviews/{review['id']}"
        expect(await tiering.post(PROVINCE, f"{path}/publish"), 200)
        await corrected_usage(tiering, {one.planted.code: Decimal(one.fees[MONTH]) for one in after[::EVERY]})
        asked = await tiering.post(PROVINCE_OFFICER, f"{path}/corrections", {"reason": "核对量收系统后更正"})
        corrected = await all_lines(tiering, expect(asked, 201)["id"])
    fresh = await reviewed_apart(after)
    for code, line in corrected.items():
        now = recomputed(line["after"]["because"])
        assert line["before"]["because"] == published[code]["because"]
        assert (now.class_, now.tier, now.unused) == (line["after"]["class"], line["after"]["tier"], ())
    given = {code: line["class"] for code, line in published.items()}
    given |= {code: line["after"]["class"] for code, line in corrected.items()}
    assert given == {code: line["class"] for code, line in fresh.items()}
    assert {code for code in fresh if fresh[code]["class"] != published[code]["class"]} <= corrected.keys()
    assert any(line["moved"] for line in corrected.values())
