"""From the claim to the money: up to 5,000 yuan by the city, above it with the province's approval (hubei 21(6), 30(2))."""

import pytest

from support.claims import AGENT, a_customer, clocks, filed, handled, item, paid, take
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    MORNING,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
    expect,
)

OTHER_OFFICER = Person("420100", "center-officer", "另一专员")
OTHER_FINANCE = Person("420100", "finance", "另一会计")
PROVINCE_FINANCE = Person("420000", "finance", "省会计")


async def told(desk: ServiceUnderTest, claim: dict[str, object]) -> list[str]:
    return [event["type"].split(".")[2] for event in await desk.events(f"compensation:{claim['id']}")]


async def test_up_to_the_limit_the_city_handles_and_pays(desk: ServiceUnderTest) -> None:
    claim = await handled(desk, "5000.00")
    assert (claim["state"], claim["above_limit"], claim["amount_granted"]) == ("handled", False, "5000.00")
    done = expect(await take(desk, FINANCE, claim, "pay", amount="5000", reference="付字9号"), 200)
    assert (done["state"], done["amount_claimed"], done["amount_granted"], done["amount_paid"]) == (
        "paid", "5000.00", "5000.00", "5000.00",
    )  # fmt: skip
    assert await told(desk, done) == ["filed", "handled", "paid"]
    steps = {step["step"]: step for step in done["steps"]}
    assert steps["handle"]["actor"]["name"] == "周专员" and steps["pay"]["actor"]["name"] == "何会计"
    assert steps["pay"]["amount"] == "5000.00" and "words" not in steps["pay"]
    assert {kind: clock["state"] for kind, clock in (await clocks(desk, done)).items()} == {
        "compensation-handle": "met",
        "compensation-pay": "met",
        "liability-assign": "running",
    }
    assert [reason["rule"] for reason in steps["pay"]["because"]["reasons"]] == [
        "hubei.compensation-limit",
        "hubei.compensation-order",
    ]


async def test_one_fen_above_the_limit_nothing_is_paid_before_the_province_approves(
    desk: ServiceUnderTest,
) -> None:
    claim = await handled(desk, "5000.01")
    assert claim["above_limit"] is True
    early = await take(desk, FINANCE, claim, "pay", amount="5000.01", reference="付字2号")
    assert (early.status_code, early.json()["code"], early.json()["needed"]) == (
        409,
        "out-of-turn",
        "approved",
    )
    (reason,) = early.json()["because"]["reasons"]
    assert (reason["rule"], reason["article"]) == ("hubei.compensation-limit", "21(6)")
    claim = expect(await take(desk, DIRECTOR, claim, "report"), 200)
    running = await clocks(desk, claim)
    assert running["compensation-report"]["state"] == "met"
    assert running["compensation-approve"]["due_on"] == "2026-03-04"
    assert running["compensation-approve"]["holder"] == {
        "org_id": "420000", "role": "center-director", "staff_id": None,
    }  # fmt: skip
    assert (await take(desk, FINANCE, claim, "pay", amount="5000.01", reference="x")).status_code == 409
    claim = expect(await take(desk, PROVINCE, claim, "approve"), 200)
    claim = expect(await take(desk, FINANCE, claim, "pay", amount="5000.01", reference="x"), 200)
    assert await told(desk, claim) == ["filed", "handled", "reported", "approved", "paid"]


async def test_what_is_within_the_limit_needs_no_report_and_that_is_said(desk: ServiceUnderTest) -> None:
    claim = await handled(desk, "5000.00")
    refused = await take(desk, DIRECTOR, claim, "report")
    body = refused.json()
    assert (refused.status_code, body["code"], body["state"]) == (409, "out-of-turn", "handled")
    assert body["zh"]["detail"] == "核定金额在限额以内，无须上报，可直接赔付。"
    assert body["because"]["reasons"][0]["rule"] == "hubei.compensation-limit"


