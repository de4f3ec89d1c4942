"""Facts of a form read by the law of the day."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.refusals import InvalidValue, UnknownLine
from registry.policies.places import place_of_customer
from registry.ports.desk import Desk, Reading
from regulations.topics.compensation import VipFlag
from regulations.topics.customers import BusinessLines
from regulations.topics.organisations import PlaceClasses
from regulations.topics.words import Place

FORM_PHONES = ("contact_phone", "mobile")


def check_lines(lines: Sequence[str], org_id: str, desk: Reading) -> None:
    """Refuse a line that the law of the unit does not know, and one named twice."""
    known = desk.law.find(BusinessLines, org_id=org_id, day=desk.today).value.codes
    for place, line in enumerate(lines):
        if line not in known:
            raise UnknownLine.of(line, f"/lines/{place}", known)
    if len(set(lines)) != len(lines):
        raise InvalidValue("业务种类重复", "a line stands twice", pointer="/lines")


def place_of(division: str, org_id: str, desk: Desk) -> Place:
    """Give the place class of a customer's division."""
    return place_of_customer(division, desk.law.find(PlaceClasses, org_id=org_id, day=desk.today))


def always_vip(org_id: str, desk: Desk) -> tuple[int, ...]:
    """Give the classes whose customers are always VIP."""
    return desk.law.find(VipFlag, org_id=org_id, day=desk.today).value.always_classes


def read_phones(phones: Sequence[str], desk: Reading) -> tuple[str, ...]:
    """Give the keys of phone numbers as written; refuses what is none, by its place in the list."""
    keys: dict[str, None] = {}
    for place, phone in enumerate(phones):
        keys.update(dict.fromkeys(_read_phone(phone, f"/customer/phones/{place}", desk)))
    return tuple(keys)


def read_form_phones(form: Mapping[str, Any], pointer: str, desk: Desk) -> tuple[str, ...]:
    """Give the customer's own numbers of annex 1 as written; refuses what is none, by its field."""
    phones = [(field, form[field]) for field in FORM_PHONES if form.get(field)]
    for field, phone in phones:
        _read_phone(phone, f"{pointer}/{field}", desk)
    return tuple(phone for _, phone in phones)


def _read_phone(phone: str, pointer: str, desk: Reading) -> Sequence[str]:
    try:
        return desk.phone_keys.keys(phone)
    except InvalidValue as wrong:
        raise InvalidValue(f"不是电话号码:{phone}", f"no phone number: {phone}", pointer=pointer) from wrong
