"""What-ifs: who would move under drafts of the law, from what to what, with what revenue (hubei art. 3, 7)."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from support.instance import Databases
from support.service import PROVINCE_OFFICER, ServiceUnderTest, expect, running_service
from support.what_ifs import (
    PRESENT,
    Resident,
    Table,
    class_of,
    drafted,
    movers_of,
    moves,
    on_bounds,
    settle,
    tried,
)

# Wuhan's class 2 from 350,000 instead of 300,000; a county's class 3 from 25,000 instead of 30,000.
MOVED: Table = {
    "wuhan": {**PRESENT["wuhan"], "2": 350_000},
    "prefecture": PRESENT["prefecture"],
    "county": {**PRESENT["county"], "3": 25_000},
}
# Everybody needs twice as much.
DOUBLED: Table = {
    place: {tier: low + low for tier, low in column.items()} for place, column in PRESENT.items()
}
PEOPLE = on_bounds(PRESENT, MOVED, DOUBLED)


@pytest_asyncio.fixture(scope="module")
async def province(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A province with customers on and beside every bound; nobody has an agreement or arrears."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        await settle(running, PEOPLE)
        yield running


def expected(
    before: Table, after: Table, people: list[Resident] = PEOPLE
) -> dict[str, tuple[int | None, int | None]]:
    found = {one.planted.code: (class_of(one, before), class_of(one, after)) for one in people}
    return {code: pair for code, pair in found.items() if pair[0] != pair[1]}


@pytest.mark.parametrize("table", [MOVED, DOUBLED])
async def test_a_changed_bound_moves_exactly_whom_the_table_says(
    province: ServiceUnderTest, table: Table
) -> None:
    made = await tried(province, drafted("tier-thresholds", table))
    movers = await movers_of(province, made)
    assert moves(movers) == expected(PRESENT, table)
    for code, mover in movers.items():
        fees = next(one.fees for one in PEOPLE if one.planted.code == code)
        assert (mover["kind"], mover["revenue"], mover["why"]["turns_on"]) == (
            "what-if",
            f"{fees:.2f}",
            "table" if mover["to"]["eligible"] else "key-account",
        )


async def test_flows_count_every_customer_once_and_add_up_to_the_cent(province: ServiceUnderTest) -> None:
    made = await tried(province, drafted("tier-thresholds", DOUBLED))
    flows: dict[tuple[int | None, int | None], tuple[int, Decimal]] = {}
    for one in PEOPLE:
        way = class_of(one, PRESENT), class_of(one, DOUBLED)
        customers, revenue = flows.get(way, (0, Decimal(0)))
        flows[way] = customers + 1, revenue + one.fees
    told = {
        (flow["from"], flow["to"]): (flow["customers"], Decimal(flow["revenue"])) for flow in made["flows"]
    }
    assert told == flows
    assert len(told) == len(made["flows"])
    assert made["customers"] == len(PEOPLE)
    assert Decimal(made["revenue"]) == sum(one.fees for one in PEOPLE)
    moved = [one for one in PEOPLE if class_of(one, PRESENT) != class_of(one, DOUBLED)]
    assert (made["moved"], Decimal(made["revenue_affected"])) == (len(moved), sum(one.fees for one in moved))
    assert sum(way["customers"] for way in made["directions"].values()) == made["moved"]
    assert sum(Decimal(way["revenue"]) for way in made["directions"].values()) == Decimal(
        made["revenue_affected"]
    )
    for name in ("customers", "moved"):
        assert sum(unit[name] for unit in made["units"]) == made[name]
    assert [unit["org_id"] for unit in made["units"]] == ["420100", "420500"]


async def test_up_down_in_and_out_are_told_apart(province: ServiceUnderTest) -> None:
    lower = {place: {**column, "4": 9_000} for place, column in PRESENT.items()}
    people = [Resident("wuhan", Decimal("9500.00"))]
    await settle(province, people)
    try:
        drafts = [drafted("tier-thresholds", lower), drafted("key-account", [{"yearly_fees": 9_000}])]
        joined = await tried(province, *drafts)
        assert (await movers_of(province, joined))[people[0].planted.code]["direction"] == "in"
    finally:
        await province.rows(
            "DELETE FROM usage WHERE customer_id = $1 RETURNING 1", people[0].planted.customer_id
        )
        await province.rows(
            "DELETE FROM customer WHERE customer_id = $1 RETURNING 1", people[0].planted.customer_id
        )
    stricter = await tried(province, drafted("tier-thresholds", DOUBLED))
    ways = {code: one["direction"] for code, one in (await movers_of(province, stricter)).items()}
    for code, (before, after) in expected(PRESENT, DOUBLED).items():
        assert before is not None
        assert ways[code] == ("out" if after is None else "down"), (before, after)
    assert "up" in {
        one["direction"]
        for one in (
            await movers_of(province, await tried(province, drafted("tier-thresholds", MOVED)))
        ).values()
    }


async def test_a_move_is_explained_by_both_laws_and_the_draft_is_marked_as_one(
    province: ServiceUnderTest,
) -> None:
    made = await tried(province, drafted("tier-thresholds", MOVED, in_force="2027-01-01"))
    (someone,) = [one for one in PEOPLE if one.place == "wuhan" and one.fees == Decimal("349999.99")]
    path = f"/what-ifs/{made['id']}/movers/{someone.planted.code}"
    mover = expect(await province.get(PROVINCE_OFFICER, path), 200)
    before, after = (
        {reason["rule"]: reason for reason in mover[side]["because"]["reasons"]} for side in ("from", "to")
    )
    old, new = before["hubei.tier-thresholds"], after["hubei.tier-thresholds"]
    assert (old["article"], old["in_force"], old["assumption"]) == ("7(2)", "2009-01-01", False)
    assert (new["article"], new["in_force"], new["assumption"]) == ("草案", "2027-01-01", True)
    for reason, cls in ((old, 2), (new, 3)):
        fees = Decimal(reason["inputs"]["yearly_fees"])
        column = reason["value"][reason["inputs"]["place"]]
        assert min(int(tier) for tier, low in column.items() if fees >= Decimal(low)) == cls
    assert (mover["from"]["class"], mover["to"]["class"], mover["drafted"]) == (
        2,
        3,
        ["hubei.tier-thresholds"],
    )
    assert mover["from"]["because"]["text"]["zh"] != mover["to"]["because"]["text"]["zh"]
    assert "草案" in mover["to"]["because"]["text"]["zh"]
    assert sum(Decimal(fees) for fees in mover["months"].values()) == someone.fees
    stays = next(one for one in PEOPLE if class_of(one, PRESENT) == class_of(one, MOVED))
    expect(await province.get(PROVINCE_OFFICER, f"/what-ifs/{made['id']}/movers/{stays.planted.code}"), 404)


async def test_the_draft_is_set_beside_what_it_changes_and_the_law_is_kept(
    province: ServiceUnderTest,
) -> None:
    made = await tried(province, drafted("tier-thresholds", MOVED))
    (change,) = made["changes"]
    assert (change["rule"], change["level"]) == ("hubei.tier-thresholds", "420000")
    assert [(one["pointer"], one["old"], one["new"]) for one in change["differences"]] == [
        ("/wuhan/2", "300000", "350000"),
        ("/county/3", "30000", "25000"),
    ]
    assert made["drafts"] == [
        {"topic": "tier-thresholds", "org_id": "420000", "in_force": None, "value": dict(MOVED)}
    ]
    kept = [
        one["thresholds"]["value"]["wuhan"]["2"]
        for side in ("base", "draft")
        for one in made["law"][side].values()
    ]
    assert kept == ["300000", "350000"]
    assert (made["kind"], made["law_of"], made["as_of"]) == ("what-if", "2026-01-01", "2026-03-02")
    assert made["base"] == {"id": None, "name": "present law"}
    assert made == expect(await province.get(PROVINCE_OFFICER, f"/what-ifs/{made['id']}"), 200)


async def test_a_city_of_its_own_is_covered_alone_and_its_draft_moves_nobody_elsewhere(
    province: ServiceUnderTest,
) -> None:
    yichang = [one for one in PEOPLE if one.place != "wuhan"]
    covered = await tried(province, drafted("tier-thresholds", DOUBLED), org_id="420500")
    assert (covered["customers"], covered["org_id"], covered["center_org_id"]) == (
        len(yichang),
        "420500",
        "420000",
    )
    assert moves(await movers_of(province, covered)) == expected(PRESENT, DOUBLED, yichang)
    assert [unit["org_id"] for unit in covered["units"]] == ["420506", "420525"]
    local = await tried(province, drafted("tier-thresholds", DOUBLED, org_id="420525"))
    yuanan = [one for one in PEOPLE if one.place == "county"]
    assert local["customers"] == len(PEOPLE)
    movers = await movers_of(province, local)
    assert moves(movers) == expected(PRESENT, DOUBLED, yuanan)
    reasons = expect(
        await province.get(PROVINCE_OFFICER, f"/what-ifs/{local['id']}/movers/{next(iter(movers))}"), 200
    )["to"]["because"]["reasons"]
    table = next(reason for reason in reasons if reason["rule"] == "hubei.tier-thresholds")
    assert (table["level"], table["replaced"]) == ("420525", "hubei.tier-thresholds@420000")


async def test_a_draft_goes_on_from_another_what_if(province: ServiceUnderTest) -> None:
    first = await tried(province, drafted("tier-thresholds", MOVED))
    second = await tried(province, drafted("tier-thresholds", DOUBLED), base=first["id"])
    assert moves(await movers_of(province, second)) == expected(MOVED, DOUBLED)
    assert second["base"] == {"id": first["id"], "name": first["name"]}
    assert [one["drafts"][0]["value"] for one in second["inherited"]] == [dict(MOVED)]
    both = await tried(province, drafted("tier-by-rank", {"gives": 3}), base=first["id"])
    assert (both["moved"], both["customers"]) == (0, len(PEOPLE))
    expect(
        await province.http.delete(f"/v1/what-ifs/{first['id']}", headers=province.headers(PROVINCE_OFFICER)),
        200,
    )
    assert (
        expect(await province.get(PROVINCE_OFFICER, f"/what-ifs/{second['id']}"), 200)["base"]["name"]
        == first["name"]
    )
