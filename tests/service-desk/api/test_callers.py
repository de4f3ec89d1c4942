"""Who is calling: phone, code or name part → card."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.ids import uuid7
from support.facts import assignment_fact, customer_fact
from support.service import Person, ServiceUnderTest

AGENT = Person("420100", "hotline-agent")
YICHANG = Person("420500", "hotline-agent")


async def a_customer(desk: ServiceUnderTest, *phones: str, **facts: Any) -> UUID:
    customer_id = uuid7()
    keys = [key for phone in phones for key in desk.runtime.phones.keys(phone)]
    await desk.hear(customer_fact(customer_id, phone_keys=keys, **facts))
    return customer_id


async def cards(desk: ServiceUnderTest, person: Person, **params: str) -> tuple[str, list[dict[str, Any]]]:
    answer = await desk.get(person, "/callers", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()["match"], answer.json()["cards"]


@pytest.mark.parametrize(
    "written", ["13971110001", "139 7111 0001", "139-7111-0001", "+8613971110001", "１３９７１１１０００１"]
)
async def test_a_mobile_is_found_in_any_written_form(desk: ServiceUnderTest, written: str) -> None:
    keys = desk.runtime.phones.keys("13971110001")
    if not await desk.rows("SELECT FROM customer_phone WHERE phone_key = $1", keys[0]):
        await a_customer(desk, "13971110001", customer_code="42010000000106")
    match, found = await cards(desk, AGENT, phone=written)
    assert match == "one"
    assert found[0]["customer"]["code"] == "42010000000106"


async def test_an_extension_finds_the_number_it_belongs_to(desk: ServiceUnderTest) -> None:
    await a_customer(desk, "027-85550002", customer_code="42010000000114")
    match, found = await cards(desk, AGENT, phone="(027) 8555 0002 转 12")
    assert (match, found[0]["customer"]["code"]) == ("one", "42010000000114")


async def test_one_several_and_none_are_different_answers(desk: ServiceUnderTest) -> None:
    await a_customer(desk, "13971110003")
    assert (await cards(desk, AGENT, phone="13971110003"))[0] == "one"
    await a_customer(desk, "13971110003")
    match, found = await cards(desk, AGENT, phone="13971110003")
    assert (match, len(found)) == ("several", 2)
    assert await cards(desk, AGENT, phone="13971119999") == ("none", [])


async def test_the_card_tells_class_vip_risk_manager_unit_and_open_cases_with_all_clocks(
    desk: ServiceUnderTest,
) -> None:
    manager = uuid7()
    await desk.rows(
        """INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version)
           VALUES ($1, $2, '许经理', '420106-T01', '{account-manager}', 1)""",
        manager, "42010699",
    )  # fmt: skip
    customer_id = await a_customer(
        desk, "13971110004", name="江城玩具", initial_class=2, vip=True, manager_id=str(manager)
    )
    body = {"channel": "hotline", "category": "loss", "content": "丢失", "caller": {"phone": "13971110004"}}
    complaint = (await desk.post(AGENT, "/complaints", body)).json()
    money = {
        "channel": "hotline",
        "cause": "loss",
        "mail_no": "EA123456789CN",
        "amount_claimed": "6000",
        "caller": {"customer_id": str(customer_id)},
    }
    await desk.post(AGENT, "/compensations", money)
    _, (card,) = await cards(desk, AGENT, phone="13971110004")
    customer = card["customer"]
    assert (customer["name"], customer["class"], customer["vip"], customer["risk"]) == (
        "江城玩具",
        2,
        True,
        "none",
    )
    assert card["manager"] == {"staff_no": "42010699", "name": "许经理"}
    assert card["unit"] == {"org_id": "420106-T01", "name": "武昌一班"}
    first, second = card["open_cases"]
    assert (first["type"], first["case_no"], first["state"]) == (
        "complaint",
        complaint["case_no"],
        "recorded",
    )
    assert [clock["due_at"] for clock in first["deadlines"]] == [
        clock["due_at"] for clock in complaint["deadlines"]
    ]
    assert len(second["deadlines"]) == 3


async def test_an_ended_case_is_not_open(desk: ServiceUnderTest) -> None:
    await a_customer(desk, "13971110005")
    body = {"channel": "hotline", "category": "loss", "content": "丢失", "caller": {"phone": "13971110005"}}
    complaint = (await desk.post(AGENT, "/complaints", body)).json()
    await desk.post(AGENT, f"/complaints/{complaint['case_no']}/withdraw", {"reason": "找到了"}, version=1)
    _, (card,) = await cards(desk, AGENT, phone="13971110005")
    assert card["open_cases"] == []


async def test_an_unknown_caller_who_calls_again_has_an_open_case(desk: ServiceUnderTest) -> None:
    body = {"channel": "hotline", "category": "delay", "content": "迟到", "caller": {"phone": "13971110006"}}
    complaint = (await desk.post(AGENT, "/complaints", body)).json()
    answer = (await desk.get(AGENT, "/callers", phone="+86 139 7111 0006")).json()
    assert answer["match"] == "none"
    assert [case["case_no"] for case in answer["open_cases"]] == [complaint["case_no"]]
    assert (await desk.get(YICHANG, "/callers", phone="13971110006")).json()["open_cases"] == []


@pytest.mark.parametrize("way", ["phone", "code", "id", "credit_code", "q"])
async def test_a_customer_out_of_scope_is_not_found_by_any_way(desk: ServiceUnderTest, way: str) -> None:
    name = f"荆楚{uuid4().hex[:6]}"
    customer_id = await a_customer(
        desk, "13971110007", customer_code="42010000000130", credit_code="91420100MA4K000000", name=name
    )
    params = {
        "phone": {"phone": "13971110007"},
        "code": {"code": "４２０１００ 0000013 0"},
        "id": {"code": str(customer_id)},
        "credit_code": {"credit_code": "91420100ma4k000000"},
        "q": {"q": name[1:5]},
    }[way]
    assert (await cards(desk, YICHANG, **params))[0] == "none"
    assert str(customer_id) in {
        card["customer"]["customer_id"] for card in (await cards(desk, AGENT, **params))[1]
    }


async def test_a_name_part_means_its_characters_literally(desk: ServiceUnderTest) -> None:
    await a_customer(desk, name="百分百%_公司")
    assert (await cards(desk, AGENT, q="%_"))[0] == "one"
    assert (await cards(desk, AGENT, q="__"))[0] == "none"


async def test_a_customer_that_moves_is_found_where_it_now_is(desk: ServiceUnderTest) -> None:
    customer_id = await a_customer(desk, "13971110008")
    await desk.hear(assignment_fact(customer_id, "420506"))
    assert (await cards(desk, AGENT, phone="13971110008"))[0] == "none"
    assert (await cards(desk, YICHANG, phone="13971110008"))[0] == "one"


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({}, "?phone"),
        ({"phone": "13971110001", "q": "公司"}, "?phone"),
        ({"phone": "abc"}, "?phone"),
        ({"phone": ""}, "?phone"),
        ({"q": "武"}, "?q"),
        ({"q": "w"}, "?q"),
        ({"q": "武\x00汉"}, "?q"),
        ({"code": "1" * 41}, "?code"),
        ({"code": "\x00"}, "?code"),
    ],
)
async def test_a_look_up_that_means_nothing_is_refused_with_its_place(
    desk: ServiceUnderTest, params: dict[str, str], pointer: str
) -> None:
    answer = await desk.get(AGENT, "/callers", **params)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


@pytest.mark.parametrize("role", ["observer", "system", "finance", "administrator"])
async def test_who_serves_no_caller_looks_nobody_up(desk: ServiceUnderTest, role: str) -> None:
    answer = await desk.get(Person("420000", role), "/callers", phone="13971110001")
    assert answer.status_code == 403
