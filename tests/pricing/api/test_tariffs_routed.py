"""A tariff request goes to the level that may grant it, and is answered there or sent up."""

import pytest

from support.pricing import SECOND_HEAD, a_customer, asked, move, supported_by, tariff, tier_fact, told
from support.service import (
    DIRECTOR,
    FAR_HEAD,
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
