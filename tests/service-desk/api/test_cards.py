"""The caller's card: found by every form of phone, code and name; with last contacts and all clocks."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from chassis.ids import uuid7
from service_desk.settings import MOST_CARDS
from support.facts import customer_fact
from support.service import Person, ServiceUnderTest, expect

AGENT = Person("420100", "hotline-agent")
YICHANG = Person("420500", "hotline-agent")
OFFICER = Person("420100", "center-officer")


async def a_customer(desk: ServiceUnderTest, *phones: str, **facts: Any) -> UUID:
    customer_id = uuid7()
    keys = [key for phone in phones for key in desk.runtime.phones.keys(phone)]
    await desk.hear(customer_fact(customer_id, phone_keys=keys, **facts))
    return customer_id


async def found(desk: ServiceUnderTest, person: Person = AGENT, **params: str) -> dict[str, Any]:
    answer: dict[str, Any] = expect(await desk.get(person, "/callers", **params), 200)
    return answer


@pytest.mark.parametrize(
    ("kept", "dialled"),
    [
        ("13966660001", "0086 139 6666 0001"),
        ("13966660002", "+86-139-6666-0002"),
        ("13966660003", "１３９　６６６６　０００３"),
        ("027-66660004", "02766660004"),
        ("027-66660005", "+86 27 6666 0005"),
        ("(027)66660006", "０２７－６６６６０００６"),
        ("027-66660007 转 801", "027 6666 0007-801"),
        ("0717-6666008", "+867176666008"),
    ],
)
async def test_a_number_is_found_in_every_form_it_may_be_dialled_in(
    desk: ServiceUnderTest, kept: str, dialled: str
) -> None:
    customer = await a_customer(desk, kept)
    answer = await found(desk, phone=dialled)
    assert [card["customer"]["customer_id"] for card in answer["cards"]] == [str(customer)]


@pytest.mark.parametrize(
    "written", ["42010000009911", "420100 0000991 1", "420100-0000991-1", "４２０１００００００９９１１"]
)
async def test_a_customer_code_is_found_with_blanks_hyphens_and_in_full_width(
    desk: ServiceUnderTest, written: str
) -> None:
    customer = uuid7()
    await desk.hear(customer_fact(customer, customer_code="42010000009911"))
    cards = (await found(desk, code=written))["cards"]
    assert all(card["customer"]["code"] == "42010000009911" for card in cards) and cards


@pytest.mark.parametrize("written", ["chqp", "CHQP", "c h q p", "ＣＨＱＰ", "whchqp"])
async def test_a_name_is_found_by_the_initials_of_its_pinyin(desk: ServiceUnderTest, written: str) -> None:
    customer = await a_customer(desk, name="武汉长河汽配有限公司")
    names = {card["customer"]["customer_id"] for card in (await found(desk, q=written))["cards"]}
    assert str(customer) in names
    assert (await found(desk, YICHANG, q=written))["match"] == "none"


@pytest.mark.parametrize("written", ["qo", "QO", "q o", "ＱＯ"])
async def test_two_letters_find_the_names_that_begin_with_them(desk: ServiceUnderTest, written: str) -> None:
    begins = {
        str(await a_customer(desk, name=name)) for name in ("擎鸥印务有限公司", "QO", "QO9号", "擎鸥作坊")
    }
    for name in ("擎牛印务", "RO印务", "武汉擎鸥印务", "QP"):
        await a_customer(desk, name=name)
    answer = await found(desk, q=written)
    names = {card["customer"]["customer_id"] for card in answer["cards"]}
    assert begins <= names and {card["customer"]["name"][0] for card in answer["cards"]} <= {"擎", "Q"}
    assert not {"擎牛印务", "QP"} & {card["customer"]["name"] for card in answer["cards"]}
    assert (await found(desk, YICHANG, q=written))["match"] == "none"


@pytest.mark.parametrize(
    ("way", "wanted"), [("name", "瀛洲"), ("initials", "YZCF"), ("few", "ZY"), ("phone", "")]
)
async def test_more_than_the_cards_that_are_given_are_said_to_be_there(
    desk: ServiceUnderTest, way: str, wanted: str
) -> None:
    number = "13966661111"
    name = {"name": "瀛洲", "initials": "砚竹茶坊", "few": "纸鸢"}.get(way, "总机")
    for count in range(MOST_CARDS):
        await a_customer(desk, *([number] if way == "phone" else []), name=f"{name}{count:02d}")
    asked = {"phone": number} if way == "phone" else {"q": wanted}
    answer = await found(desk, AGENT, **asked)
    assert (answer["match"], answer["more"], len(answer["cards"])) == ("several", False, MOST_CARDS)
    await a_customer(desk, *([number] if way == "phone" else []), name=f"{name}99")
    answer = await found(desk, AGENT, **asked)
    assert (answer["match"], answer["more"], len(answer["cards"])) == ("several", True, MOST_CARDS)
    assert f"{name}99" not in {card["customer"]["name"] for card in answer["cards"]}
    assert (await found(desk, YICHANG, **asked))["more"] is False


async def test_of_several_readings_the_initials_take_that_of_the_word(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk, name="重庆银行大堂茶社")
    assert [card["customer"]["customer_id"] for card in (await found(desk, q="cqyhdt"))["cards"]] == [
        str(customer)
    ]


async def test_the_legal_form_is_no_part_of_the_initials(desk: ServiceUnderTest) -> None:
    await a_customer(desk, name="飞鸢印务有限公司")
    assert (await found(desk, q="yxgs"))["match"] == "none"


async def test_initials_follow_a_change_of_the_name(desk: ServiceUnderTest) -> None:
    customer = await a_customer(desk, name="璞玉瓷坊")
    await desk.hear(customer_fact(customer, 2, kind="changed", name="蓝鲸画室"))
    assert (await found(desk, q="pycf"))["match"] == "none"
    assert (await found(desk, q="ljhs"))["match"] == "one"


async def test_the_card_tells_the_last_contacts_the_newest_first(desk: ServiceUnderTest) -> None:
    await a_customer(desk, "13966660009")
    caller = {"phone": "13966660009"}
    body = {"channel": "hotline", "category": "loss", "content": "丢了", "caller": caller}
    case = expect(await desk.post(AGENT, "/complaints", body), 201)
    path = f"/complaints/{case['case_no']}"
    expect(await desk.post(AGENT, f"{path}/additions", {"content": "再问一次"}), 200)
    expect(await desk.post(OFFICER, f"{path}/withdraw", {"reason": "找到了"}, version=2), 200)
    money = {
        "channel": "counter",
        "cause": "damage",
        "mail_no": "EA666600009CN",
        "amount_claimed": "9",
        "caller": caller,
    }
    expect(await desk.post(AGENT, "/compensations", money), 201)
    (card,) = (await found(desk, phone="13966660009"))["cards"]
    assert [(one["type"], one["step"]) for one in card["last_contacts"]] == [
        ("compensation", "received"),
        ("complaint", "withdraw"),
        ("complaint", "add"),
        ("complaint", "received"),
    ]
    assert [one["type"] for one in card["open_cases"]] == ["compensation"]
    assert {clock["kind"] for clock in card["open_cases"][0]["deadlines"]} >= {
        "compensation-handle",
        "compensation-pay",
    }
    assert "再问" not in str(card) and "找到" not in str(card)


@pytest.mark.parametrize(("kind", "priority"), [("priority", "pick-up"), ("urgent", None), ("one-off", None)])
async def test_a_service_request_is_on_the_card_until_it_has_ended(
    desk: ServiceUnderTest, kind: str, priority: str | None
) -> None:
    phone = f"1396667{len(kind):04d}"
    customer = await a_customer(desk, phone, vip=True)
    asked: dict[str, Any] = {
        "channel": "hotline",
        "kind": kind,
        "priority": priority,
        "content": "下午派车",
        "wanted_by": "2026-03-02T15:00:00+08:00",
        "caller": {"customer_id": str(customer)},
    }
    request = expect(await desk.post(AGENT, "/service-requests", asked), 201)
    body = {"channel": "hotline", "category": "loss", "content": "丢了", "caller": {"phone": phone}}

    async def open_cases(way: str = "phone", meant: str = phone) -> list[dict[str, Any]]:
        (card,) = (await found(desk, AGENT, **{way: meant}))["cards"]
        cases: list[dict[str, Any]] = card["open_cases"]
        return cases

    [shown] = await open_cases()
    assert shown == (await open_cases("code", str(customer)))[0]
    named = ("type", "case_no", "state", "kind", "priority", "deadlines")
    assert [shown[name] for name in named] == [
        "service-request", request["case_no"], "open", kind, priority, [],
    ]  # fmt: skip
    assert datetime.fromisoformat(shown["wanted_by"]) == datetime.fromisoformat(asked["wanted_by"])
    complaint = expect(await desk.post(AGENT, "/complaints", body), 201)
    assert {one["case_no"] for one in await open_cases()} == {
        request["case_no"], complaint["case_no"],
    }  # fmt: skip
    path = f"/service-requests/{request['case_no']}"
    expect(await desk.post(OFFICER, f"{path}/accept", {"text": "派车"}, version=1), 200)
    assert "accepted" in {one["state"] for one in await open_cases()}
    expect(await desk.post(OFFICER, f"{path}/done", {"text": "已揽收"}, version=2), 200)
    assert [one["case_no"] for one in await open_cases()] == [complaint["case_no"]]


async def test_a_telephone_systems_pop_up_leads_to_the_screen_with_the_number_behind_the_hash(
    desk: ServiceUnderTest,
) -> None:
    answer = await desk.http.get("/v1/callers/pop-up", params={"phone": "138 0000 0000"})
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert (where.path, where.query) == ("/", "")
    path, _, query = where.fragment.partition("?")
    assert (path, parse_qs(query)) == ("/callers", {"phone": ["+8613800000000"]})
    wrong = await desk.http.get("/v1/callers/pop-up", params={"phone": "abc"})
    assert (wrong.status_code, wrong.json()["pointer"]) == (422, "?phone")
