"""What a person decided, what was published and what was told of it are explained as completely as what was proposed."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.class_checker import recomputed
from support.instance import Databases
from support.merged import merged_fact
from support.reviewed import Line, Subject, adopted, on_record, proposed_lines
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect, running_service

XXX = "420107"


@pytest.fixture
def subjects() -> dict[str, Subject]:
    return {
        "as proposed": Subject({"2025-03": "300000.00"}),
        "one up": Subject({"2025-03": "100000.00"}),
        "one down": Subject({"2025-03": "500000.00", "2025-04": "0.01"}),
        "arrears forgiven": Subject({"2025-03": "500000.00"}, oldest_due_on="2025-12-01"),
        "by level": Subject(importance="important", level="city"),
        "gold": Subject({"2025-03": "500000.00"}, XXX, agreement=True),
        "no class": Subject({"2025-03": "9999.99"}),
    }


DECIDED = {"one up": 2, "one down": 2, "arrears forgiven": 1, "by level": 2, "gold": 1, "no class": 4}
TIERS = {"gold": "platinum"}


@pytest_asyncio.fixture
async def tiering_apart(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering on a database of its own."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        await adopted(running, {XXX: ["xxx-city-daily"]})
        yield running


async def overridden(tiering: ServiceUnderTest, line: Line, review_id: str, cls: int) -> Line:
    body = {"class": cls, "reason": "潜力大，结算及时"}
    path = f"/reviews/{review_id}/lines/{line['customer_code']}"
    return dict(expect(await tiering.post(PROVINCE_OFFICER, path, body), 200))


async def test_another_class_follows_from_its_explanation_and_is_published_with_it(
    tiering_apart: ServiceUnderTest, subjects: dict[str, Subject]
) -> None:
    """Review, override, publication: line, class on record and event carry the same explanation, complete."""
    await on_record(tiering_apart, subjects.values())
    lines = await proposed_lines(tiering_apart)
    [review] = expect(await tiering_apart.get(PROVINCE, "/reviews", year=2025), 200)["items"]
    for name, cls in DECIDED.items():
        code = subjects[name].planted.code
        suggested = recomputed(lines[code]["because"])
        lines[code] = await overridden(tiering_apart, lines[code], review["id"], cls)
        found = recomputed(lines[code]["because"])
        assert (found.class_, found.tier) == (cls, TIERS.get(name, str(cls)))
        assert (found.eligible, found.table_class) == (suggested.eligible, suggested.table_class)
        assert found.unused == ()
    expect(await tiering_apart.post(PROVINCE, f"/reviews/{review['id']}/publish"), 200)
    for name, one in subjects.items():
        line = lines[one.planted.code]
        shown = expect(await tiering_apart.get(PROVINCE, f"/tiers/{one.planted.code}"), 200)
        assert shown["because"] == line["because"], name
        assert (shown["class"], shown["tier"]) == (line["class"], line["tier"])
        [told] = await tiering_apart.events(f"tier:{one.planted.customer_id}")
        assert told["payload"]["because"] == line["because"], name
        found = recomputed(told["payload"]["because"])
        assert (found.class_, found.tier) == (told["payload"]["class"], told["payload"]["tier"])


async def test_the_fees_of_a_merged_customer_stand_in_the_explanation_of_its_survivor(
    tiering_apart: ServiceUnderTest,
) -> None:
    """Months of both are added up before they are named, so that the class follows from them as from any others."""
    survivor = Subject({"2025-03": "60000.00", "2025-05": "0.01"})
    merged = Subject({"2025-03": "0.02", "2025-09 ceremonial": "39999.97"})
    await on_record(tiering_apart, [survivor, merged])
    await tiering_apart.hear(merged_fact(merged.planted.customer_id, survivor.planted.customer_id))
    lines = await proposed_lines(tiering_apart)
    assert lines.keys() == {survivor.planted.code}
    found = recomputed(lines[survivor.planted.code]["because"])
    assert (found.table_class, found.unused) == (3, ())
    months = lines[survivor.planted.code]["because"]["reasons"][0]["inputs"]["fees_by_month"]
    assert {month: fees for month, fees in months.items() if fees != "0.00"} == {
        "2025-03": "60000.02",
        "2025-05": "0.01",
        "2025-09": "39999.97",
    }
