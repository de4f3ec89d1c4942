"""The whole sample as data: the same seed, size and last month give the same bytes."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from typing import overload

from deploy.seed import adoptions, divisions, law, words
from deploy.seed.adoptions import Adoption
from deploy.seed.assignments import Assignment, Desk
from deploy.seed.demand import Demand
from deploy.seed.fates import Fate, fate
from deploy.seed.firms import Firm, firm
from deploy.seed.months import span
from deploy.seed.organisations import Organisation, tree
from deploy.seed.people import Person, appoint

SEED = "keypost-sample-1"
CUSTOMERS = 2_000
MOST_CUSTOMERS = 1_000_000
MONTHS = 24
DECLARING = frozenset({"county", "team", "bureau"})
LAST_MONTH = "2026-10"
# So many firms are kept once drawn; of a bigger province each is drawn anew when it is needed.
KEPT = 20_000


@dataclass(frozen=True)
class Customer:
    firm: Firm
    assignment: Assignment
    fate: Fate

    @property
    def registered(self) -> bool:
        return self.assignment.stage == "approved"

    def demand(self) -> Demand:
        firm = self.firm
        return Demand(firm.index, firm.trade.industry, firm.lines, float(firm.yearly_fees), self.fate)


class Customers(Sequence[Customer]):
    """All customers by index; only who has them is remembered, the rest is drawn when asked for."""

    def __init__(self, seed: str, months: int, assignments: Sequence[Assignment]) -> None:
        self._seed, self._months, self._assignments = seed, months, assignments
        self._kept: dict[int, Customer] = {}

    def __len__(self) -> int:
        return len(self._assignments)

    def __iter__(self) -> Iterator[Customer]:
        return (self._at(index) for index in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Customer: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Customer]: ...

    def __getitem__(self, index: int | slice) -> Customer | Sequence[Customer]:
        if isinstance(index, slice):
            return [self._at(each) for each in range(*index.indices(len(self)))]
        return self._at(range(len(self))[index])

    def fate(self, index: int) -> Fate:
        """The customer's fate without all the rest."""
        return fate(index, self._seed, self._months, self._assignments[index].customer_class)

    def assignment(self, index: int) -> Assignment:
        return self._assignments[index]

    def _at(self, index: int) -> Customer:
        if index in self._kept:
            return self._kept[index]
        drawn = firm(index, self._seed, divisions.read(), words.read())
        customer = Customer(drawn, self._assignments[index], self.fate(index))
        if len(self) <= KEPT:
            self._kept[index] = customer
        return customer


@dataclass(frozen=True)
class Plan:
    seed: str
    months: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    staff: tuple[Person, ...]
    adoptions: tuple[Adoption, ...]
    customers: Customers

    def to_bytes(self) -> bytes:
        told = {
            "months": self.months,
            "organisations": [asdict(node) for node in self.organisations],
            "staff": [asdict(person) for person in self.staff],
            "adoptions": [asdict(adoption) for adoption in self.adoptions],
            "customers": [asdict(customer) for customer in self.customers],
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True, default=_text).encode()

    def unit(self, org_id: str) -> Organisation:
        return self._units[org_id]

    def person(self, staff_no: str) -> Person:
        return self._people[staff_no]

    def first(self, org_id: str, role: str) -> Person:
        """The person of that role at the node with the lowest number."""
        return self._firsts[org_id, role]

    def has(self, org_id: str, role: str) -> bool:
        return (org_id, role) in self._firsts

    def city_of(self, org_id: str) -> str:
        """The city whose center a unit answers to."""
        places = divisions.read()
        return places.city_of(places[org_id.partition("-")[0]]).code

    def units_of(self, city: str) -> tuple[str, ...]:
        """The units below a city that have customers of their own: counties, teams, the specialty bureau."""
        return self._below.get(city, ())

    def office_phone(self, org_id: str) -> tuple[str, int]:
        """Telephone area code of a unit and a number of its own."""
        return divisions.read()[self.city_of(org_id)].area_code, self._numbers[org_id]

    @cached_property
    def cities(self) -> tuple[str, ...]:
        return tuple(city.code for city in divisions.read().cities)

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, list[str]] = defaultdict(list)
        for node in self.organisations:
            if node.kind in DECLARING:
                below[self.city_of(node.org_id)].append(node.org_id)
        return {city: tuple(units) for city, units in below.items()}

    @cached_property
    def _units(self) -> dict[str, Organisation]:
        return {node.org_id: node for node in self.organisations}

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {person.staff_no: person for person in self.staff}

    @cached_property
    def _firsts(self) -> dict[tuple[str, str], Person]:
        numbered = sorted(self.staff, key=lambda person: person.staff_no, reverse=True)
        return {(person.org_id, role): person for person in numbered for role in person.roles}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {node.org_id: number for number, node in enumerate(self.organisations)}


def build(
    customers: int = CUSTOMERS, seed: str = SEED, last_month: str = LAST_MONTH, months: int = MONTHS
) -> Plan:
    """Plan the sample; a larger number of customers only adds to a smaller one."""
    if not 0 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"customers must be between 0 and {MOST_CUSTOMERS}, not {customers}")
    places, vocabulary = divisions.read(), words.read()
    organisations = tree(places)
    staff = appoint(organisations, vocabulary, seed)
    desk = Desk(staff, places, law.read(), seed)
    given = [desk.assign(firm(index, seed, places, vocabulary)) for index in range(customers)]
    return Plan(
        seed=seed,
        months=span(last_month, months),
        organisations=organisations,
        staff=staff.everyone(),
        adoptions=adoptions.read(),
        customers=Customers(seed, months, given),
    )


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
