"""A complaint is received over HTTP in one request, with its first responder, its clocks and what is promised."""

from uuid import UUID

from chassis.ids import uuid7
from contracts.service_desk import ComplaintReceived
from support.claims import AGENT, a_customer
from support.facts import customer_fact
from support.intake import YICHANG_AGENT, complaint
from support.service import HEAD, MORNING, Person, ServiceUnderTest

PROVINCE_AGENT = Person("420000", "hotline-agent")


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
        "customer_id": customer_id,
        "code": "42010000000017",
        "name": "楚天汽配有限公司",
        "class": 1,
        "vip": True,
    }
    (event,) = await desk.events(f"complaint:{body['id']}")
    assert (event["key"], event["orgpath"]) == (customer_id, "CN.420000.420100.420106.420106-T01")


async def test_a_customer_is_found_by_a_phone_that_only_it_has(desk: ServiceUnderTest) -> None:
    keys = desk.runtime.phones.keys("027-87654321")
    customer_id = await a_customer(desk, phone_keys=keys)
    answer = await desk.post(AGENT, "/complaints", complaint(caller={"phone": "+86 27 8765 4321"}))
    assert answer.json()["customer"]["customer_id"] == customer_id
    await a_customer(desk, phone_keys=keys)
    answer = await desk.post(AGENT, "/complaints", complaint(caller={"phone": "+86 27 8765 4321"}))
    assert answer.json()["customer"] is None


async def test_what_is_heard_of_a_customer_meanwhile_counts_at_once(desk: ServiceUnderTest) -> None:
    customer_id = await a_customer(desk, customer_code="42010000000025", org_id="420106-T01")
    body = complaint(caller={"customer_id": customer_id})
    first = await desk.post(PROVINCE_AGENT, "/complaints", body)
    await desk.hear(customer_fact(UUID(customer_id), 2, kind="changed", org_id="420506", vip=True))
    second = await desk.post(PROVINCE_AGENT, "/complaints", body)
    assert (first.json()["first_responder"]["org_id"], first.json()["customer"]["vip"]) == ("420100", False)
    assert (second.json()["first_responder"]["org_id"], second.json()["customer"]["vip"]) == ("420500", True)


async def test_a_customer_out_of_scope_is_as_unknown_as_one_that_does_not_exist(
    desk: ServiceUnderTest,
) -> None:
    customer_id = await a_customer(desk, customer_code="42010000000033")
    theirs = await desk.post(YICHANG_AGENT, "/complaints", complaint(caller={"customer_id": customer_id}))
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
