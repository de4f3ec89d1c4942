"""A claim is received over HTTP with the days of its money, and told to the province above the limit only."""

import pytest

from chassis.ids import uuid7
from contracts.service_desk import CompensationFiled
from deploy.story.figures import tells
from support.claims import AGENT, a_customer
from support.intake import YICHANG_AGENT, claim, complaint
from support.service import MORNING, ServiceUnderTest


@pytest.mark.parametrize(
    ("amount", "kinds"),
    [
        ("5000", ["compensation-handle", "compensation-pay"]),
        ("５０００．００", ["compensation-handle", "compensation-pay"]),
        ("5000.01", ["compensation-handle", "compensation-pay", "compensation-report"]),
    ],
)
async def test_only_above_5000_yuan_the_province_is_told(
    desk: ServiceUnderTest, amount: str, kinds: list[str]
) -> None:
    body = (await desk.post(AGENT, "/compensations", claim(amount_claimed=amount))).json()
    assert body["state"] == "filed"
    assert [clock["kind"] for clock in body["deadlines"]] == kinds
    assert body["above_limit"] is ("compensation-report" in kinds)
    assert ("省局" in body["promised"]["zh"]) is body["above_limit"]


async def test_a_compensation_names_its_days_and_who_holds_each_clock(desk: ServiceUnderTest) -> None:
    customer_id = await a_customer(desk, initial_class=1)
    desk.set_clock("2026-11-20T23:59:50+08:00")
    body = (
        await desk.post(
            AGENT, "/compensations", claim(amount_claimed="8000", caller={"customer_id": customer_id})
        )
    ).json()
    desk.set_clock(MORNING)
    assert [clock["due_on"] for clock in body["deadlines"]] == ["2026-11-22", "2026-11-27", "2026-11-23"]
    assert "11月22日24时前处理" in body["promised"]["zh"] and "11月27日24时前赔偿" in body["promised"]["zh"]
    items = (await desk.get(AGENT, "/deadlines", subject=body["id"])).json()["items"]
    assert {item["kind"]: (item["holder"]["org_id"], item["holder"]["role"]) for item in items} == {
        "compensation-handle": ("420100", "center-officer"),
        "compensation-pay": ("420100", "finance"),
        "compensation-report": ("420100", "center-director"),
    }
    rules = [reason["rule"] for reason in body["because"]["reasons"]]
    assert "hubei.compensation-clocks" in rules and "hubei.compensation-limit" in rules


async def test_outside_the_vip_channel_the_same_days_rest_on_an_assumption(desk: ServiceUnderTest) -> None:
    body = (await desk.post(AGENT, "/compensations", claim())).json()
    clocks = next(r for r in body["because"]["reasons"] if r["rule"] == "hubei.general-compensation-clocks")
    assert clocks["assumption"] is True


async def test_the_event_of_a_compensation_tells_the_level_and_never_the_amount(
    desk: ServiceUnderTest,
) -> None:
    body = (await desk.post(AGENT, "/compensations", claim(amount_claimed="7654.32"))).json()
    (event,) = await desk.events(f"compensation:{body['id']}")
    fact = CompensationFiled.model_validate(event["payload"])
    assert fact.above_limit is True
    assert not any(tells(event["payload"], secret) for secret in ("7654", "EA123456789CN"))


async def test_a_compensation_for_a_customer_never_heard_of_is_refused(desk: ServiceUnderTest) -> None:
    for caller, field in (
        ({"customer_code": "42010099999999"}, "customer_code"),
        ({"customer_id": str(uuid7())}, "customer_id"),
    ):
        answer = await desk.post(AGENT, "/compensations", claim(caller=caller))
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown-customer")
        assert answer.json()["pointer"] == f"/caller/{field}"


async def test_a_compensation_may_name_its_complaint_and_no_other(desk: ServiceUnderTest) -> None:
    case_no = (await desk.post(AGENT, "/complaints", complaint())).json()["case_no"]
    answer = await desk.post(AGENT, "/compensations", claim(complaint=f"{case_no[:6]} {case_no[6:]}"))
    assert answer.json()["complaint"] == case_no
    for agent, reference in ((AGENT, "260302000999990"), (YICHANG_AGENT, case_no)):
        refused = await desk.post(agent, "/compensations", claim(complaint=reference))
        assert (refused.status_code, refused.json()["pointer"]) == (422, "/complaint")
