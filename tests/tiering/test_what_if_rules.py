"""What-ifs over the other rules that a class rests on: adoption, ranks, importance, arrears (hubei 3, 7; xxx-city-daily)."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest_asyncio

from support.instance import Databases
from support.merged import merged_fact
from support.service import PROVINCE_OFFICER, ServiceUnderTest, expect, running_service
from support.tiering import owing, signed, used
from support.what_ifs import PRESENT, Resident, drafted, movers_of, moves, settle, tried

WAN = 10_000


def resident(place: str, fees: str, **facts: Any) -> Resident:
    return Resident(place, Decimal(fees), facts)


# Yichang's own: below, on and above the bounds of xxx-city-daily, all with hubei's classes of a prefecture city today.
GOLD, PLATINUM, BELOW = (resident("prefecture", fees) for fees in ("500000.00", "1000000.00", "9999.99"))
VIP = resident("prefecture", "499999.99")
# A bureau of Wuhan where nobody reaches 10,000 yuan and everybody has an agreement: 4th, two 5th, 7th.
RANKED = [
    resident("wuhan", fees, org_id="420107")
    for fees in ("9000", "8000", "7000", "6000", "5000", "5000", "4000")
]
PARTY = resident("wuhan", "20000.00", importance="important", importance_level="city")
LATE = resident("wuhan", "150000.00")
# Three files of one firm: the first survives.
FIRM, *JOINED = [
    resident("wuhan", fees, org_id="420100-S01") for fees in ("150000.00", "100000.00", "60000.00")
]
PEOPLE = [GOLD, PLATINUM, BELOW, VIP, *RANKED, PARTY, LATE, FIRM]


@pytest_asyncio.fixture(scope="module")
async def province(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A province of few customers; one owes since 1 December 2025, 91 days on the day of the tests."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        await settle(running, [*PEOPLE, *JOINED])
        for number, one in enumerate([FIRM, *JOINED], 1):
            await used(running, one.planted, "2024-03", f"{number}.00")
        merged = [merged_fact(one.planted.customer_id, FIRM.planted.customer_id) for one in JOINED]
        await running.hear(*merged)
        await running.hear(*(signed(one.planted) for one in RANKED), owing(LATE.planted, "2025-12-01"))
        yield running


def code(one: Resident) -> str:
    return one.planted.code


async def test_a_city_that_would_adopt_another_pack_changes_classes_and_names_of_its_own_alone(
    province: ServiceUnderTest,
) -> None:
    made = await tried(province, adoptions=[{"org_id": "420500", "pack": "xxx-city-daily"}])
    movers = await movers_of(province, made)
    told = [
        (movers[code(one)]["direction"], movers[code(one)]["to"]["tier"]) for one in (GOLD, PLATINUM, VIP)
    ]
    assert told == [("down", "gold"), ("renamed", "platinum"), ("down", "vip")]
    assert moves(movers) == {code(GOLD): (1, 2), code(PLATINUM): (1, 1), code(VIP): (1, 3)}
    assert movers[code(PLATINUM)]["why"]["turns_on"] == "scheme"
    assert made["directions"]["renamed"] == {"customers": 1, "revenue": "1000000.00"}
    assert made["adoptions"] == [{"org_id": "420500", "pack": "xxx-city-daily", "topics": None}]
    back = await tried(province, base=made["id"], endings=[{"org_id": "420500", "pack": "xxx-city-daily"}])
    assert moves(await movers_of(province, back)) == {
        code(GOLD): (2, 1),
        code(PLATINUM): (1, 1),
        code(VIP): (3, 1),
    }


async def test_a_narrower_rank_leaves_out_whoever_was_within_the_wider_ties_included(
    province: ServiceUnderTest,
) -> None:
    fewer = [{"yearly_fees": WAN}, {"agreement": True, "rank_in_bureau": 4}]
    made = await tried(province, drafted("key-account", fewer))
    movers = await movers_of(province, made)
    assert moves(movers) == {code(one): (4, None) for one in RANKED[4:6]}
    assert {one["direction"] for one in movers.values()} == {"out"}
    assert {one["why"]["turns_on"] for one in movers.values()} == {"key-account"}
    assert [movers[code(one)]["from"]["rank"] for one in RANKED[4:6]] == [5, 5]
    assert made["key_accounts"]["from"] - made["key_accounts"]["to"] == len(movers)
    strict = await tried(province, drafted("key-account-ties", {"all_count": False}))
    assert moves(await movers_of(province, strict)) == {code(one): (4, None) for one in RANKED[4:6]}


async def test_a_team_is_ranked_among_its_whole_bureau_also_when_it_alone_is_covered(
    province: ServiceUnderTest,
) -> None:
    wider = [{"yearly_fees": WAN}, {"agreement": True, "rank_in_bureau": 7}]
    made = await tried(province, drafted("key-account", wider), org_id="420107")
    assert made["customers"] == len(RANKED)
    assert moves(await movers_of(province, made)) == {code(RANKED[6]): (None, 4)}
    elsewhere = await tried(province, drafted("key-account", wider), org_id="420106-T01")
    assert (elsewhere["customers"], elsewhere["moved"]) == (2, 0)


async def test_importance_and_arrears_are_tried_like_the_table(province: ServiceUnderTest) -> None:
    levels = {"network-hq": 1, "province": 2, "city": 2, "county": 4}
    made = await tried(province, drafted("tier-by-importance", levels))
    assert moves(await movers_of(province, made)) == {code(PARTY): (3, 2)}
    worse = await tried(province, drafted("tier-conflict", {"takes": "worse"}))
    assert moves(await movers_of(province, worse)) == {code(PARTY): (3, 4)}
    patient = {"overdue_more_than": {"days": 91, "basis": "calendar"}, "classes_down": 1}
    made = await tried(province, drafted("review-adjustment", patient))
    movers = await movers_of(province, made)
    assert moves(movers) == {code(LATE): (4, 3)}
    assert (movers[code(LATE)]["why"]["turns_on"], movers[code(LATE)]["overdue_days"]) == ("arrears", 91)
    mover = expect(await province.get(PROVINCE_OFFICER, f"/what-ifs/{made['id']}/movers/{code(LATE)}"), 200)
    assert mover["drafted"] == ["hubei.review-adjustment"]


async def test_a_city_with_a_pack_of_its_own_is_not_moved_by_the_provinces_draft(
    province: ServiceUnderTest,
) -> None:
    own = await tried(province, adoptions=[{"org_id": "420500", "pack": "xxx-city-daily"}])
    higher = {**PRESENT, "prefecture": {**PRESENT["prefecture"], "1": 2_000_000}}
    made = await tried(province, drafted("tier-thresholds", higher), base=own["id"])
    assert (made["moved"], made["customers"]) == (0, len(PEOPLE))
    direct = await tried(province, drafted("tier-thresholds", higher))
    assert moves(await movers_of(province, direct)) == {code(one): (1, 2) for one in (GOLD, PLATINUM, VIP)}


async def test_a_topic_that_is_not_in_force_yet_can_be_drafted(province: ServiceUnderTest) -> None:
    made = await tried(province, drafted("tier-beyond", {"above": "best-tier", "below": "least-tier"}))
    (change,) = made["changes"]
    assert (change["rule"], change["level"]) == (None, None)
    movers = await movers_of(province, made)
    assert moves(movers) == {}
    found = [one["beyond"]["rule"] for one in made["law"]["draft"].values()]
    assert found == ["hubei.tier-beyond"]


async def test_what_was_filed_under_merged_customers_counts_for_the_survivor_month_by_month(
    province: ServiceUnderTest,
) -> None:
    higher = {**PRESENT, "wuhan": {**PRESENT["wuhan"], "2": 310_001}}
    made = await tried(province, drafted("tier-thresholds", higher))
    assert moves(await movers_of(province, made)) == {code(FIRM): (2, 3)}
    mover = expect(await province.get(PROVINCE_OFFICER, f"/what-ifs/{made['id']}/movers/{code(FIRM)}"), 200)
    assert (mover["revenue"], mover["prior_revenue"]) == ("310000.00", "6.00")
    assert (mover["months"]["2025-05"], mover["months"]["2025-12"]) == ("0.03", "309999.97")
    assert set(mover["months"].values()) == {"0.00", "0.03", "309999.97"}
    nobody = await tried(
        province, drafted("tier-thresholds", {**higher, "wuhan": {**higher["wuhan"], "2": 309_999}})
    )
    assert nobody["moved"] == 0
