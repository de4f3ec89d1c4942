"""Receiving over HTTP, on a real database."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.ids import uuid7
from contracts.service_desk import CompensationFiled, ComplaintReceived
from support.service import MORNING, Person, ServiceUnderTest, customer_fact

AGENT = Person("420100", "hotline-agent")
PROVINCE_AGENT = Person("420000", "hotline-agent")
YICHANG_AGENT = Person("420500", "hotline-agent")
HEAD = Person("420106", "unit-head")


def complaint(**facts: Any) -> dict[str, Any]:
    return {"channel": "hotline", "category": "delay", "content": "邮件迟了三天", **facts}


def claim(**facts: Any) -> dict[str, Any]:
    return {
        "channel": "hotline",
        "cause": "loss",
        "mail_no": "EA123456789CN",
        "amount_claimed": "100",
        **facts,
    }


async def a_customer(desk: ServiceUnderTest, **facts: Any) -> UUID:
    customer_id = uuid7()
    await desk.hear(customer_fact(customer_id, **facts))
    return customer_id


async def test_a_hotline_complaint_is_on_record_in_one_request_with_its_promises(
    desk: ServiceUnderTest,
) -> None:
    desk.set_clock("2026-11-20T15:30:00+08:00")
    answer = await desk.post(
        AGENT, "/complaints", complaint(caller={"phone": "138 0000 0001", "name": "钟先生"})
    )
    desk.set_clock(MORNING)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["state"], body["level"], body["cycle"], body["version"]) == ("recorded", 1, 1, 1)
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/complaints/{body['case_no']}"
    assert body["case_no"].startswith("261120")
    assert body["first_responder"] == {"org_id": "420100", "name": "武汉市邮政局"}
    assert {clock["kind"]: (clock["due_on"], clock["due_at"]) for clock in body["deadlines"]} == {
        "complaint-answer": ("2026-11-22", "2026-11-23T00:00:00+08:00"),
        "complaint-resolve": ("2026-11-27", "2026-11-28T00:00:00+08:00"),
    }
    assert "11月22日24时前" in body["promised"]["zh"] and "11月27日24时前" in body["promised"]["zh"]
    assert "22 November 2026" in body["promised"]["en"]
    assert [reason["article"] for reason in body["because"]["reasons"]] == ["平台约定", "30(1)", "30(2)"]


async def test_the_event_tells_the_state_and_never_a_text_a_phone_or_a_name(desk: ServiceUnderTest) -> None:
    caller = {"phone": "13800007777", "name": "欧阳女士"}
    answer = await desk.post(
        AGENT,
        "/complaints",
        complaint(caller=caller, content="包裹被雨淋湿", place="徐东大街", mail_no="EX000000001CN"),
    )
    (event,) = await desk.events(f"complaint:{answer.json()['id']}")
    fact = ComplaintReceived.model_validate(event["payload"])
    assert event["type"] == "service-desk.complaint.received.v1"
    assert (event["version"], event["key"], event["orgpath"]) == (1, "420100", "CN.420000.420100")
    assert (fact.state, fact.case_no, fact.first_responder.org_id) == (
        "recorded",
        answer.json()["case_no"],
        "420100",
    )
    for secret in ("13800007777", "欧阳", "淋湿", "徐东", "EX000000001CN"):
        assert secret not in str(event["payload"])


async def test_texts_and_phones_are_sealed_in_the_row(desk: ServiceUnderTest) -> None:
    answer = await desk.post(
        AGENT, "/complaints", complaint(caller={"phone": "13800006666"}, content="破损严重")
    )
    (row,) = await desk.rows(
        "SELECT c::text AS all FROM complaint c WHERE case_no = $1", answer.json()["case_no"]
    )
    assert "13800006666" not in row["all"]
    assert "破损严重" not in row["all"]
    assert "破损严重".encode().hex() not in row["all"]


async def test_a_known_customers_complaint_goes_to_the_center_above_its_unit(desk: ServiceUnderTest) -> None:
    customer_id = await a_customer(desk, customer_code="42010000000017", initial_class=1)
    answer = await desk.post(
        PROVINCE_AGENT,
        "/complaints",
        complaint(caller={"customer_code": "420100 0000001 7"}, city="420500"),
    )
    body = answer.json()
    assert body["first_responder"]["org_id"] == "420100"
    assert body["customer"] == {
        "customer_id": str(customer_id),
        "code": "42010000000017",
        "name": "楚天汽配有限公司",
        "class": 1,
        "vip": True,
    }
    (event,) = await desk.events(f"complaint:{body['id']}")
    assert (event["key"], event["orgpath"]) == (str(customer_id), "CN.420000.420100.420106.420106-T01")


async def test_a_customer_is_found_by_a_phone_that_only_it_has(desk: ServiceUnderTest) -> None:
    keys = desk.runtime.phones.keys("027-87654321")
    customer_id = await a_customer(desk, phone_keys=keys)
    answer = await desk.post(AGENT, "/complaints", complaint(caller={"phone": "+86 27 8765 4321"}))
    assert answer.json()["customer"]["customer_id"] == str(customer_id)
    await a_customer(desk, phone_keys=keys)
    answer = await desk.post(AGENT, "/complaints", complaint(caller={"phone": "+86 27 8765 4321"}))
    assert answer.json()["customer"] is None


async def test_what_is_heard_of_a_customer_meanwhile_counts_at_once(desk: ServiceUnderTest) -> None:
    customer_id = await a_customer(desk, customer_code="42010000000025", org_id="420106-T01")
    body = complaint(caller={"customer_id": str(customer_id)})
    first = await desk.post(PROVINCE_AGENT, "/complaints", body)
    await desk.hear(customer_fact(customer_id, 2, kind="changed", org_id="420506", vip=True))
    second = await desk.post(PROVINCE_AGENT, "/complaints", body)
    assert (first.json()["first_responder"]["org_id"], first.json()["customer"]["vip"]) == ("420100", False)
    assert (second.json()["first_responder"]["org_id"], second.json()["customer"]["vip"]) == ("420500", True)


async def test_a_customer_out_of_scope_is_as_unknown_as_one_that_does_not_exist(
    desk: ServiceUnderTest,
) -> None:
    customer_id = await a_customer(desk, customer_code="42010000000033")
    theirs = await desk.post(
        YICHANG_AGENT, "/complaints", complaint(caller={"customer_id": str(customer_id)})
    )
    nobodys = await desk.post(YICHANG_AGENT, "/complaints", complaint(caller={"customer_id": str(uuid7())}))
    for answer in (theirs, nobodys):
        assert answer.status_code == 201
        assert answer.json()["customer"] is None
        assert answer.json()["first_responder"]["org_id"] == "420500"


async def test_an_unknown_callers_complaint_goes_to_the_city_named_and_its_desk_can_follow_it(
    desk: ServiceUnderTest,
) -> None:
    answer = await desk.post(AGENT, "/complaints", complaint(city="420500"))
    case_no = answer.json()["case_no"]
    assert answer.json()["first_responder"]["org_id"] == "420500"
    seen = await desk.get(AGENT, f"/complaints/{case_no}")
    assert [clock["kind"] for clock in seen.json()["deadlines"]] == ["complaint-answer", "complaint-resolve"]
    assert (await desk.get(Person("420500", "center-officer"), f"/complaints/{case_no}")).status_code == 200
    assert (await desk.get(Person("420107", "unit-head"), f"/complaints/{case_no}")).status_code == 404


async def test_a_unit_that_takes_a_call_sees_the_case_that_its_city_answers(desk: ServiceUnderTest) -> None:
    body = (await desk.post(HEAD, "/complaints", complaint())).json()
    assert body["first_responder"]["org_id"] == "420100"
    read = await desk.get(HEAD, f"/complaints/{body['case_no']}")
    assert [clock["kind"] for clock in read.json()["deadlines"]] == ["complaint-answer", "complaint-resolve"]


async def test_what_comes_over_the_counter_is_answered_by_the_unit_itself(desk: ServiceUnderTest) -> None:
    body = (await desk.post(HEAD, "/complaints", complaint(channel="counter"))).json()
    assert body["first_responder"]["org_id"] == "420106"
    deadlines = (await desk.get(HEAD, "/deadlines", subject=body["id"])).json()["items"]
    assert {(clock["holder"]["org_id"], clock["holder"]["role"]) for clock in deadlines} == {
        ("420106", "unit-head")
    }


async def test_an_offline_call_counts_from_its_own_time(desk: ServiceUnderTest) -> None:
    body = (await desk.post(AGENT, "/complaints", complaint(received_at="2026-02-28T15:59:59Z"))).json()
    assert body["received_at"] == "2026-02-28T23:59:59+08:00"
    assert body["deadlines"][0]["due_on"] == "2026-03-02"


async def test_fifty_equal_requests_at_once_make_one_complaint_and_one_answer(desk: ServiceUnderTest) -> None:
    key, mail_no = str(uuid4()), "FIFTY0000001CN"
    body = complaint(mail_no=mail_no, caller={"phone": "13800005050"})
    answers = await asyncio.gather(*(desk.post(AGENT, "/complaints", body, key=key) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] + answer.headers["location"] for answer in answers}) == 1
    rows = await desk.rows("SELECT id FROM complaint WHERE mail_no = $1", mail_no)
    assert len(rows) == 1
    assert len(await desk.events(f"complaint:{rows[0]['id']}")) == 1
    assert len(await desk.rows("SELECT FROM deadline WHERE subject_id = $1", str(rows[0]["id"]))) == 2


@pytest.mark.parametrize(("path", "body"), [("/complaints", complaint()), ("/compensations", claim())])
async def test_the_kept_answer_of_an_intake_is_sealed_and_opened_when_it_comes_again(
    desk: ServiceUnderTest, path: str, body: dict[str, Any]
) -> None:
    key, name = str(uuid4()), "汉口大酒店有限公司"
    customer_id = await a_customer(desk, name=name)
    asked = {**body, "caller": {"customer_id": str(customer_id)}}
    first = await desk.post(AGENT, path, asked, key=key)
    assert first.json()["customer"]["name"] == name
    (kept,) = await desk.rows("SELECT * FROM idempotency WHERE key = $1", key)
    in_the_clear = [text.encode() for text in (name, str(customer_id), first.json()["case_no"], '"state"')]
    assert [text for text in in_the_clear if text in kept["body"]] == []
    assert name not in str({**kept, "body": None})
    again = await desk.post(AGENT, path, asked, key=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)


async def test_a_key_that_came_with_another_request_is_refused(desk: ServiceUnderTest) -> None:
    key = str(uuid4())
    await desk.post(AGENT, "/complaints", complaint(), key=key)
    for path, body in (("/complaints", complaint(content="另一件事")), ("/compensations", claim())):
        answer = await desk.post(AGENT, path, body, key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_two_people_may_use_one_key(desk: ServiceUnderTest) -> None:
    key = str(uuid4())
    first = await desk.post(AGENT, "/complaints", complaint(), key=key)
    second = await desk.post(Person("420100", "hotline-agent"), "/complaints", complaint(), key=key)
    assert first.json()["case_no"] != second.json()["case_no"]


async def test_two_hundred_simultaneous_complaints_have_numbers_of_their_own(desk: ServiceUnderTest) -> None:
    answers = await asyncio.gather(*(desk.post(AGENT, "/complaints", complaint()) for _ in range(200)))
    assert len({answer.json()["case_no"] for answer in answers}) == 200


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
    desk.set_clock("2026-11-20T23:59:59+08:00")
    body = (
        await desk.post(
            AGENT, "/compensations", claim(amount_claimed="8000", caller={"customer_id": str(customer_id)})
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
    assert not any(secret in str(event["payload"]) for secret in ("7654", "EA123456789CN"))


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


@pytest.mark.parametrize("path", ["/complaints", "/compensations"])
@pytest.mark.parametrize("role", ["observer", "inspector", "finance", "administrator", "system"])
async def test_who_only_reads_receives_nothing(desk: ServiceUnderTest, path: str, role: str) -> None:
    body = complaint() if path == "/complaints" else claim()
    answer = await desk.post(Person("420100", role), path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_answer_that_comes_again_is_the_first_one_to_the_byte(desk: ServiceUnderTest) -> None:
    for path, body in (("/complaints", complaint()), ("/compensations", claim(amount_claimed="9000"))):
        key = str(uuid4())
        first = await desk.post(AGENT, path, body, key=key)
        desk.set_clock("2026-03-09T09:00:00+08:00")
        again = await desk.post(AGENT, path, body, key=key)
        desk.set_clock(MORNING)
        assert first.json()["because"]["reasons"]
        assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])
