"""Facts of a form read by the law of the day."""

from collections.abc import Sequence

from contracts.refusals import InvalidValue
from registry.model.refusals import UnknownLine
from registry.policies.places import place_of_customer
from registry.ports.desk import Desk
from regulations.topics.compensation import VipFlag
from regulations.topics.customers import BusinessLines
from regulations.topics.organisations import PlaceClasses
from regulations.topics.words import Place


def check_lines(lines: Sequence[str], org_id: str, desk: Desk) -> None:
    """Refuse a line that the law of the unit does not know, and one named twice."""
    known = desk.law.find(BusinessLines, org_id=org_id, day=desk.today).value.codes
    for place, line in enumerate(lines):
        if line not in known:
            raise UnknownLine(
                f"没有业务种类 {line}",
                f"{line} is no line of business",
                pointer=f"/lines/{place}",
                extra={"known": list(known)},
            )
    if len(set(lines)) != len(lines):
        raise InvalidValue("业务种类重复", "a line stands twice", pointer="/lines")


def place_of(division: str, org_id: str, desk: Desk) -> Place:
    """Give the place class of a customer's division."""
    return place_of_customer(division, desk.law.find(PlaceClasses, org_id=org_id, day=desk.today))


def always_vip(org_id: str, desk: Desk) -> tuple[int, ...]:
    """Give the classes whose customers are always VIP."""
    return desk.law.find(VipFlag, org_id=org_id, day=desk.today).value.always_classes


def read_phones(phones: Sequence[str], desk: Desk) -> tuple[str, ...]:
    """Give the keys of phone numbers as written; refuses what is none, by its place in the list."""
    keys: dict[str, None] = {}
    for place, phone in enumerate(phones):
        try:
            keys.update(dict.fromkeys(desk.phone_keys.keys(phone)))
        except (InvalidValue, ValueError) as wrong:
            raise InvalidValue(
                f"不是电话号码:{phone}", f"no phone number: {phone}", pointer=f"/customer/phones/{place}"
            ) from wrong
    return tuple(keys)
