"""Declarations of customers that another unit already has: the same firm once more, and one that merely looks alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from deploy.seed import phones, words
from deploy.seed.people import MANAGER
from deploy.seed.plan import Customer, Plan

Kind = Literal["same-code", "look-alike"]
SHARE = 0.03
# A firm is declared again some months after the first time.
SOONEST = 2
COMPANY_FORM = "company"


@dataclass(frozen=True)
class Duplicate:
    """Who declares which customer again under which name; `month` is the offset, None at the very end."""

    of: int
    kind: Kind
    manager_no: str
    name: str
    phones: tuple[str, ...]
    credit_code: str | None
    month: int | None


def planted(plan: Plan) -> Iterator[Duplicate]:
    """Every duplicate of the plan, in the order of the customers."""
    for index in range(len(plan.customers)):
        rng = Random(f"{plan.seed}:duplicate:{index}")
        if rng.random() < SHARE and (found := _of(plan, plan.customers[index], rng)):
            yield found


def _of(plan: Plan, customer: Customer, rng: Random) -> Duplicate | None:
    firm, start = customer.firm, customer.fate.start
    others = [unit for unit in _units_of_the_city(plan, customer) if plan.has(unit, MANAGER)]
    fit = customer.registered and firm.nature == "organisation" and firm.trade.form == COMPANY_FORM
    if not fit or not others or start + SOONEST >= len(plan.months):
        return None
    manager = plan.first(rng.choice(others), MANAGER).staff_no
    if rng.random() < 0.5:
        month = rng.randrange(start + SOONEST, len(plan.months))
        name = _other_form(firm.name)
        return Duplicate(firm.index, "same-code", manager, name, firm.phones, firm.credit_code, month)
    name = f"{words.read().trade(firm.index)}{firm.trade.word}公司"
    number = phones.written_mobile(firm.mobile, rng)
    return Duplicate(firm.index, "look-alike", manager, name, (number,), None, None)


def _units_of_the_city(plan: Plan, customer: Customer) -> list[str]:
    city, unit = plan.city_of(customer.firm.division), customer.assignment.unit
    return [each for each in plan.units_of(city) if each != unit]


def _other_form(name: str) -> str:
    """The same name as another hand writes it."""
    if name.endswith("有限责任公司"):
        return name.removesuffix("有限责任公司") + "有限公司"
    return name.replace("（", "(").replace("）", ")")
