"""Bad input is refused in both languages, by its place, and changes nothing."""

from typing import Any

import pytest

from support.pricing import a_customer, tariff
from support.service import FINANCE, HEAD, MANAGER, OFFICER, ServiceUnderTest, expect

NOBODY = "0199aaaa-0000-7000-8000-00000000ffff"


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"discount": "0"}, "invalid-request", "/discount"),
        ({"discount": "0.0000"}, "invalid-request", "/discount"),
        ({"discount": "1"}, "invalid-request", "/discount"),
        ({"discount": "-0.1"}, "invalid-request", "/discount"),
        ({"discount": "10%"}, "invalid-request", "/discount"),
        ({"discount": 0.1}, "invalid-request", "/discount"),
        ({"discount": "０.１"}, "invalid-request", "/discount"),
        ({"lines": []}, "invalid-request", "/lines"),
        ({"lines": ["ceremonial", "ceremonial"]}, "invalid-request", "/lines"),
        ({"lines": ["telegrams"]}, "unknown-line", "/lines/0"),
        ({"reason": " "}, "invalid-request", "/reason"),
        ({"reason": "a\x00b"}, "invalid-request", "/reason"),
        ({"customer": NOBODY}, "unknown-customer", "/customer"),
        ({"customer": "42010099999999"}, "unknown-customer", "/customer"),
        ({"customer": ""}, "invalid-request", "/customer"),
        ({"more": 1}, "invalid-request", "/more"),
    ],
)
async def test_a_bad_request_for_a_discount(
    pricing: ServiceUnderTest, changed: dict[str, Any], code: str, pointer: str
) -> None:
    customer = await a_customer(pricing, 3)
    refused = expect(await pricing.post(MANAGER, "/tariff-requests", {**tariff(customer), **changed}), 422)
    assert (refused["code"], refused["pointer"]) == (code, pointer)
    assert refused["zh"]["detail"] and refused["en"]["detail"]
    rows = await pricing.rows("SELECT FROM tariff_request WHERE customer_id = $1", customer.customer_id)
    assert rows == []


@pytest.mark.parametrize("written", ["{} {} {}", "{}-{}-{}", "{}{}{}"])
async def test_a_code_is_understood_as_people_write_it(pricing: ServiceUnderTest, written: str) -> None:
    customer = await a_customer(pricing, 3)
    code = written.format(customer.code[:6], customer.code[6:13], customer.code[13])
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for one, line in ((code, "ceremonial"), (wide, "domestic-express")):
        body = {**tariff(customer, "0.05", line), "customer": one}
        expect(await pricing.post(MANAGER, "/tariff-requests", body), 201)


@pytest.mark.parametrize(
    ("path", "changed", "pointer"),
    [
        ("/receivables", {"amount": "0.00"}, "/items/0/amount"),
        ("/receivables", {"amount": "1.001"}, "/items/0/amount"),
        ("/receivables", {"amount": 1}, "/items/0/amount"),
        ("/receivables", {"month": "2026-13"}, "/items/0/month"),
        ("/receivables", {"month": "2026-1"}, "/items/0/month"),
        ("/receivables", {"month": "2026-04", "due_on": "2026-05-31"}, "/items/0/month"),
        ("/receivables", {"due_on": "2026-02-30"}, "/items/0/due_on"),
        ("/receivables", {"due_on": "2025-12-31"}, "/items/0/due_on"),
        ("/receivables", {"due_on": "9999-12-31"}, "/items/0/due_on"),
        ("/settlements", {"paid_on": None}, "/items/0/paid_on"),
    ],
)
async def test_a_bad_bill_or_payment(
    pricing: ServiceUnderTest, path: str, changed: dict[str, Any], pointer: str
) -> None:
    customer = await a_customer(pricing, 3)
    day = {"due_on": "2026-02-28"} if path == "/receivables" else {"paid_on": "2026-02-28"}
    item = {"customer": customer.code, "month": "2026-01", "amount": "1.00", **day, **changed}
    refused = expect(await pricing.post(FINANCE, path, {"items": [item]}), 422)
    assert refused["pointer"] == pointer


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"settlement_days": -1}, "/settlement_days"),
        ({"settlement_days": "30"}, "/settlement_days"),
        ({"penalty_rate": "1.5"}, "/penalty_rate"),
        ({"starts_on": None}, "/starts_on"),
        ({"ends_on": "2026-02-28"}, "/ends_on"),
        ({"ends_on": "9999-12-31"}, "/ends_on"),
        ({"discounts": {"domestic-express": "1.1"}}, "/discounts/domestic-express"),
    ],
)
async def test_a_bad_agreement(pricing: ServiceUnderTest, changed: dict[str, Any], pointer: str) -> None:
    customer = await a_customer(pricing, 3)
    body = {
        "customer": customer.code,
        "lines": ["domestic-express"],
        "settlement_days": 30,
        "starts_on": "2026-03-01",
        **changed,
    }
    refused = expect(await pricing.post(MANAGER, "/agreements", body), 422)
    assert refused["pointer"] == pointer


async def test_lists_refuse_parameters_and_cursors_that_are_none_of_theirs(pricing: ServiceUnderTest) -> None:
    for query in (
        "colour=red",
        "state=gone",
        "level=team",
        "limit=0",
        "limit=201",
        "cursor=xx",
        "cursor=WyJhIl0",
    ):
        expect(await pricing.get(HEAD, f"/tariff-requests?{query}"), 422)
    for query in (
        "colour=red",
        "over_days=-1",
        "over_days=x",
        "cursor=WyJhIl0",
        "cursor=WyIyMDI2LTAxLTAxIiwieCJd",
    ):
        expect(await pricing.get(FINANCE, f"/arrears?{query}"), 422)
    expect(await pricing.get(HEAD, "/agreements?state=gone"), 422)


@pytest.mark.parametrize("path", ["/tariff-requests", "/agreements"])
async def test_what_is_not_there_is_not_found(pricing: ServiceUnderTest, path: str) -> None:
    expect(await pricing.get(HEAD, f"{path}/{NOBODY}"), 404)
    expect(await pricing.get(HEAD, f"{path}/none"), 422)
    step = "approve" if path == "/tariff-requests" else "sign"
    expect(await pricing.post(HEAD, f"{path}/{NOBODY}/{step}", {}), 404)


async def test_asking_is_for_units(pricing: ServiceUnderTest) -> None:
    customer = await a_customer(pricing, 3)
    for person in (OFFICER, FINANCE):
        expect(await pricing.post(person, "/tariff-requests", tariff(customer)), 403)
