"""Strictly confidential (hubei art. 24): who sees figures, what is recorded, what is told and kept."""

import json

import pytest

from deploy.story.figures import tells
from support.pricing import Known, a_customer, asked, every_event, move, supported_by, tier_fact
from support.service import (
    DIRECTOR,
    FAR_HEAD,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OBSERVER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
    expect,
)

FIGURES = {"discount", "standard", "reason", "said", "grounds"}
COLLEAGUE = Person("420106-T01", "account-manager", "同事")
REASON = "对手在武昌报价低一成七"
CITY_INSPECTOR = Person("420100", "inspector", "市局视察")


async def a_request(
    pricing: ServiceUnderTest, customer: Known, discount: str = "0.0937"
) -> dict[str, object]:
    body = {
        "customer": customer.code,
        "lines": ["domestic-express"],
        "discount": discount,
        "reason": REASON,
    }
    answer: dict[str, object] = expect(await pricing.post(MANAGER, "/tariff-requests", body), 201)
    return answer


async def looks(pricing: ServiceUnderTest, request_id: object) -> list[str]:
    rows = await pricing.rows(
        "SELECT actor, fields FROM audit_entry WHERE subject = $1 AND kind = 'tariff-figures' ORDER BY id",
        f"tariff-request:{request_id}",
    )
    assert all(set(row["fields"]) == FIGURES for row in rows)
    return [row["actor"] for row in rows]


async def test_unit_deciding_level_and_inspectors_see_the_figures_and_each_look_is_recorded(
    pricing: ServiceUnderTest,
) -> None:
    request = await a_request(pricing, await a_customer(pricing, 3))
    seen = [MANAGER]
    for person in (MANAGER, COLLEAGUE, HEAD, INSPECTOR, CITY_INSPECTOR):
        body = expect(await pricing.get(person, f"/tariff-requests/{request['id']}"), 200)
        assert (body["discount"], body["reason"]) == ("0.0937", REASON)
        seen.append(person)
    assert await looks(pricing, request["id"]) == [str(person.staff_id) for person in seen]


@pytest.mark.parametrize("person", [OFFICER, DIRECTOR, FINANCE, PROVINCE], ids=lambda one: one.role)
async def test_others_in_scope_see_that_a_request_exists_and_no_figure(
    pricing: ServiceUnderTest, person: Person
) -> None:
    request = await a_request(pricing, await a_customer(pricing, 3))
    answer = await pricing.get(person, f"/tariff-requests/{request['id']}")
    body = expect(answer, 200)
    assert FIGURES.isdisjoint(body)
    assert (body["lines"], body["state"], body["level"]) == (["domestic-express"], "open", "county")
    assert body["customer"]["name"] and body["requested_at"] and body["due_at"]
    for secret in ("0.0937", "0.10", "0.05", REASON):
        assert not tells(body, secret)
    assert str(person.staff_id) not in await looks(pricing, request["id"])


async def test_a_level_sees_the_figures_from_when_it_has_the_request_and_keeps_seeing_them(
    pricing: ServiceUnderTest,
) -> None:
    request = await a_request(pricing, await a_customer(pricing, 3))
    path = f"/tariff-requests/{request['id']}"
    assert "discount" not in (await pricing.get(DIRECTOR, path)).json()
    await move(pricing, HEAD, request, "send-up")
    assert "discount" in (await pricing.get(DIRECTOR, path)).json()
    assert "discount" in (await pricing.get(HEAD, path)).json()
    assert "discount" not in (await pricing.get(OFFICER, path)).json()


@pytest.mark.parametrize("person", [FAR_OFFICER, FAR_HEAD], ids=lambda one: one.org_id)
async def test_out_of_scope_there_is_no_request(pricing: ServiceUnderTest, person: Person) -> None:
    request = await a_request(pricing, await a_customer(pricing, 3))
    expect(await pricing.get(person, f"/tariff-requests/{request['id']}"), 404)
    for step in ("approve", "refuse", "send-up"):
        await move(pricing, person, request, step, 404)
    listed = expect(await pricing.get(person, "/tariff-requests"), 200)
    assert request["id"] not in [item["id"] for item in listed["items"]]


