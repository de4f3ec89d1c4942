"""A likely duplicate is shown before it is made, and can be added to; a call that is not asked to wait is taken at once."""

from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from support.facts import customer_fact
from support.service import Person, ServiceUnderTest, expect

AGENT = Person("420100", "hotline-agent")
FAR_AGENT = Person("420500", "hotline-agent")
OFFICER = Person("420100", "center-officer")


async def a_customer(desk: ServiceUnderTest, *phones: str) -> UUID:
    customer_id = uuid7()
    keys = [key for phone in phones for key in desk.runtime.phones.keys(phone)]
    await desk.hear(customer_fact(customer_id, phone_keys=keys))
    return customer_id


def complaint(phone: str, **facts: Any) -> dict[str, Any]:
    return {"channel": "hotline", "category": "delay", "content": "迟了", "caller": {"phone": phone}, **facts}


async def taken(desk: ServiceUnderTest, phone: str, **facts: Any) -> dict[str, Any]:
    body: dict[str, Any] = expect(await desk.post(AGENT, "/complaints", complaint(phone, **facts)), 201)
    return body


async def similar(desk: ServiceUnderTest, person: Person = AGENT, **matter: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = expect(
        await desk.post(person, "/complaints/similar", {"category": "delay", **matter}), 200
    )["items"]
    return items


async def test_an_open_case_of_the_same_phone_and_category_is_shown_with_its_clocks(
    desk: ServiceUnderTest,
) -> None:
    case = await taken(desk, "13955550001")
    (shown,) = await similar(desk, caller={"phone": "+86 139 5555 0001"})
    assert (shown["case_no"], shown["same"]) == (case["case_no"], ["category", "phone"])
    assert len(shown["deadlines"]) == 2


async def test_another_matter_of_the_same_phone_is_no_duplicate(desk: ServiceUnderTest) -> None:
    await taken(desk, "13955550002", category="attitude")
    assert await similar(desk, caller={"phone": "13955550002"}) == []


async def test_the_same_item_is_shown_first_whoever_called(desk: ServiceUnderTest) -> None:
    item = await taken(desk, "13955550003", category="loss", mail_no="EA555500003CN")
    own = await taken(desk, "13955550004")
    found = await similar(desk, caller={"phone": "13955550004"}, mail_no="ea 555500003 cn")
    assert [case["case_no"] for case in found] == [item["case_no"], own["case_no"]]
    assert found[0]["same"] == ["mail_no"]


async def test_a_customers_case_is_shown_whichever_of_its_phones_calls(desk: ServiceUnderTest) -> None:
    await a_customer(desk, "13955550005", "13955550006")
    case = await taken(desk, "13955550005")
    (shown,) = await similar(desk, caller={"phone": "13955550006"})
    assert (shown["case_no"], shown["same"]) == (case["case_no"], ["category", "customer"])


async def test_what_is_withdrawn_or_out_of_scope_is_not_shown(desk: ServiceUnderTest) -> None:
    case = await taken(desk, "13955550007")
    assert await similar(desk, FAR_AGENT, caller={"phone": "13955550007"}) == []
    path = f"/complaints/{case['case_no']}/withdraw"
    expect(await desk.post(OFFICER, path, {"reason": "已收到"}, version=1), 200)
    assert await similar(desk, caller={"phone": "13955550007"}) == []


async def test_an_intake_that_asks_for_it_is_refused_with_the_duplicate_and_writes_nothing(
    desk: ServiceUnderTest,
) -> None:
    case = await taken(desk, "13955550008")
    answer = await desk.post(AGENT, "/complaints", complaint("13955550008", unless_similar=True))
    assert (answer.status_code, answer.json()["code"]) == (409, "likely-duplicate")
    assert [one["case_no"] for one in answer.json()["similar"]] == [case["case_no"]]
    assert len(await similar(desk, caller={"phone": "13955550008"})) == 1


async def test_an_intake_that_does_not_ask_is_taken_in_one_request_all_the_same(
    desk: ServiceUnderTest,
) -> None:
    await taken(desk, "13955550009")
    await taken(desk, "13955550009")
    assert len(await similar(desk, caller={"phone": "13955550009"})) == 2


async def test_a_repeated_request_is_answered_as_the_first_time_and_is_no_duplicate_of_itself(
    desk: ServiceUnderTest,
) -> None:
    body = complaint("13955550010", unless_similar=True)
    first = await desk.post(AGENT, "/complaints", body, key="similar-10")
    second = await desk.post(AGENT, "/complaints", body, key="similar-10")
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)


async def test_words_are_added_to_an_open_complaint_told_and_sealed(desk: ServiceUnderTest) -> None:
    case = await taken(desk, "13955550011")
    path = f"/complaints/{case['case_no']}/additions"
    body = expect(await desk.post(AGENT, path, {"content": "外包装也湿了"}), 200)
    assert (body["version"], body["state"], body["case_no"]) == (2, "recorded", case["case_no"])
    assert [words["content"] for words in body["additions"]] == ["外包装也湿了"]
    assert [clock["due_at"] for clock in body["deadlines"]] == [
        clock["due_at"] for clock in case["deadlines"]
    ]
    expect(await desk.post(AGENT, path, {"content": "里面也湿了", "channel": "counter"}), 200)
    events = await desk.events(f"complaint:{case['id']}")
    assert [event["version"] for event in events] == [1, 2, 3]
    assert events[1]["type"] == "service-desk.complaint.added-to.v1"
    assert "湿" not in str(events)
    (row,) = await desk.rows(
        "SELECT string_agg(s::text, ' ') AS all FROM complaint_step s WHERE complaint_id = $1",
        UUID(case["id"]),
    )
    assert "湿" not in row["all"]


async def test_what_was_added_stands_in_the_timeline_with_its_person(desk: ServiceUnderTest) -> None:
    case = await taken(desk, "13955550012")
    expect(
        await desk.post(OFFICER, f"/complaints/{case['case_no']}/additions", {"content": "又来电催办"}), 200
    )
    steps = expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}/timeline"), 200)["steps"]
    assert (steps[-1]["step"], steps[-1]["actor"]["staff_id"]) == ("add", str(OFFICER.staff_id))


async def test_nothing_is_added_to_what_is_withdrawn_or_out_of_scope(desk: ServiceUnderTest) -> None:
    case = await taken(desk, "13955550013")
    path = f"/complaints/{case['case_no']}"
    assert (await desk.post(FAR_AGENT, f"{path}/additions", {"content": "x"})).status_code == 404
    expect(await desk.post(OFFICER, f"{path}/withdraw", {"reason": "已收到"}, version=1), 200)
    ended = await desk.post(AGENT, f"{path}/additions", {"content": "x"})
    assert (ended.status_code, ended.json()["code"]) == (409, "case-ended")
