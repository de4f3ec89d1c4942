"""Liability after the payment: shares of the links, one appeal, and the ledger between units (hubei 21(6), platform)."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from support.claims import Json, clocks, paid
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    MORNING,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)

OTHER_FINANCE = Person("420100", "finance", "另一会计")
FAR_FINANCE = Person("420500", "finance", "宜昌会计")
HALVES = [
    {"link": "transport", "org_id": "420500", "share": "0.5"},
    {"link": "delivery", "org_id": "420106", "share": "0.50"},
]


async def act(
    desk: ServiceUnderTest, person: Person, claim: Json, step: str, version: int, **body: Any
) -> httpx.Response:
    path = f"/compensations/{claim['case_no']}/{step}"
    return await desk.post(person, path, {"reason": "查实", **body}, version=version)


async def liability(desk: ServiceUnderTest, claim: Json, person: Person = OFFICER) -> Json:
    answer: Json = expect(await desk.get(person, f"/compensations/{claim['case_no']}/liability"), 200)
    return answer


async def assigned(desk: ServiceUnderTest, amount: str, shares: list[Json] | None = None) -> Json:
    claim = await paid(desk, amount)
    expect(await act(desk, OFFICER, claim, "assign-liability", 0, shares=shares or HALVES), 200)
    return claim


async def balance(
    desk: ServiceUnderTest, person: Person, org_id: str, counterparty: str, period: str = "2026-03"
) -> Decimal:
    answer = expect(await desk.get(person, "/settlements/balances", period=period, org_id=org_id), 200)
    found = [one["closing"] for one in answer["items"] if one["counterparty"] == counterparty]
    return Decimal(found[0]) if found else Decimal(0)


async def test_paying_does_not_wait_for_liability_which_is_pending_from_then_on(
    desk: ServiceUnderTest,
) -> None:
    claim = await paid(desk, "100")
    assert claim["liability"]["state"] == "pending"
    clock = (await clocks(desk, claim))["liability-assign"]
    # Fifteen days from the payment on 2 March, that day left out.
    assert (clock["state"], clock["due_on"], clock["holder"]["org_id"]) == ("running", "2026-03-17", "420100")
    assert (await act(desk, FINANCE, claim, "settle", 0)).json()["code"] == "out-of-turn"


async def test_shares_are_charged_by_link_and_unit_and_told_without_amounts(desk: ServiceUnderTest) -> None:
    claim = await assigned(desk, "100.01")
    shown = await liability(desk, claim)
    assert (shown["state"], shown["appeal_until"]) == ("assigned", "2026-03-10T00:00:00+08:00")
    assert [(one["link"], one["org_id"], one["share"], one["amount"]) for one in shown["shares"]] == [
        ("delivery", "420106", "0.5", "50.00"),
        ("transport", "420500", "0.5", "50.01"),
    ]
    (event,) = await desk.events(f"liability:{claim['id']}")
    assert event["type"] == "service-desk.liability.assigned.v1"
    assert {(one["link"], one["share"]) for one in event["payload"]["shares"]} == {
        ("transport", "0.5"),
        ("delivery", "0.5"),
    }
    assert "100.01" not in str(event["payload"]) and "查实" not in str(event["payload"])
    assert (await clocks(desk, claim))["liability-assign"]["state"] == "met"


@pytest.mark.parametrize(
    ("at", "state"), [("2026-03-17T23:59:50+08:00", "met"), ("2026-03-18T00:00:01+08:00", "met-late")]
)
async def test_liability_is_assigned_in_time_on_the_fifteenth_day(
    desk: ServiceUnderTest, at: str, state: str
) -> None:
    claim = await paid(desk, "10")
    desk.set_clock(at)
    try:
        expect(await act(desk, OFFICER, claim, "assign-liability", 0, shares=HALVES), 200)
    finally:
        desk.set_clock(MORNING)
    assert (await clocks(desk, claim))["liability-assign"]["state"] == state


@pytest.mark.parametrize(
    ("shares", "pointer"),
    [
        (("0.333333", "0.333333", "0.333333"), "/shares"),
        (("0.333334", "0.333333", "0.333334"), "/shares"),
        (("0.5", "0.5", "0"), "/shares/2/share"),
        (("1.5", "0.2", "0.3"), "/shares/0/share"),
        (("0.3333333", "0.3333333", "0.3333334"), "/shares/0/share"),
    ],
)
async def test_shares_that_are_not_exactly_one_are_refused(
    desk: ServiceUnderTest, shares: tuple[str, ...], pointer: str
) -> None:
    claim = await paid(desk, "100")
    asked = [
        {"link": link, "org_id": "420106", "share": share}
        for link, share in zip(("pick-up", "processing", "delivery"), shares, strict=True)
    ]
    answer = await act(desk, OFFICER, claim, "assign-liability", 0, shares=asked)
    assert answer.status_code == 422 and pointer in answer.text
    assert (await liability(desk, claim))["state"] == "pending"


async def test_thirds_sum_to_the_money_to_the_fen(desk: ServiceUnderTest) -> None:
    thirds = [
        {"link": "pick-up", "org_id": "420106", "share": "0.333333"},
        {"link": "processing", "org_id": "420107", "share": "0.333333"},
        {"link": "delivery", "org_id": "420500", "share": "0.333334"},
    ]
    claim = await assigned(desk, "100.00", thirds)
    amounts = {one["org_id"]: one["amount"] for one in (await liability(desk, claim))["shares"]}
    assert amounts == {"420106": "33.33", "420107": "33.33", "420500": "33.34"}


async def test_a_unit_named_twice_for_a_link_or_unknown_is_refused(desk: ServiceUnderTest) -> None:
    claim = await paid(desk, "100")
    twice = await act(desk, OFFICER, claim, "assign-liability", 0, shares=[HALVES[0], HALVES[0]])
    nobody = await act(
        desk, OFFICER, claim, "assign-liability", 0, shares=[HALVES[0], {**HALVES[1], "org_id": "999999"}]
    )
    assert (twice.status_code, twice.json()["pointer"]) == (422, "/shares/1")
    assert (nobody.status_code, nobody.json()["pointer"]) == (422, "/shares/1/org_id")


async def test_a_charged_unit_elsewhere_sees_its_own_share_and_nothing_of_the_file(
    desk: ServiceUnderTest,
) -> None:
    claim = await paid(desk, "60")
    path = f"/compensations/{claim['case_no']}"
    assert (await desk.get(FAR_OFFICER, f"{path}/liability")).status_code == 404
    expect(await act(desk, OFFICER, claim, "assign-liability", 0, shares=HALVES), 200)
    theirs = await liability(desk, claim, FAR_OFFICER)
    assert [(one["org_id"], one["amount"]) for one in theirs["shares"]] == [("420500", "30.00")]
    assert (await desk.get(FAR_OFFICER, path)).status_code == 404


async def test_of_the_steps_a_charged_unit_reads_the_common_ones_and_its_own_appeal(
    desk: ServiceUnderTest,
) -> None:
    thirds = [
        {"link": "pick-up", "org_id": "420106", "share": "0.3"},
        {"link": "processing", "org_id": "420107", "share": "0.3"},
        {"link": "transport", "org_id": "420500", "share": "0.4"},
    ]
    claim = await assigned(desk, "90", thirds)
    expect(await act(desk, FAR_OFFICER, claim, "appeal-liability", 1, reason="宜昌无责"), 200)
    expect(await act(desk, HEAD, claim, "appeal-liability", 2, reason="武昌无责"), 200)
    expect(await act(desk, PROVINCE_OFFICER, claim, "decide-appeal", 3), 200)

    async def read_by(person: Person) -> tuple[list[str], list[str]]:
        steps = (await liability(desk, claim, person))["steps"]
        appeals = [one["words"]["reason"] for one in steps if one["step"] == "appeal-liability"]
        return [one["step"] for one in steps if one["step"] != "appeal-liability"], appeals

    common = ["assign-liability", "decide-appeal"]
    assert await read_by(FAR_OFFICER) == (common, ["宜昌无责"])
    assert await read_by(HEAD) == (common, ["武昌无责"])
    assert await read_by(Person("420107", "unit-head")) == (common, [])
    for whole in (OFFICER, PROVINCE_OFFICER):
        assert await read_by(whole) == (common, ["宜昌无责", "武昌无责"])


async def test_an_appeal_in_time_is_decided_a_level_above_by_others(desk: ServiceUnderTest) -> None:
    claim = await assigned(desk, "90")
    stranger = await act(desk, Person("420107", "unit-head"), claim, "appeal-liability", 1)
    assert stranger.status_code == 403 or stranger.status_code == 404
    expect(await act(desk, FAR_OFFICER, claim, "appeal-liability", 1), 200)
    blocked = await act(desk, FINANCE, claim, "settle", 2)
    assert (blocked.status_code, blocked.json()["code"]) == (409, "not-final")
    assert blocked.json()["because"]["reasons"][0]["rule"] == "platform.liability-assign"
    assert (await act(desk, DIRECTOR, claim, "decide-appeal", 2)).status_code == 403
    changed = [{**HALVES[0], "share": "0.2"}, {**HALVES[1], "share": "0.8"}]
    decided = expect(await act(desk, PROVINCE_OFFICER, claim, "decide-appeal", 2, shares=changed), 200)
    assert decided["decider"]["org_id"] == "420000" and decided["decided_at"] is not None
    assert {one["org_id"]: one["amount"] for one in decided["shares"]} == {
        "420106": "72.00",
        "420500": "18.00",
    }
    again = await act(desk, HEAD, claim, "appeal-liability", 3)
    assert (again.status_code, again.json()["code"]) == (409, "out-of-turn")
    settled = expect(await act(desk, FINANCE, claim, "settle", 3), 200)
    assert settled["state"] == "settled"
    events = await desk.events(f"liability:{claim['id']}")
    assert [(one["version"], one["type"].split(".")[2]) for one in events] == [
        (1, "assigned"), (2, "appealed"), (3, "decided"), (4, "settled"),
    ]  # fmt: skip
    # What a party out of sight of the others tells still names every share.
    assert len(events[1]["payload"]["shares"]) == 2


@pytest.mark.parametrize(
    ("at", "status"), [("2026-03-09T23:59:50+08:00", 200), ("2026-03-10T00:00:01+08:00", 409)]
)
async def test_the_seven_days_to_appeal_end_with_the_seventh(
    desk: ServiceUnderTest, at: str, status: int
) -> None:
    claim = await assigned(desk, "10")
    desk.set_clock(at)
    try:
        answer = await act(desk, HEAD, claim, "appeal-liability", 1)
        settle = await act(desk, FINANCE, claim, "settle", 1)
    finally:
        desk.set_clock(MORNING)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["code"] == "appeal-too-late"
        assert answer.json()["zh"]["detail"] == "申诉期已于3月10日0时届满。"
        assert answer.json()["appeal_until"] == "2026-03-10T00:00:00+08:00"
        # Nobody appealed in time: it may be settled from that instant on.
        assert settle.status_code == 200
    else:
        still_open = await act(desk, FINANCE, await assigned(desk, "10"), "settle", 1)
        body = still_open.json()
        assert (body["code"], body["appeal_until"]) == ("not-final", "2026-03-10T00:00:00+08:00")
        assert "责任申诉期至3月10日0时，届满后" in body["zh"]["detail"]
        assert body["en"]["detail"].endswith("until 00:00 on 10 March 2026; it is settled after that.")
        assert body["because"]["reasons"][0]["rule"] == "platform.liability-assign"


async def test_the_ledger_says_who_owes_whom_and_balances(desk: ServiceUnderTest) -> None:
    before = await balance(desk, FINANCE, "420100", "420500")
    shares = [
        {"link": "processing", "org_id": "420100", "share": "0.25"},
        {"link": "transport", "org_id": "420500", "share": "0.75"},
    ]
    claim = await assigned(desk, "100", shares)
    desk.set_clock("2026-03-10T00:00:01+08:00")
    try:
        expect(await act(desk, FINANCE, claim, "settle", 1), 200)
        listed = expect(await desk.get(FINANCE, "/settlements", case_no=claim["case_no"]), 200)["items"]
        # Its own quarter the city owes to nobody.
        assert [(one["kind"], one["debtor"], one["creditor"], one["amount"]) for one in listed] == [
            ("charge", "420500", "420100", "75.00")
        ]
        assert await balance(desk, FINANCE, "420100", "420500") == before + 75
        assert await balance(desk, FAR_FINANCE, "420500", "420100") == -(before + 75)
        too_much = await desk.post(
            FINANCE, "/settlements", {"debtor": "420500", "amount": str(before + 76), "reason": "付讫"}
        )
        assert (too_much.status_code, too_much.json()["code"]) == (422, "more-than-owed")
        part = expect(
            await desk.post(FINANCE, "/settlements", {"debtor": "420500", "amount": "70", "reason": "付讫"}),
            201,
        )
        assert await balance(desk, FINANCE, "420100", "420500") == before + 5
        path = f"/settlements/{part['id']}/corrections"
        self_made = await desk.post(FINANCE, path, {"reason": "误记"})
        assert (self_made.status_code, self_made.json()["code"]) == (403, "maker-is-checker")
        expect(await desk.post(OTHER_FINANCE, path, {"amount": "60", "reason": "误记"}), 201)
        assert await balance(desk, FINANCE, "420100", "420500") == before + 15
        assert (await desk.post(OTHER_FINANCE, path, {"reason": "再次"})).json()[
            "code"
        ] == "already-corrected"
        entries = expect(await desk.get(PROVINCE, "/settlements", period="2026-03"), 200)
        assert {"charge", "payment", "correction"} <= {one["kind"] for one in entries["items"]}
        assert (await desk.get(FINANCE, "/settlements/export", period="2026-03")).content[:2] == b"PK"
    finally:
        desk.set_clock(MORNING)
    sums = await desk.rows(
        "SELECT entry_id, sum(amount) AS sum, count(*) AS lines FROM settlement_line GROUP BY entry_id"
    )
    assert sums and all((one["sum"], one["lines"]) == (0, 2) for one in sums)


async def test_no_entry_of_the_ledger_can_be_changed_or_removed(desk: ServiceUnderTest) -> None:
    for table in ("settlement_entry", "settlement_line", "compensation_payment", "liability_share"):
        rights = await desk.rows(
            "SELECT has_table_privilege($1, 'UPDATE') AS u, has_table_privilege($1, 'DELETE') AS d",
            table,
        )
        assert [(one["u"], one["d"]) for one in rights] == [(False, False)], table


async def test_a_finance_of_another_unit_settles_nothing_here(desk: ServiceUnderTest) -> None:
    claim = await assigned(desk, "10")
    assert (await act(desk, FAR_FINANCE, claim, "settle", 1)).status_code == 403
    listed = expect(await desk.get(FAR_FINANCE, "/settlements", creditor="420106"), 200)
    assert listed["items"] == []
    assert (await desk.get(Person("420100", "hotline-agent"), "/settlements")).status_code == 403
