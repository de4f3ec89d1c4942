"""The whole sample as data: the same seed and size give the same bytes."""

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property

from deploy.seed import adoptions, divisions, law, words
from deploy.seed.adoptions import Adoption
from deploy.seed.assignments import Assignment, Desk
from deploy.seed.firms import Firm, firm
from deploy.seed.organisations import Organisation, tree
from deploy.seed.people import Person, appoint

SEED = "keypost-sample-1"
CUSTOMERS = 300
MOST_CUSTOMERS = 20_000


@dataclass(frozen=True)
class Customer:
    firm: Firm
    assignment: Assignment


@dataclass(frozen=True)
class Plan:
    organisations: tuple[Organisation, ...]
    staff: tuple[Person, ...]
    adoptions: tuple[Adoption, ...]
    customers: tuple[Customer, ...]

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=_text).encode()

    def unit(self, org_id: str) -> Organisation:
        return self._units[org_id]

    def person(self, staff_no: str) -> Person:
        return self._people[staff_no]

    def first(self, org_id: str, role: str) -> Person:
        """The person of that role at the node with the lowest number."""
        return min(
            (p for p in self.staff if p.org_id == org_id and role in p.roles), key=lambda p: p.staff_no
        )

    def office_phone(self, org_id: str) -> tuple[str, int]:
        """Telephone area code of a unit and a number of its own."""
        places = divisions.read()
        city = places.city_of(places[org_id.partition("-")[0]])
        return city.area_code, self._numbers[org_id]

    @cached_property
    def _units(self) -> dict[str, Organisation]:
        return {node.org_id: node for node in self.organisations}

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {person.staff_no: person for person in self.staff}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {node.org_id: number for number, node in enumerate(self.organisations)}


def build(customers: int = CUSTOMERS, seed: str = SEED) -> Plan:
    """Plan the sample; a larger number of customers only adds to a smaller one."""
    if not 0 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"customers must be between 0 and {MOST_CUSTOMERS}, not {customers}")
    places, vocabulary = divisions.read(), words.read()
    organisations = tree(places)
    staff = appoint(organisations, vocabulary, seed)
    desk = Desk(staff, places, law.read(), seed)
    firms = [firm(index, seed, places, vocabulary) for index in range(customers)]
    declared = tuple(Customer(each, desk.assign(each)) for each in firms)
    return Plan(organisations, staff.everyone(), adoptions.read(), declared)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
