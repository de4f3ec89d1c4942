"""Which wordings a correction lists in a province whose cities adopt different acts: those that changed, and no others."""

from typing import Any

from support.corrections import (
    WUHAN,
    corrected_lines,
    correction_approved,
    correction_proposed,
    filed_late,
    review_published,
    table_corrected,
)
from support.reviewed import adopted
from support.service import ServiceUnderTest
from support.tiering import Planted, planted

ADOPTED = {"420500": ["xxx-city-daily"], "420525": ["dezhou-ems"], "420506": ["hubei"]}
FEES = {"2025-03": "60000.00"}
UNITS = ("420106-T01", "420525", "420506")


async def one_each(tiering: ServiceUnderTest) -> list[Planted]:
    """Let each unit have a customer: of hubei's scheme from the province, of dezhou-ems, of hubei's from the bureau."""
    return [
        await planted(tiering, org_id=unit, division=unit[:6], place_class="prefecture") for unit in UNITS
    ]


def ruled(wordings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Give the rule before and after of each wording, with the organisation whose adoption won."""
    return sorted((_place(one["from"]), _place(one["to"])) for one in wordings)


def _place(worded: dict[str, Any] | None) -> str:
    """Name what is not in force by nothing."""
    return f"{worded['rule']}@{worded['level']}" if worded else ""


async def test_a_corrected_month_alone_lists_no_wording(fresh: ServiceUnderTest) -> None:
    await adopted(fresh, ADOPTED)
    customers = await one_each(fresh)
    review = await review_published(fresh, dict.fromkeys(customers, FEES))
    await filed_late(fresh, customers[1], jun="1.00")
    correction = await correction_proposed(fresh, review)
    assert (correction["customers"], correction["wordings"]) == (1, [])


async def test_a_corrected_table_is_listed_once_and_only_where_it_held_and_holds(
    fresh: ServiceUnderTest,
) -> None:
    await adopted(fresh, ADOPTED)
    customers = await one_each(fresh)
    review = await review_published(fresh, dict.fromkeys(customers, FEES))
    await filed_late(fresh, customers[1], jun="1.00")
    await table_corrected(fresh, {**WUHAN, "3": 120_000})
    correction = await correction_proposed(fresh, review)
    rule = "hubei.tier-thresholds"
    # The same wording, adopted by the province and by the bureau.
    assert ruled(correction["wordings"]) == [(f"{rule}@{at}", f"{rule}@{at}") for at in ("420000", "420506")]
    for one in correction["wordings"]:
        assert [one[side]["value"]["wuhan"]["3"] for side in ("from", "to")] == ["100000", "120000"]
    # dezhou-ems says what it said.
    line = (await corrected_lines(fresh, correction))[customers[1].code]
    assert [one["what"] for one in line["why"]] == ["figure", "figure"]


async def test_a_city_that_adopts_another_act_is_told_of_from_its_own_law_to_its_own(
    fresh: ServiceUnderTest,
) -> None:
    customers = await one_each(fresh)
    review = await review_published(fresh, dict.fromkeys(customers, FEES))
    await adopted(fresh, {"420525": ["xxx-city-daily"]})
    correction = await correction_proposed(fresh, review)
    told = ruled(correction["wordings"])
    assert ("hubei.tier-thresholds@420000", "xxx-city-daily.tier-thresholds@420525") in told
    assert {before.rpartition("@")[2] for before, _ in told} <= {"420000", ""}
    assert {after.rpartition("@")[2] for _, after in told} <= {"420525", ""}
    # Once approved, the law that it put is what the next correction begins with.
    await correction_approved(fresh, correction)
    await filed_late(fresh, customers[0], jun="1.00")
    assert (await correction_proposed(fresh, review))["wordings"] == []
