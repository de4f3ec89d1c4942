"""Tariff requests as their users meet them: routed, answered, sent up, withdrawn, late on record."""

import asyncio
from uuid import uuid4

import pytest

from support.pricing import (
    a_customer,
    asked,
    move,
    supported_by,
    swept,
    tariff,
    tier_fact,
    told,
)
from support.service import (
    DIRECTOR,
    FAR_HEAD,
    FINANCE,
    HEAD,
    MANAGER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
    expect,
)

RIVAL = Person("420106-T02", "account-manager", "钱经理")
BUREAU = Person("420100-S01", "unit-head", "李局长")
SECOND_HEAD = Person("420106", "unit-head", "副局长")


async def test_within_the_standard_the_county_answers_and_it_is_filed_with_the_province(
    pricing: ServiceUnderTest,
) -> None:
    request = await asked(pricing, MANAGER, await a_customer(pricing, 3), "0.10")
    assert (request["state"], request["level"], request["deciding_org_id"]) == ("open", "county", "420106")
    assert (request["discount"], request["standard"]) == ("0.10", "0.10")
    assert request["due_at"] == "2026-03-06T00:00:00+08:00"
    approved = await move(pricing, HEAD, request, "approve")
    assert (approved["state"], approved["filed_with_province"], approved["late"]) == ("approved", True, [])
    events = await pricing.events(f"tariff-request:{request['id']}")
    assert [(event["type"], event["version"]) for event in events] == [
        ("pricing.tariff.requested.v1", 1),
        ("pricing.tariff.approved.v1", 2),
    ]
    assert events[1]["payload"]["filed_with_province"] is True


@pytest.mark.parametrize(
    ("class_", "discount", "level", "org_id"),
    [(2, "0.15", "city", "420100"), (3, "0.11", "province", "420000"), (1, "0.21", "province", "420000")],
)
async def test_what_is_beyond_the_county_goes_to_the_nearest_node_of_the_level_that_may(
    pricing: ServiceUnderTest, class_: int, discount: str, level: str, org_id: str
) -> None:
    request = await asked(pricing, MANAGER, await a_customer(pricing, class_), discount)
    assert (request["level"], request["deciding_org_id"]) == (level, org_id)


async def test_a_unit_without_a_county_above_it_is_answered_by_its_city(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 4, org_id="420100-S01")
    request = await asked(pricing, BUREAU, customer, "0.05")
    assert (request["level"], request["deciding_org_id"]) == ("city", "420100")


async def test_a_head_who_asks_is_answered_by_the_level_above(pricing: ServiceUnderTest) -> None:
    request = await asked(pricing, HEAD, await a_customer(pricing, 3), "0.05")
    assert (request["level"], request["deciding_org_id"]) == ("city", "420100")
    assert (await move(pricing, HEAD, request, "approve", 403))["code"] == "not-the-decider"
    approved = await move(pricing, DIRECTOR, request, "approve")
    assert approved["filed_with_province"] is True


async def test_what_the_province_grants_is_not_filed_with_it(pricing: ServiceUnderTest) -> None:
    request = await asked(pricing, MANAGER, await a_customer(pricing, 3), "0.30")
    approved = await move(pricing, PROVINCE, request, "approve")
    assert (approved["state"], approved["filed_with_province"]) == ("approved", False)


async def test_the_class_that_holds_that_day_decides(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 4)
    await pricing.hear(
        tier_fact(customer.customer_id, 2, 1, "2027-01-01"),
        tier_fact(customer.customer_id, 1, 3, "2026-01-01"),
    )
    request = await asked(pricing, MANAGER, customer, "0.10")
    assert (request["customer"]["class"], request["level"]) == (3, "county")


async def test_a_customer_without_a_class_is_refused_with_the_article(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, None)
    body = expect(await pricing.post(MANAGER, "/tariff-requests", tariff(customer)), 409)
    assert body["code"] == "no-discount-standard"
    assert body["because"]["reasons"][0]["article"] == "24"


async def test_only_who_holds_the_level_answers(pricing: ServiceUnderTest) -> None:
    request = await asked(pricing, MANAGER, await a_customer(pricing, 3))
    for person in (DIRECTOR, PROVINCE, OFFICER, RIVAL, MANAGER):
        status = 404 if person is RIVAL else 403
        for step in ("approve", "refuse", "send-up"):
            await move(pricing, person, request, step, status)
    assert (await pricing.get(HEAD, f"/tariff-requests/{request['id']}")).json()["state"] == "open"


