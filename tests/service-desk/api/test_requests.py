"""The VIP channel, urgent requests, the queue, emergencies and contact meetings (hubei 21, 30(2), 30(5))."""

from typing import Any

import pytest

from support.claims import AGENT, Json, a_customer, filed
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    MANAGER,
    MORNING,
    OBSERVER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
    expect,
)

TEAM_HEAD = Person("420106-T01", "unit-head", "班长")


async def asked(desk: ServiceUnderTest, customer: str, status: int = 201, **facts: Any) -> Json:
    body = {
        "channel": "hotline",
        "kind": "priority",
        "priority": "pick-up",
        "content": "下午派车揽收",
        "caller": {"customer_id": customer, "phone": "13907110000", "name": "郝女士"},
        **facts,
    }
    answer: Json = expect(await desk.post(AGENT, "/service-requests", body), status)
    return answer


@pytest.mark.parametrize(
    "priority", ["pick-up", "processing", "transport", "delivery", "information", "compensation"]
)
async def test_each_of_the_six_priorities_may_be_asked_for_in_the_vip_channel(
    desk: ServiceUnderTest, priority: str
) -> None:
    request = await asked(desk, await a_customer(desk, initial_class=4, vip=True), priority=priority)
    assert (request["state"], request["priority"], request["vip"], request["org_id"]) == (
        "open", priority, True, "420106-T01",
    )  # fmt: skip
    assert len(request["case_no"]) == 15 and request["because"]["reasons"][0]["article"] == "21"


async def test_class_1_always_has_the_channel_and_others_by_the_centers_flag_alone(
    desk: ServiceUnderTest,
) -> None:
    assert (await asked(desk, await a_customer(desk, initial_class=1)))["vip"] is True
    refused = await asked(desk, await a_customer(desk, initial_class=2), 409)
    assert refused["code"] == "not-vip" and refused["because"]["reasons"][0]["rule"] == "hubei.vip-flag"


async def test_urgent_and_one_off_requests_are_for_every_customer_and_other_kinds_for_none(
    desk: ServiceUnderTest,
) -> None:
    customer = await a_customer(desk, initial_class=4)
    for kind in ("urgent", "one-off"):
        assert (await asked(desk, customer, kind=kind, priority=None))["kind"] == kind
    odd = await asked(desk, customer, 422, kind="express-lane", priority=None)
    assert (odd["code"], odd["pointer"], odd["known"]) == ("unknown-word", "/kind", ["urgent", "one-off"])
    vip = await a_customer(desk, vip=True)
    wrongs: list[Json] = [{"priority": "teleport"}, {"priority": None}, {"kind": "urgent"}]
    for wrong in wrongs:
        assert (await asked(desk, vip, 422, **wrong))["pointer"] == "/priority"


async def test_a_request_is_accepted_and_done_by_the_unit_or_the_center_above(desk: ServiceUnderTest) -> None:
    request = await asked(desk, await a_customer(desk, vip=True), wanted_by="2026-03-02T15:00:00+08:00")
    path = f"/service-requests/{request['case_no']}"
    early = await desk.post(TEAM_HEAD, f"{path}/done", {"text": "已揽"}, version=1)
    assert (early.status_code, early.json()["code"]) == (409, "out-of-turn")
    assert (await desk.post(HEAD, f"{path}/accept", {"text": "派车"}, version=1)).status_code == 403
    assert (await desk.post(FAR_OFFICER, f"{path}/accept", {"text": "派车"}, version=1)).status_code == 404
    expect(await desk.post(TEAM_HEAD, f"{path}/accept", {"text": "派车"}, version=1), 200)
    stale = await desk.post(OFFICER, f"{path}/done", {"text": "已揽"}, version=1)
    assert stale.status_code == 412
    done = expect(await desk.post(OFFICER, f"{path}/done", {"text": "已揽收"}, version=2), 200)
    assert [(step["step"], step["words"]["text"]) for step in done["steps"]] == [
        ("accept", "派车"),
        ("done", "已揽收"),
    ]
    events = await desk.events(f"service-request:{request['id']}")
    assert [event["type"].split(".")[2] for event in events] == ["opened", "accepted", "done"]
    for secret in ("派车", "13907110000", "郝女士"):
        assert secret not in str([event["payload"] for event in events])