async def test_a_supporting_unit_sees_that_the_responsible_one_has_asked_but_no_figure(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    request = await a_request(pricing, customer)
    await supported_by(pricing, customer, "420106-T01", "420525")
    body = expect(await pricing.get(FAR_HEAD, f"/tariff-requests/{request['id']}"), 200)
    assert FIGURES.isdisjoint(body) and body["due_at"]


async def test_a_supporting_unit_neither_concludes_nor_ends_agreements_of_the_customer(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await supported_by(pricing, customer, "420106-T01", "420525")
    body = {
        "customer": customer.code,
        "lines": ["ceremonial"],
        "settlement_days": 0,
        "starts_on": "2026-03-01",
    }
    draft = expect(await pricing.post(MANAGER, "/agreements", body), 201)
    expect(await pricing.post(FAR_HEAD, "/agreements", body), 403)
    expect(await pricing.post(FAR_HEAD, "/agreements/import", {"items": [body]}), 403)
    expect(await pricing.post(FAR_HEAD, f"/agreements/{draft['id']}/sign", {}), 403)
    expect(await pricing.post(HEAD, f"/agreements/{draft['id']}/sign", {}), 200)
    expect(await pricing.post(FAR_HEAD, f"/agreements/{draft['id']}/end", {"reason": "x"}), 403)
    body = expect(await pricing.get(FAR_HEAD, f"/agreements/{draft['id']}"), 200)
    assert body["state"] == "signed" and "discounts" not in body


async def test_a_supporting_unit_neither_bills_the_customer_nor_sees_what_it_owes(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await supported_by(pricing, customer, "420106-T01", "420525")
    far_finance = Person("420500", "finance")
    bill = {"customer": customer.code, "month": "2026-01", "amount": "5.00", "due_on": "2026-01-31"}
    paid = {"customer": customer.code, "month": "2026-01", "amount": "5.00", "paid_on": "2026-02-01"}
    refused = expect(await pricing.post(far_finance, "/receivables", {"items": [bill]}), 403)
    assert refused["pointer"] == "/items/0/customer"
    expect(await pricing.post(FINANCE, "/receivables", {"items": [bill]}), 201)
    expect(await pricing.post(far_finance, "/settlements", {"items": [paid]}), 403)
    expect(await pricing.get(FAR_HEAD, f"/arrears/{customer.code}"), 404)
    owing = expect(await pricing.get(FAR_HEAD, "/arrears"), 200)
    assert str(customer.customer_id) not in [item["customer_id"] for item in owing["items"]]
    expect(await pricing.get(FINANCE, f"/arrears/{customer.code}"), 200)


async def test_roles_without_business_in_prices_are_turned_away(pricing: ServiceUnderTest) -> None:
    expect(await pricing.get(OBSERVER, "/tariff-requests"), 403)
    expect(await pricing.get(Person("420106", "administrator"), "/tariff-requests"), 403)


async def test_lists_never_show_figures(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    await a_request(pricing, customer)
    for person in (MANAGER, HEAD, INSPECTOR):
        answer = await pricing.get(person, f"/tariff-requests?customer_id={customer.customer_id}")
        assert FIGURES.isdisjoint(expect(answer, 200)["items"][0])
        assert not tells(answer.json(), "0.0937")


async def test_no_event_tells_a_rate_a_standard_or_a_reason(pricing: ServiceUnderTest) -> None:
    for discount, who in (("0.0937", HEAD), ("0.1837", PROVINCE)):
        customer = await a_customer(pricing, 3)
        request = await a_request(pricing, customer, discount)
        await pricing.post(who, f"/tariff-requests/{request['id']}/approve", {"note": REASON})
        events = await every_event(pricing, customer)
        assert '"approved"' in events and "hubei.discount-standard" in events
        for secret in (discount, "0.20", "0.2", "0.15", "0.10", "0.1", "0.05", "by_class", REASON):
            assert secret not in events, secret


async def test_no_event_of_an_agreement_or_a_bill_tells_an_amount_or_a_rate(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    await move(pricing, HEAD, await asked(pricing, MANAGER, customer, "0.0937"), "approve")
    draft = {
        "customer": customer.code,
        "lines": ["domestic-express"],
        "settlement_days": 30,
        "penalty_rate": "0.000731",
        "starts_on": "2026-01-01",
        "discounts": {"domestic-express": "0.0936"},
    }
    made = expect(await pricing.post(MANAGER, "/agreements", draft), 201)
    expect(await pricing.post(HEAD, f"/agreements/{made['id']}/sign", {}), 200)
    bill = {"customer": customer.code, "month": "2025-10", "amount": "73519.37", "due_on": "2025-11-30"}
    expect(await pricing.post(FINANCE, "/receivables", {"items": [bill]}), 201)
    events = await every_event(pricing, customer)
    assert "overdue_days" in events and "settlement_days" in events
    for secret in ("0.0936", "0.0937", "0.000731", "73519.37"):
        assert secret not in events, secret


async def test_figures_are_sealed_at_rest(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    request = await a_request(pricing, customer)
    await move(pricing, HEAD, request, "refuse")
    rows = await pricing.rows("SELECT t.* FROM tariff_request t WHERE id = $1::text::uuid", request["id"])
    kept = repr(rows)
    assert "discount-standard" in kept
    for secret in ("0.0937", REASON, "竞争激烈", "by_class"):
        assert secret not in kept
    sealed = rows[0]["figures"]
    opened = json.loads(pricing.runtime.vault.open(sealed))
    assert (opened["discount"], opened["said"][0]["text"]) == ("0.0937", "竞争激烈")


async def test_no_answer_that_is_kept_for_a_repeated_request_holds_figures_in_the_clear(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    body = {"customer": customer.code, "lines": ["ceremonial"], "discount": "0.0937", "reason": REASON}
    terms = {
        "customer": customer.code,
        "lines": ["ceremonial"],
        "settlement_days": 0,
        "starts_on": "2026-03-01",
        "discounts": {"ceremonial": "0.0937"},
    }
    for path, sent in (("/tariff-requests", body), ("/agreements", terms)):
        first = await pricing.post(MANAGER, path, sent, key=f"kept{path}{customer.code}")
        again = await pricing.post(MANAGER, path, sent, key=f"kept{path}{customer.code}")
        assert (first.status_code, first.content) == (201, again.content)
        assert "0.0937" in again.text
    kept = await pricing.rows("SELECT body FROM idempotency WHERE key LIKE 'kept%'")
    assert len(kept) == 2
    assert not any(b"0.0937" in row["body"] or REASON.encode() in row["body"] for row in kept)


async def test_a_refusal_by_authority_cites_the_article_without_its_figures(
    pricing: ServiceUnderTest,
) -> None:
    customer = await a_customer(pricing, 3)
    request = await a_request(pricing, customer)
    await pricing.hear(tier_fact(customer.customer_id, 1, 4, "2026-03-01"))
    refused = await move(pricing, HEAD, request, "approve", 409)
    assert refused["code"] == "beyond-authority"
    assert refused["because"]["reasons"][0]["rule"] == "hubei.discount-standard"
    for secret in ("0.0937", "0.05", "0.10", "by_class"):
        assert secret not in str(refused["because"])
