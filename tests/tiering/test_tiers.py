"""Classes of customers: from registration on, on any day, and who reads what of them."""

from datetime import date, datetime
from uuid import UUID

import pytest

from contracts.tiering import TierChanged
from support.facts import customer_fact
from support.service import (
    ADMINISTRATOR,
    FAR_HEAD,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OBSERVER,
    OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)
from support.tiering import Planted, planted, signed, used

AGENT = Person("420100", "hotline-agent")
COLLEAGUE = Person("420106-T01", "account-manager")
LOCAL = Person("420506", "account-manager", "夷陵经理")
FORM = {
    "reasons": [{"rule": "hubei.tier-thresholds"}],
    "text": {"zh": "按注册表定为2类客户", "en": "class 2"},
}
OPEN = {"customer_id", "customer_code", "name", "org_id", "scheme", "tier", "class", "service_class", "basis",
        "valid_from", "review_id", "correction_id"}  # fmt: skip
INTERNAL = {"because", "provisional_class", "eligible", "provisional"}


async def test_registration_makes_the_class_of_the_form_and_tells_it(tiering: ServiceUnderTest) -> None:
    customer = Planted()
    heard = customer_fact(
        customer.customer_id,
        customer_code=customer.code,
        initial_class=2,
        because=FORM,
        at="2025-12-31T23:30:00+08:00",
    )
    await tiering.hear(heard)
    await tiering.hear(heard)
    (event,) = await tiering.events(f"tier:{customer.customer_id}")
    fact = TierChanged.model_validate(event["payload"])
    assert (event["version"], event["key"]) == (1, str(customer.customer_id))
    assert event["orgpath"] == "CN.420000.420100.420106.420106-T01"
    assert (fact.scheme, fact.tier, fact.class_, fact.service_class) == ("hubei", "2", 2, 2)
    assert (fact.basis, fact.valid_from.isoformat(), fact.former) == ("registration", "2025-12-31", None)
    assert fact.because == FORM
    (told,) = await tiering.rows(
        "SELECT causation_id, correlation_id FROM outbox WHERE aggregate = $1", f"tier:{customer.customer_id}"
    )
    assert (told["causation_id"], told["correlation_id"]) == (str(heard.id), heard.correlation_id)
    shown = expect(await tiering.get(HEAD, f"/tiers/{customer.code}"), 200)
    assert (shown["class"], shown["basis"], shown["because"]) == (2, "registration", FORM)


async def test_of_many_registered_at_once_each_begins_with_its_own_class(tiering: ServiceUnderTest) -> None:
    customers = [Planted() for _ in range(5)]
    await tiering.hear(
        *(
            customer_fact(one.customer_id, customer_code=one.code, initial_class=cls)
            for one, cls in zip(customers, (1, 2, 3, 4, None), strict=True)
        )
    )
    told = [await tiering.events(f"tier:{one.customer_id}") for one in customers]
    assert [[event["payload"]["class"] for event in events] for events in told] == [[1], [2], [3], [4], []]


async def test_a_form_that_reached_no_class_makes_no_key_account(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering, initial_class=None)
    shown = expect(await tiering.get(HEAD, f"/tiers/{customer.code}"), 200)
    assert (shown["class"], shown["basis"], shown["valid_from"], shown["because"]) == (None, None, None, None)


async def test_registered_where_no_law_is_known_the_class_is_taken_without_a_scheme(
    tiering: ServiceUnderTest,
) -> None:
    customer = Planted()
    heard = customer_fact(customer.customer_id, customer_code=customer.code)
    heard.data["responsible"] = {"org_id": "330100", "orgpath": "CN.330000.330100"}
    await tiering.hear(heard)
    (event,) = await tiering.events(f"tier:{customer.customer_id}")
    assert (event["payload"]["scheme"], event["payload"]["tier"], event["payload"]["class"]) == (
        None,
        None,
        3,
    )


async def test_on_a_day_holds_the_class_that_began_last_before_or_on_it(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering, initial_class=3, at="2024-11-04T09:00:00+08:00")
    await begins(tiering, customer.customer_id, "2025-01-01", 2, "2025-02-01T00:00:00+08:00")
    await begins(tiering, customer.customer_id, "2026-01-01", 4, "2026-02-01T00:00:00+08:00")
    await begins(tiering, customer.customer_id, "2026-01-01", 1, "2026-02-02T00:00:00+08:00")
    days = {
        "2024-11-03": None,
        "2024-11-04": 3,
        "2024-12-31": 3,
        "2025-01-01": 2,
        "2025-12-31": 2,
        "2026-01-01": 1,
    }
    for day, cls in days.items():
        assert expect(await tiering.get(HEAD, f"/tiers/{customer.code}", valid=day), 200)["class"] == cls, day
    history = expect(await tiering.get(HEAD, f"/tiers/{customer.code}/history"), 200)
    assert [item["class"] for item in history["items"]] == [1, 4, 2, 3]
    assert history["items"][0]["recorded"] == "2026-02-02T00:00:00+08:00"


async def begins(tiering: ServiceUnderTest, customer_id: UUID, day: str, cls: int, recorded: str) -> None:
    """Put a class of a later decision on record."""
    await tiering.rows(
        """INSERT INTO tier SELECT customer_id, $2, $4, org_id, scheme, $3::smallint::text, $3, $3, 'correction', NULL,
             NULL, version + 1 FROM tier WHERE customer_id = $1 ORDER BY version DESC LIMIT 1 RETURNING 1""",
        customer_id,
        date.fromisoformat(day),
        cls,
        datetime.fromisoformat(recorded),
    )


