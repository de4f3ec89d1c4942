"""Bodies of declarations, each customer new unless told otherwise."""

import itertools
from typing import Any

from stdnum.cn import uscc

from support.registry import expect
from support.service import Person, ServiceUnderTest

_numbers = itertools.count(1)
_SYLLABLES = "安邦诚达恩福港汇吉康朗美宁鹏庆瑞盛泰万祥雅振"
FORM: dict[str, Any] = {
    "kind": "manufacturing",
    "business": "manufacturing",
    "contact": "钱女士",
    "contact_phone": "027-87650000",
    "address": "武昌区中北路1号",
    "handler": "王经理",
    "estimated_yearly_fees": "120000.00",
}


def trade_name() -> str:
    """Give a trade name that resembles no other of this run."""
    number = next(_numbers)
    base = len(_SYLLABLES)
    digits = [number % base, number // base % base, (number * 7 + 3) % base]
    return "".join(_SYLLABLES[digit] for digit in digits) + f"{number}号"


def credit_code(number: int | None = None) -> str:
    """Give a credit code with a right check digit."""
    stem = f"91420100{(number or next(_numbers)):09d}"
    return stem + str(uscc.calc_check_digit(stem))


def customer(**facts: Any) -> dict[str, Any]:
    """Give a customer as a team declares it."""
    number = next(_numbers)
    body = {
        "name": f"武汉{trade_name()}制造有限公司",
        "phones": [f"027-8{number:07d}"],
        "division": "420106",
        "nature": "organisation",
    }
    return {**body, **facts}


def declaration(*lines: str, annex_1: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    """Give a declaration; facts are the customer's."""
    body: dict[str, Any] = {"customer": customer(**facts), "lines": list(lines or ("domestic-express",))}
    return body if annex_1 is None else {**body, "annex_1": annex_1}


async def declared(registry: ServiceUnderTest, person: Person, body: dict[str, Any]) -> dict[str, Any]:
    """Declare, and give the answer."""
    answer: dict[str, Any] = await expect(registry.post(person, "/declarations", body), 201)
    return answer


async def approved(
    registry: ServiceUnderTest, person: Person, officer: Person, manager: Person, **facts: Any
) -> dict[str, Any]:
    """Declare with annex 1 and approve, and give the answer; expected fees are below every class unless told."""
    form = {**FORM, "estimated_yearly_fees": facts.pop("fees", "100.00")}
    lines = facts.pop("lines", ("domestic-express",))
    filed = await declared(registry, person, declaration(*lines, annex_1=form, **facts))
    path = f"/declarations/{filed['id']}/approve"
    answer: dict[str, Any] = await expect(
        registry.post(officer, path, {"manager_id": str(manager.staff_id)}), 200
    )
    return answer