async def test_a_requests_phone_is_masked_and_a_full_look_is_recorded(desk: ServiceUnderTest) -> None:
    request = await asked(desk, await a_customer(desk, vip=True))
    path = f"/service-requests/{request['case_no']}"
    assert request["caller"]["phone"] == "139****0000"
    assert (await desk.get(OFFICER, path)).json()["caller"]["phone"] == "139****0000"
    assert "caller" not in (await desk.get(OBSERVER, path)).json()
    listed = expect(await desk.get(OFFICER, "/service-requests", customer_id=request["customer_id"]), 200)
    assert "1390711" not in str(listed) and "揽收" not in str(listed)
    full = expect(await desk.get(OFFICER, path, full_phone="true"), 200)
    assert full["caller"]["phone"] == "13907110000"
    looks = await desk.rows(
        "SELECT kind FROM audit_entry WHERE subject = $1", f"service-request:{request['id']}"
    )
    assert [look["kind"] for look in looks] == ["full-phone"]


async def test_the_queue_serves_vips_first_then_by_class_then_by_what_is_due(desk: ServiceUnderTest) -> None:
    plain = await a_customer(desk, initial_class=2, org_id="420107")
    third, first = (
        await a_customer(desk, initial_class=3, vip=True, org_id="420107"),
        await a_customer(desk, initial_class=1, org_id="420107"),
    )
    calls = [
        (plain, {"kind": "urgent", "priority": None, "wanted_by": "2026-03-02T10:00:00+08:00"}),
        (third, {"wanted_by": "2026-03-02T11:00:00+08:00"}),
        (first, {"wanted_by": "2026-03-03T12:00:00+08:00"}),
        (first, {"wanted_by": "2026-03-02T12:00:00+08:00"}),
        (first, {}),
    ]
    made = [(await asked(desk, customer, **facts))["case_no"] for customer, facts in calls]
    expected = [made[3], made[2], made[4], made[1], made[0]]
    shown: list[str] = []
    cursor = None
    for _ in range(5):
        page = expect(
            await desk.get(
                PROVINCE, "/queue", org_id="420107", limit=1, **({"cursor": cursor} if cursor else {})
            ),
            200,
        )
        assert page["total"] == 5
        shown += [one["case_no"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert shown == expected and cursor is None


async def test_complaints_and_claims_stand_in_the_queue_with_their_next_clock(desk: ServiceUnderTest) -> None:
    claim = await filed(desk, "100", Person("420525", "unit-head"), channel="counter")
    items = expect(await desk.get(Person("420525", "unit-head"), "/queue", type="compensation"), 200)["items"]
    mine = next(one for one in items if one["case_no"] == claim["case_no"])
    assert mine["due_at"] == "2026-03-05T00:00:00+08:00" and "caller" not in mine


def emergency(**facts: Any) -> Json:
    span = {"from": "2026-03-02T08:00:00+08:00", "until": "2026-03-03T08:00:00+08:00"}
    return {"situation": "route-break", **span, "transport": "改走汽运", "reason": "邮路中断", **facts}


async def test_an_emergency_allows_unusual_transport_from_its_beginning_until_its_end(
    desk: ServiceUnderTest,
) -> None:
    declared = expect(await desk.post(DIRECTOR, "/emergencies", emergency()), 201)
    path = f"/emergencies/{declared['id']}"
    used = expect(await desk.post(MANAGER, f"{path}/uses", {"transport": "租车一辆", "pieces": 300}), 201)
    assert used["uses"][0]["transport"] == "租车一辆"
    for at, status in (("2026-03-03T07:59:50+08:00", 201), ("2026-03-03T08:00:01+08:00", 409)):
        desk.set_clock(at)
        try:
            answer = await desk.post(MANAGER, f"{path}/uses", {"transport": "租车"})
        finally:
            desk.set_clock(MORNING)
        assert answer.status_code == status, (at, answer.text)
    assert (await desk.get(FAR_OFFICER, path)).status_code == 404
    assert (await desk.post(PROVINCE, f"{path}/end", version=1)).status_code == 403
    ended = expect(await desk.post(DIRECTOR, f"{path}/end", version=1), 200)
    assert ended["ended_at"] is not None
    over = await desk.post(MANAGER, f"{path}/uses", {"transport": "租车"})
    assert (over.status_code, over.json()["code"]) == (409, "emergency-over")
    assert over.json()["zh"]["detail"].startswith("应急状态自3月2日8时起至3月2日9时")
    active = expect(await desk.get(MANAGER, "/emergencies", active="true"), 200)["items"]
    assert declared["id"] not in [one["id"] for one in active]
    events = await desk.events(f"emergency:{declared['id']}")
    assert [event["type"].split(".")[2] for event in events] == ["declared", "ended"] and "汽运" not in str(
        events
    )


async def test_only_a_vips_own_request_makes_an_emergency_of_its_own(desk: ServiceUnderTest) -> None:
    vip = await asked(desk, await a_customer(desk, vip=True), kind="urgent", priority=None)
    plain = await asked(desk, await a_customer(desk, initial_class=4), kind="urgent", priority=None)
    body = emergency(situation="urgent", service_request=vip["case_no"])
    assert expect(await desk.post(DIRECTOR, "/emergencies", body), 201)["service_request"] == vip["case_no"]
    refused = await desk.post(DIRECTOR, "/emergencies", {**body, "service_request": plain["case_no"]})
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/service_request")
    missing = await desk.post(DIRECTOR, "/emergencies", emergency(situation="urgent"))
    assert (missing.status_code, missing.json()["pointer"]) == (422, "/service_request")
    assert "须给出该服务要求" in missing.json()["zh"]["detail"]
    assert missing.json()["because"]["reasons"][0]["article"] == "30(2)"
    needless = await desk.post(DIRECTOR, "/emergencies", emergency(service_request=vip["case_no"]))
    assert (needless.status_code, needless.json()["pointer"]) == (422, "/service_request")
    unknown = await desk.post(DIRECTOR, "/emergencies", emergency(situation="picnic"))
    assert (unknown.json()["code"], unknown.json()["pointer"]) == ("unknown-word", "/situation")
    assert (await desk.post(HEAD, "/emergencies", emergency())).status_code == 403
    backwards = emergency(until="2026-03-02T08:00:00+08:00")
    assert (await desk.post(DIRECTOR, "/emergencies", backwards)).json()["pointer"] == "/until"


async def test_a_contact_meeting_keeps_who_took_part_and_what_came_of_it_sealed(
    desk: ServiceUnderTest,
) -> None:
    customer = await a_customer(desk)
    body = {
        "customer": customer,
        "occasion": "price-change",
        "held_on": "2026-03-02",
        "participants": [{"name": "钱总监", "side": "customer"}, {"name": "王经理", "side": "post"}],
        "minutes": "客户对调价有意见",
        "outcome": "维持原协议至年底",
    }
    held = expect(await desk.post(MANAGER, "/contact-meetings", body), 201)
    assert (
        held["participants"][0] == {"name": "钱总监", "side": "customer"}
        and held["outcome"] == "维持原协议至年底"
    )
    (row,) = await desk.rows("SELECT m::text AS row FROM contact_meeting m WHERE id::text = $1", held["id"])
    (event,) = await desk.events(f"contact-meeting:{held['id']}")
    for secret in ("钱总监", "调价有意见", "年底"):
        assert secret not in row["row"] and secret not in str(event["payload"])
    listed = expect(await desk.get(OFFICER, "/contact-meetings", customer_id=customer), 200)["items"]
    assert [one["occasion"] for one in listed] == ["price-change"] and "minutes" not in listed[0]
    path = f"/contact-meetings/{held['id']}"
    assert expect(await desk.get(OFFICER, path), 200)["minutes"] == "客户对调价有意见"
    assert "participants" not in expect(await desk.get(OBSERVER, path), 200)
    for wrong, pointer in (({"occasion": "festival"}, "/occasion"), ({"held_on": "2026-03-03"}, "/held_on")):
        answer = await desk.post(MANAGER, "/contact-meetings", {**body, **wrong})
        assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("wanted_by", "status"),
    [
        ("2026-03-02T08:29:59+08:00", 422),
        ("2026-03-02T08:30:00+08:00", 201),
        ("2026-03-02T00:30:00Z", 201),
        ("1900-01-01T00:00:00+08:00", 422),
    ],
)
async def test_nothing_is_wanted_before_it_was_asked_for(
    desk: ServiceUnderTest, wanted_by: str, status: int
) -> None:
    customer = await a_customer(desk, vip=True)
    answer = await asked(desk, customer, status, received_at="2026-03-02T08:30:00+08:00", wanted_by=wanted_by)
    assert answer.get("pointer") == ("/wanted_by" if status == 422 else None)