async def test_nobody_decides_what_they_submitted_nor_for_a_customer_they_manage(
    pricing: ServiceUnderTest,
) -> None:
    managed = await a_customer(pricing, 3, manager_id=str(SECOND_HEAD.staff_id))
    request = await asked(pricing, MANAGER, managed)
    for step in ("approve", "refuse", "send-up"):
        assert (await move(pricing, SECOND_HEAD, request, step, 403))["code"] == "maker-is-checker"
    own = await asked(pricing, SECOND_HEAD, await a_customer(pricing, 3))
    assert own["level"] == "county"
    assert (await move(pricing, SECOND_HEAD, own, "approve", 403))["code"] == "maker-is-checker"
    assert (await move(pricing, HEAD, own, "approve"))["state"] == "approved"


async def test_what_has_grown_beyond_a_level_is_refused_there_and_goes_up(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    request = await asked(pricing, MANAGER, customer, "0.10")
    await pricing.hear(tier_fact(customer.customer_id, 1, 4, "2026-03-01"))
    refused = await move(pricing, HEAD, request, "approve", 409)
    assert (refused["code"], refused["hint"], refused["needs_level"]) == (
        "beyond-authority",
        "send-up",
        "province",
    )
    assert refused["because"]["reasons"][0]["article"] == "24"
    assert (await move(pricing, HEAD, request, "send-up"))["level"] == "city"
    assert (await move(pricing, DIRECTOR, request, "approve", 409))["code"] == "beyond-authority"
    assert (await move(pricing, DIRECTOR, request, "send-up"))["level"] == "province"
    assert (await move(pricing, PROVINCE, request, "send-up", 409))["code"] == "nothing-above"
    assert (await move(pricing, PROVINCE, request, "approve"))["state"] == "approved"
    assert await told(pricing, f"tariff-request:{request['id']}") == [
        "requested",
        "sent-up",
        "sent-up",
        "approved",
    ]


async def test_a_closed_request_moves_no_more(pricing: ServiceUnderTest) -> None:
    request = await asked(pricing, MANAGER, await a_customer(pricing, 3))
    await move(pricing, HEAD, request, "refuse")
    for step in ("approve", "refuse", "send-up"):
        assert (await move(pricing, HEAD, request, step, 409))["code"] == "tariff-request-closed"
    assert (await move(pricing, MANAGER, request, "withdraw", 409))["code"] == "tariff-request-closed"
    assert await told(pricing, f"tariff-request:{request['id']}") == ["requested", "refused"]


async def test_the_asker_or_the_head_of_that_unit_withdraws_and_nobody_else(
    pricing: ServiceUnderTest,
) -> None:
    team_head = Person("420106-T01", "unit-head", "班长")
    colleague = Person("420106-T01", "account-manager", "同事")
    customer = await a_customer(pricing, 3)
    request = await asked(pricing, MANAGER, customer)
    for person in (HEAD, colleague):
        assert (await move(pricing, person, request, "withdraw", 403))["code"] == "not-the-asker"
    assert (await move(pricing, MANAGER, request, "withdraw"))["state"] == "withdrawn"
    [deadline] = await pricing.rows("SELECT state FROM deadline WHERE subject_id = $1", request["id"])
    assert deadline["state"] == "cancelled"
    again = await asked(pricing, MANAGER, customer)
    assert (await move(pricing, team_head, again, "withdraw"))["state"] == "withdrawn"


async def test_a_second_open_request_for_the_line_is_refused_and_names_the_unit_only(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await supported_by(pricing, customer, "420106-T01", "420525")
    request = await asked(pricing, MANAGER, customer, "0.10", "domestic-express", "ceremonial")
    body = tariff(customer, "0.07", "ceremonial", "integrated-logistics")
    refused = expect(await pricing.post(FAR_HEAD, "/tariff-requests", body), 409)
    assert (refused["code"], refused["org_id"], refused["lines"]) == (
        "tariff-request-open",
        "420106-T01",
        ["ceremonial"],
    )
    assert "0.10" not in str(refused) and request["id"] not in str(refused)
    other_line = await asked(pricing, FAR_HEAD, customer, "0.05", "integrated-logistics")
    assert other_line["org_id"] == "420525"
    await move(pricing, HEAD, request, "refuse")
    assert (await asked(pricing, FAR_HEAD, customer, "0.05", "ceremonial"))["state"] == "open"


async def test_of_two_requests_for_one_line_at_one_instant_one_is_taken(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    answers = await asyncio.gather(
        *(pricing.post(MANAGER, "/tariff-requests", tariff(customer)) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"tariff-request-open"}


async def test_of_two_deciders_at_one_instant_one_wins(pricing: ServiceUnderTest) -> None:
    for _ in range(5):
        request = await asked(pricing, MANAGER, await a_customer(pricing, 3))
        path = f"/tariff-requests/{request['id']}"
        answers = await asyncio.gather(
            pricing.post(HEAD, f"{path}/approve", {}),
            pricing.post(SECOND_HEAD, f"{path}/refuse", {"reason": "不同意"}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        won = next(answer.json()["state"] for answer in answers if answer.status_code == 200)
        assert await told(pricing, f"tariff-request:{request['id']}") == ["requested", won]


async def test_a_customer_that_has_left_the_scope_leaves_its_request_to_be_refused(
    pricing: ServiceUnderTest,
) -> None:
    customer, far_director = await a_customer(pricing, 3), Person("420500", "center-director")
    await supported_by(pricing, customer, "420106-T01", "420525")
    request = await asked(pricing, FAR_HEAD, customer, "0.05")
    assert (request["level"], request["deciding_org_id"]) == ("city", "420500")
    await supported_by(pricing, customer, "420106-T01")
    assert (await move(pricing, far_director, request, "approve", 422))["code"] == "unknown-customer"
    assert (await move(pricing, far_director, request, "refuse"))["state"] == "refused"


async def test_the_same_request_twice_has_one_effect(pricing: ServiceUnderTest) -> None:
    customer, key = await a_customer(pricing, 3), str(uuid4())
    first = expect(await pricing.post(MANAGER, "/tariff-requests", tariff(customer), key=key), 201)
    second = expect(await pricing.post(MANAGER, "/tariff-requests", tariff(customer), key=key), 201)
    assert first == second


async def test_the_list_shows_requests_of_the_scope_by_state_level_and_unit(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    request = await asked(pricing, MANAGER, customer)
    path = f"customer_id={customer.customer_id}"
    for query, found in (
        ("state=open&level=county&org_id=420106", True),
        ("state=approved", False),
        ("level=city", False),
        ("org_id=420500", False),
    ):
        listed = expect(await pricing.get(FINANCE, f"/tariff-requests?{path}&{query}"), 200)
        assert [item["id"] for item in listed["items"]] == ([request["id"]] if found else []), query
        assert listed["total"] == int(found)


async def test_pages_follow_each_other_newest_first(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    lines = ("domestic-express", "ceremonial", "integrated-logistics")
    made = [(await asked(pricing, MANAGER, customer, "0.05", line))["id"] for line in lines]
    path = f"/tariff-requests?customer_id={customer.customer_id}&limit=2"
    first = expect(await pricing.get(HEAD, path), 200)
    second = expect(await pricing.get(HEAD, f"{path}&cursor={first['next_cursor']}"), 200)
    assert [item["id"] for item in (*first["items"], *second["items"])] == made[::-1]
    assert second["next_cursor"] is None


async def test_an_answer_before_the_third_days_end_is_in_time_and_at_midnight_late_on_record(
    alone: ServiceUnderTest,
) -> None:
    in_time = await asked(alone, MANAGER, await a_customer(alone, 3))
    late = await asked(alone, MANAGER, await a_customer(alone, 3))
    alone.set_clock("2026-03-05T23:59:50+08:00")
    assert (await move(alone, HEAD, in_time, "approve"))["late"] == []
    alone.set_clock("2026-03-06T00:00:00+08:00")
    answered = await move(alone, HEAD, late, "approve")
    assert (answered["state"], answered["late"]) == ("approved", ["county"])
    holder = {"org_id": "420106", "role": "unit-head", "staff_id": str(HEAD.staff_id)}
    assert answered["levels"][0]["late"] == {"due_at": "2026-03-06T00:00:00+08:00", "holder": holder}
    await swept(alone)
    assert await told(alone, f"tariff-request:{late['id']}") == ["requested", "overdue", "approved"]
    states = await alone.rows("SELECT subject_id, state FROM deadline WHERE kind = 'tariff-answer'")
    assert {row["subject_id"]: row["state"] for row in states} == {
        in_time["id"]: "met",
        late["id"]: "met-late",
    }


async def test_an_expired_level_is_told_once_and_the_request_stays_open_for_an_answer(
    alone: ServiceUnderTest,
) -> None:
    request = await asked(alone, MANAGER, await a_customer(alone, 3))
    subject = f"tariff-request:{request['id']}"
    alone.set_clock("2026-03-05T23:59:50+08:00")
    await swept(alone)
    assert await told(alone, subject) == ["requested"]
    alone.set_clock("2026-03-20T09:00:00+08:00")
    await swept(alone)
    assert await told(alone, subject) == ["requested", "overdue"]
    shown = expect(await alone.get(HEAD, f"/tariff-requests/{request['id']}"), 200)
    assert (shown["state"], shown["late"]) == ("open", ["county"])
    in_time = await asked(alone, MANAGER, await a_customer(alone, 3))
    for late, found in (("true", request), ("false", in_time)):
        listed = expect(await alone.get(FINANCE, f"/tariff-requests?late={late}"), 200)
        assert [item["id"] for item in listed["items"]] == [found["id"]]
    passed = await move(alone, HEAD, request, "send-up")
    assert (passed["level"], passed["due_at"]) == ("city", "2026-03-24T00:00:00+08:00")
    alone.set_clock("2026-03-24T00:00:01+08:00")
    await swept(alone)
    refused = await move(alone, DIRECTOR, request, "refuse")
    assert refused["late"] == ["county", "city"]
    assert [level["late"]["holder"]["org_id"] for level in refused["levels"]] == ["420106", "420100"]
    assert await told(alone, subject) == ["requested", "overdue", "sent-up", "overdue", "refused"]


async def test_sweeper_and_late_answers_at_one_instant_tell_each_overdue_once(
    alone: ServiceUnderTest,
) -> None:
    requests = [await asked(alone, MANAGER, await a_customer(alone, 3)) for _ in range(30)]
    alone.set_clock("2026-03-06T00:00:00+08:00")
    steps = ("approve", "refuse", "send-up")
    answers = await asyncio.gather(
        *(
            alone.post(
                HEAD,
                f"/tariff-requests/{one['id']}/{steps[place % 3]}",
                {"reason": "因故"} if place % 3 else {},
            )
            for place, one in enumerate(requests)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    await swept(alone)
    for place, one in enumerate(requests):
        last = ("approved", "refused", "sent-up")[place % 3]
        assert await told(alone, f"tariff-request:{one['id']}") == ["requested", "overdue", last]
        late = expect(await alone.get(HEAD, f"/tariff-requests/{one['id']}"), 200)["levels"][0]["late"]
        assert late["holder"]["staff_id"] == str(HEAD.staff_id)


async def test_the_clock_warns_twice_and_passes_to_the_director_who_may_then_answer(
    alone: ServiceUnderTest,
) -> None:
    request = await asked(alone, MANAGER, await a_customer(alone, 3))
    mine = "/deadlines?holder=me&kind=tariff-answer"
    assert expect(await alone.get(HEAD, mine), 200)["total"] == 1
    assert expect(await alone.get(DIRECTOR, mine), 200)["total"] == 0
    path = f"/tariff-requests/{request['id']}"
    assert "discount" not in expect(await alone.get(DIRECTOR, path), 200)
    alone.set_clock("2026-03-06T00:00:01+08:00")
    await swept(alone)
    assert expect(await alone.get(DIRECTOR, path), 200)["discount"] == "0.10"
    [deadline] = expect(await alone.get(DIRECTOR, mine), 200)["items"]
    assert (len(deadline["warned_at"]), deadline["state"]) == (2, "breached")
    assert await told(alone, f"deadline:{deadline['id']}") == ["warned", "warned", "breached", "escalated"]
    approved = await move(alone, DIRECTOR, request, "approve")
    assert (approved["level"], approved["late"]) == ("county", ["county"])
    assert approved["levels"][0]["by"] == str(DIRECTOR.staff_id)


async def test_a_deputy_answers_for_an_absent_head(alone: ServiceUnderTest) -> None:
    deputy = Person("420106", "account-manager", "代理人")
    request = await asked(alone, MANAGER, await a_customer(alone, 3))
    await move(alone, deputy, request, "approve", 403)
    absence = '[{"from": "2026-03-01", "until": "2026-03-31"}]'
    await alone.rows(
        "INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version) VALUES ($1, '99999999', $2, $3, $4, 1)",
        deputy.staff_id,
        deputy.name,
        deputy.org_id,
        [deputy.role],
    )
    await alone.rows(
        "UPDATE staff SET deputy_id = $1, absences = $2::jsonb WHERE staff_id = $3",
        deputy.staff_id,
        absence,
        HEAD.staff_id,
    )
    assert (await move(alone, deputy, request, "approve"))["answered_by"] == str(deputy.staff_id)