@pytest.mark.parametrize("written", ["{code}", " {spaced} ", "{hyphens}", "{wide}", "{id}"])
async def test_a_customer_is_named_by_code_as_people_write_it_or_by_id(
    tiering: ServiceUnderTest, written: str
) -> None:
    customer = await planted(tiering, initial_class=4)
    code = customer.code
    text = written.format(
        code=code,
        spaced=f"{code[:6]} {code[6:13]} {code[13:]}",
        hyphens=f"{code[:6]}-{code[6:]}",
        wide="".join(chr(ord(digit) + 0xFEE0) for digit in code),
        id=customer.customer_id,
    )
    assert expect(await tiering.get(HEAD, f"/tiers/{text}"), 200)["customer_code"] == code


@pytest.mark.parametrize("reference", ["42010099999999", "00000000-0000-7000-8000-000000000000", "无此客户"])
async def test_an_unknown_customer_is_not_found(tiering: ServiceUnderTest, reference: str) -> None:
    expect(await tiering.get(HEAD, f"/tiers/{reference}"), 404)
    expect(await tiering.get(HEAD, f"/tiers/{reference}/history"), 404)


async def test_out_of_scope_is_not_found(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering, initial_class=4)
    expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}"), 404)
    expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}/history"), 404)


async def test_the_class_is_open_and_what_shows_revenue_is_not(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering, initial_class=4, manager_id=str(MANAGER.staff_id))
    await used(tiering, customer, "2025-11", "123456.78")
    for person in (AGENT, OBSERVER, FINANCE, COLLEAGUE):
        answer = await tiering.get(person, f"/tiers/{customer.code}")
        assert set(expect(answer, 200)) == OPEN, person
        assert "123456" not in answer.text
        history = expect(await tiering.get(person, f"/tiers/{customer.code}/history"), 200)
        assert all("because" not in item for item in history["items"])
    for person in (MANAGER, HEAD, OFFICER, INSPECTOR):
        body = expect(await tiering.get(person, f"/tiers/{customer.code}"), 200)
        assert set(body) == OPEN | INTERNAL, person
    expect(await tiering.get(ADMINISTRATOR, f"/tiers/{customer.code}"), 403)
    expect(await tiering.get(ADMINISTRATOR, "/tiers"), 403)


async def test_the_provisional_class_is_of_twelve_months_to_the_last_that_was_filed(
    tiering: ServiceUnderTest,
) -> None:
    customer = await planted(tiering, org_id="420525", place_class="county", initial_class=4)
    for month, revenue in (("2025-01", "70000.00"), ("2025-02", "49999.99"), ("2026-01", "0.01")):
        await used(tiering, customer, month, revenue)
    body = expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}", valid="2026-02-28"), 200)
    assert (body["provisional"]["from"], body["provisional"]["to"]) == ("2025-02", "2026-01")
    assert (body["provisional_class"], body["eligible"], body["class"]) == (2, True, 4)
    earlier = expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}", valid="2025-03-01"), 200)
    assert (earlier["provisional"]["to"], earlier["provisional_class"]) == ("2025-02", 1)


async def test_the_provisional_class_by_rank_counts_customers_that_the_reader_does_not_see(
    tiering: ServiceUnderTest,
) -> None:
    bureau = {"org_id": "420506", "place_class": "prefecture"}
    customer = await planted(tiering, initial_class=None, **bureau, manager_id=str(LOCAL.staff_id))
    await tiering.hear(signed(customer))
    await used(tiering, customer, "2026-01", "100.00")
    for place in range(5):
        body = expect(await tiering.get(LOCAL, f"/tiers/{customer.code}"), 200)
        assert (body["provisional_class"], body["eligible"]) == (4, True), place
        await used(tiering, await planted(tiering, **bureau), "2026-01", "100.01")
    body = expect(await tiering.get(LOCAL, f"/tiers/{customer.code}"), 200)
    assert (body["provisional_class"], body["eligible"]) == (None, False)
    ranks = [reason["inputs"].get("rank_in_bureau") for reason in body["provisional"]["because"]["reasons"]]
    assert 6 in ranks


async def test_customers_are_listed_by_unit_class_and_day_in_pages(tiering: ServiceUnderTest) -> None:
    bureau = {"org_id": "420100-S01"}
    for cls in (1, 1, 2, None):
        await planted(tiering, initial_class=cls, **bureau)
    await planted(tiering, initial_class=1, state="closed", **bureau)
    at = Person("420100-S01", "unit-head")
    everything = expect(await tiering.get(at, "/tiers"), 200)
    assert (everything["total"], set(everything["items"][0])) == (4, OPEN)
    assert expect(await tiering.get(at, "/tiers", **{"class": 1}), 200)["total"] == 2
    assert (
        expect(await tiering.get(OFFICER, "/tiers", org_id="420100-S01", **{"class": 2}), 200)["total"] == 1
    )
    assert expect(await tiering.get(at, "/tiers", valid="2024-11-03", **{"class": 1}), 200)["total"] == 0
    assert expect(await tiering.get(at, "/tiers", org_id="420106"), 200)["total"] == 0
    first = expect(await tiering.get(at, "/tiers", limit=3), 200)
    rest = expect(await tiering.get(at, "/tiers", limit=3, cursor=first["next_cursor"]), 200)
    assert len({item["customer_id"] for item in first["items"] + rest["items"]}) == 4
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "asked",
    [
        {"valid": "2026-13-01"},
        {"class": "9x"},
        {"class": "0"},
        {"cursor": "x"},
        {"limit": "0"},
        {"colour": "red"},
    ],
)
async def test_what_cannot_be_asked_is_refused(tiering: ServiceUnderTest, asked: dict[str, str]) -> None:
    expect(await tiering.get(HEAD, "/tiers", **asked), 422)