async def test_what_was_granted_decides_the_side_of_the_limit_and_the_clocks_follow(
    desk: ServiceUnderTest,
) -> None:
    down = await handled(desk, "8000", "5000.00")
    assert down["above_limit"] is False
    assert (await clocks(desk, down))["compensation-report"]["state"] == "cancelled"
    assert (
        expect(await take(desk, FINANCE, down, "pay", amount="5000.00", reference="x"), 200)["state"]
        == "paid"
    )
    up = await handled(desk, "4000", "5000.01")
    assert up["above_limit"] is True
    report = (await clocks(desk, up))["compensation-report"]
    # Three days from receipt on 2 March, the day of receipt left out.
    assert (report["state"], report["due_on"]) == ("running", "2026-03-05")
    assert (await take(desk, FINANCE, up, "pay", amount="5000.01", reference="x")).status_code == 409


async def test_the_clocks_of_a_claim_end_on_the_days_the_regulation_gives(desk: ServiceUnderTest) -> None:
    desk.set_clock("2026-11-20T23:59:50+08:00")
    claim = await filed(desk, "5000.01")
    desk.set_clock(MORNING)
    due = {kind: clock["due_at"] for kind, clock in (await clocks(desk, claim)).items()}
    assert due == {
        "compensation-handle": "2026-11-23T00:00:00+08:00",
        "compensation-report": "2026-11-24T00:00:00+08:00",
        "compensation-pay": "2026-11-28T00:00:00+08:00",
    }


@pytest.mark.parametrize(
    ("at", "state"), [("2026-03-09T23:59:50+08:00", "met"), ("2026-03-10T00:00:01+08:00", "met-late")]
)
async def test_paid_on_the_seventh_day_is_in_time_and_a_moment_later_is_late(
    desk: ServiceUnderTest, at: str, state: str
) -> None:
    claim = await handled(desk, "120.50")
    desk.set_clock(at)
    try:
        claim = expect(await take(desk, FINANCE, claim, "pay", amount="120.50", reference="x"), 200)
    finally:
        desk.set_clock(MORNING)
    assert (await clocks(desk, claim))["compensation-pay"]["state"] == state


async def test_one_item_is_never_paid_twice_for_one_cause(desk: ServiceUnderTest) -> None:
    mail_no = item()
    first, second = await handled(desk, "300", mail_no=mail_no), await handled(desk, "400", mail_no=mail_no)
    assert [one["case_no"] for one in second["same_item"]] == [first["case_no"]]
    expect(await take(desk, FINANCE, first, "pay", amount="300", reference="x"), 200)
    again = await take(desk, FINANCE, second, "pay", amount="400", reference="y")
    assert (again.status_code, again.json()["code"], again.json()["paid_in"]) == (
        409,
        "already-paid",
        first["case_no"],
    )
    assert (await desk.get(OFFICER, f"/compensations/{second['case_no']}")).json()["state"] == "handled"
    for_another_cause = await handled(desk, "50", mail_no=mail_no, cause="delay")
    assert (
        expect(await take(desk, FINANCE, for_another_cause, "pay", amount="50", reference="z"), 200)["state"]
        == "paid"
    )


async def test_what_is_paid_is_what_was_granted(desk: ServiceUnderTest) -> None:
    claim = await handled(desk, "100", "80")
    more = await take(desk, FINANCE, claim, "pay", amount="80.01", reference="x")
    assert (more.status_code, more.json()["code"], more.json()["pointer"]) == (
        422,
        "amount-differs",
        "/amount",
    )
    assert (await desk.get(FINANCE, f"/compensations/{claim['case_no']}")).json()["amount_paid"] is None


async def test_a_refused_claim_is_over_and_its_clocks_end(desk: ServiceUnderTest) -> None:
    claim = await filed(desk, "100")
    claim = expect(await take(desk, OFFICER, claim, "refuse", reason="不在保"), 200)
    assert claim["state"] == "refused"
    assert {clock["state"] for clock in (await clocks(desk, claim)).values()} == {"met", "cancelled"}
    for step, body in (("handle", {"amount": "1", "reason": "x"}), ("refuse", {"reason": "x"})):
        answer = await take(desk, OTHER_OFFICER, claim, step, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "case-ended")


async def test_the_province_may_refuse_what_was_reported_to_it(desk: ServiceUnderTest) -> None:
    claim = expect(await take(desk, DIRECTOR, await handled(desk, "9000"), "report"), 200)
    assert (await take(desk, OTHER_OFFICER, claim, "refuse", reason="x")).status_code == 403
    claim = expect(await take(desk, PROVINCE, claim, "refuse", reason="证据不足"), 200)
    assert claim["state"] == "refused"
    states = {kind: clock["state"] for kind, clock in (await clocks(desk, claim)).items()}
    assert (states["compensation-approve"], states["compensation-pay"]) == ("met", "cancelled")


async def test_nobody_checks_what_they_made(desk: ServiceUnderTest) -> None:
    own = await filed(desk, "100", OFFICER)
    answer = await take(desk, OFFICER, own, "handle", amount="100", reason="x")
    assert (answer.status_code, answer.json()["code"]) == (403, "maker-is-checker")
    expect(await take(desk, OTHER_OFFICER, own, "handle", amount="100", reason="x"), 200)
    both = Person("420100", "center-director", "兼职", staff_id=FINANCE.staff_id)
    claim = await filed(desk, "100")
    claim = expect(await take(desk, both, claim, "handle", amount="100", reason="x"), 200)
    answer = await take(desk, FINANCE, claim, "pay", amount="100", reference="x")
    assert (answer.status_code, answer.json()["code"]) == (403, "maker-is-checker")
    expect(await take(desk, OTHER_FINANCE, claim, "pay", amount="100", reference="x"), 200)


async def test_nobody_decides_for_a_customer_they_manage(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk, manager_id=str(OFFICER.staff_id))
    claim = await filed(desk, "100", caller={"customer_id": customer})
    answer = await take(desk, OFFICER, claim, "handle", amount="100", reason="x")
    assert (answer.status_code, answer.json()["code"]) == (403, "maker-is-checker")


async def test_the_money_is_the_citys_own_finance_to_pay(desk: ServiceUnderTest) -> None:
    claim = await handled(desk, "100")
    for person, status in ((PROVINCE_FINANCE, 403), (OFFICER, 403), (HEAD, 403), (FAR_OFFICER, 403)):
        assert (await take(desk, person, claim, "pay", amount="100", reference="x")).status_code == status
    far = Person("420500", "finance")
    assert (await take(desk, far, claim, "pay", amount="100", reference="x")).status_code == 404
    missing = await desk.post(
        FINANCE, f"/compensations/{claim['case_no']}/pay", {"amount": "100", "reference": "x"}
    )
    stale = await take(desk, FINANCE, {**claim, "version": 1}, "pay", amount="100", reference="x")
    assert (missing.status_code, stale.status_code) == (428, 412)


async def test_no_event_of_a_compensation_holds_an_amount_a_text_or_a_mail_number(
    desk: ServiceUnderTest,
) -> None:
    claim = await paid(desk, "6789.01", content="玉镯碎裂")
    events = await desk.events(f"compensation:{claim['id']}")
    assert len(events) == 5
    for secret in ("6789.01", "玉镯", claim["mail_no"], "属实", "付字"):
        assert secret not in str([event["payload"] for event in events])
    rows = await desk.rows(
        "SELECT s::text AS row FROM compensation_step s WHERE compensation_id::text = $1", claim["id"]
    )
    assert not any("属实" in row["row"] for row in rows)


async def test_an_agent_and_an_observer_see_what_they_may(desk: ServiceUnderTest) -> None:
    claim = await paid(desk, "77.70")
    path = f"/compensations/{claim['case_no']}"
    assert (await desk.get(AGENT, path)).json()["amount_paid"] == "77.70"
    cashier = (await desk.get(FINANCE, path)).json()
    assert cashier["amount_claimed"] == "77.70" and "caller" not in cashier and "content" not in cashier
    dashboard = (await desk.get(Person("420100", "observer"), path)).json()
    assert not any(name.startswith("amount") for name in dashboard)
    assert not any("amount" in step or "words" in step for step in dashboard["steps"])
